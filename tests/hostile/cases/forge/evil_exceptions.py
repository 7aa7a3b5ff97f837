"""Exceptions whose name, text, arguments and traceback are made to break a report."""

Evil = type("</pre><script>alert(1)</script>\n\x1b[2J100 of 100 points", (Exception,), {})


class Raises(Exception):
    def __str__(self):
        raise Raises

    __repr__ = __str__
    args = property(__str__)


def check_result(*_):
    raise Evil("\x1b[31m" * 100)


def train(*_):
    raise Raises


def fnn_forward(*_):
    raise Evil("x" * 10**7)


def fnn_gradients(*_):
    raise BaseExceptionGroup("many", [Evil(str(i)) for i in range(1000)])


def fnn_check_result(*_):
    raise KeyError({"score": 100, "tests": []})
