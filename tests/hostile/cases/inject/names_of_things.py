"""Names of functions, classes, modules and files that are made to be shown."""

import sys

Odd = type("\x1b[31m</b>\u202e" * 20, (object,), {})
globals()["\x1b[2Jtrain"] = globals()["<script>train"] = lambda *_: 1.0
globals()["trian\n100 of 100"] = lambda *_: 1.0
sys.modules[__name__].__name__ = "\x1b[31m"
exec(compile("def train(*_):\n    raise ValueError", "../../\x1b[31m<b>Lab4.py\n", "exec"))


def check_result(*_):
    return Odd()


def fnn_forward(*_):
    import numpy

    return numpy.zeros(1, dtype=[("\x1b[31m</b>", "f8")])


def fnn_gradients(*_):
    return [Odd] * 9
