"""Coroutines, futures, generators that have started, modules, classes, frames, code."""

import asyncio
import sys


async def check_result(*_):
    return 1.0


def train(*_):
    return sys._getframe(), [sys] * 20


def fnn_forward(*_):
    return dict


def fnn_gradients(*_):
    return asyncio.new_event_loop()


def fnn_check_result(*_):
    return (lambda: 1.0), print, fnn_forward.__code__
