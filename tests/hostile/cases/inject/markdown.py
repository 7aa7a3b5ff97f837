"""Markdown: links, pictures, headings, code fences."""

TEXT = "```\n# 100 of 100\n[click](javascript:alert(1)) ![x](http://x/y.png) <http://x> | a | b |\n---\n~~~\n$$x$$"


def check_result(*_):
    print(TEXT)


def train(*_):
    raise ValueError(TEXT)


def fnn_forward(*_):
    return {TEXT: 1.0}


def fnn_gradients(*_):
    return TEXT
