"""Replaces the output streams by objects that raise, hang and lie."""

import sys


class Stream:
    def __getattr__(self, name):
        raise SystemExit(name)


sys.stdout = sys.stderr = sys.stdin = Stream()
sys.__stdout__ = sys.__stderr__ = None


def attack(*_):
    return 1.0


check_result = train = fnn_forward = fnn_gradients = fnn_check_result = attack
