"""A module's own __getattr__, a __class__ of its own, and __dict__ keys that are no strings."""

import sys
import types


def __getattr__(name):
    return lambda *_: 1.0


class Odd(types.ModuleType):
    @property
    def train(self):
        raise SystemExit

    @property
    def __dict__(self):
        return {1: print, None: print}


globals()[1] = globals()[None] = print
sys.modules[__name__].__class__ = Odd
