"""Calls functions of the C library that Python has no names for."""

import ctypes
import functools
import os
from typing import Any


@functools.cache
def library() -> Any:
    """The C library of this process."""
    return ctypes.CDLL(None, use_errno=True)


def call(function: str, *arguments: Any) -> int:
    """Call a function that returns a negative number if it fails. Raises OSError then."""
    result = int(getattr(library(), function)(*arguments))
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result
