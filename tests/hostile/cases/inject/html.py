"""HTML and scripts in every text that a report may show."""

HTML = "</pre></code><script>alert(1)</script><img src=x onerror=alert(1)><style>*{display:none}</style>&lt;"


def check_result(*_):
    print(HTML)


def train(*_):
    raise ValueError(HTML)


def fnn_forward(*_):
    return {HTML: 1.0}


def fnn_gradients(*_):
    return HTML


def fnn_check_result(*_):
    return type(HTML, (), {})()
