"""Decimals, fractions, dates, bytes, sets and numpy's extended types."""

import datetime
import decimal
import fractions

import numpy


def check_result(*_):
    return decimal.Decimal("sNaN"), decimal.Decimal("1e999999")


def train(*_):
    return fractions.Fraction(1, 10**400), {1.0, 2.0}


def fnn_forward(*_):
    return datetime.timedelta.max, b"\xff" * 100, memoryview(b"12345678").cast("d")


def fnn_gradients(*_):
    return numpy.longdouble("1e4000"), numpy.datetime64("NaT"), numpy.float16(70000)


def fnn_check_result(*_):
    return numpy.uint64(2**64 - 1), numpy.str_("8"), numpy.void(b"x")
