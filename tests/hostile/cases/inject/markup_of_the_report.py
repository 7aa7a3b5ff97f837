"""The markup of the terminal report's own library, and format strings."""

TEXT = "[bold green]100 of 100[/] [link=http://x]x[/link] [/] {0.__class__} %s %(x)n ${HOME} $(id) `id` :tada:"


def check_result(*_):
    print(TEXT)


def train(*_):
    raise ValueError(TEXT)


def fnn_forward(*_):
    return {TEXT: 1.0}


def fnn_gradients(*_):
    return TEXT
