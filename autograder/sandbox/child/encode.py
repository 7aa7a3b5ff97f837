"""Encodes what a function returned as plain values of the protocol (see `protocol.Value`). Runs in the sandbox.

Depth and size are limited here for friendly messages. The grader limits them again, because a student's program can
change anything in this process.
"""

import collections.abc
import dataclasses
import math
import numbers
import sys
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any

MOST_ELEMENTS = 4096
DEEPEST = 6
EXACT = 1 << 53  # above it, not every whole number is a float
LARGEST = 10**300  # whole numbers below it are sent with all digits
LONG = 10  # elements: a list of at least so many floats is sent as an array


class TooMany(Exception):
    """There are more values than any function of a lab returns."""


def encode(value: Any, fields: Iterable[str] = (), *, arrays: bool = False) -> dict[str, Any]:
    """`value` as a dict ready for JSON.

    Args:
        fields: the attributes to read if it is an object.
        arrays: whether arrays are asked for, so that many rows of numbers are sent as one.
    """
    try:
        return _encode(value, tuple(fields), 0, _Room(MOST_ELEMENTS, rows=arrays))
    except TooMany:
        return _strange(f"more than {MOST_ELEMENTS} values")


def holds_nothing(encoded: dict[str, Any]) -> bool:
    """Whether an encoded value is None, or has a None in it."""
    inner = (*encoded.get("items", ()), *encoded.get("fields", {}).values())
    return encoded["type"] == "nothing" or any(map(holds_nothing, inner))


class _Room:
    """How many more values are allowed, and whether rows of numbers are sent as one array."""

    def __init__(self, left: int, *, rows: bool) -> None:
        self.left = left
        self.rows = rows


def _encode(value: Any, fields: tuple[str, ...], depth: int, room: _Room) -> dict[str, Any]:
    room.left -= 1
    if room.left < 0:
        raise TooMany
    if depth > DEEPEST:
        return _strange("lists within lists, too deeply nested")
    if type(value) is float:  # most of all values
        return _number(value, "float")
    if value is None:
        return {"type": "nothing"}
    if isinstance(value, str):
        return {"type": "text", "value": value[:500]}
    array = _array(value)
    if array is not None:
        return array
    if isinstance(value, numbers.Number) and not isinstance(value, complex):
        number = _number(_float(value), type(value).__name__)
        if isinstance(value, int) and EXACT < abs(value) < LARGEST:  # a float has fewer digits
            number["value"] = str(int(value))
        return number
    return _container(value, fields, depth, room)


def _container(value: Any, fields: tuple[str, ...], depth: int, room: _Room) -> dict[str, Any]:
    if isinstance(value, Mapping):
        return _record(islice(value.items(), MOST_ELEMENTS), depth, room)
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return _record(zip(value._fields, value, strict=False), depth, room)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return _record(((field.name, getattr(value, field.name)) for field in dataclasses.fields(value)), depth, room)
    if isinstance(value, collections.abc.Set):
        return _strange("a set, which has no order")
    if room.rows and isinstance(value, (list, tuple)) and (rows := _rows(value)):
        return rows
    if isinstance(value, Iterable) and not isinstance(value, (bytes, type)):
        items = list(islice(value, MOST_ELEMENTS + 1))
        if len(items) >= LONG and all(type(item) is float for item in items):  # losses, in most cases
            if len(items) > MOST_ELEMENTS:
                raise TooMany
            values = [_plain(item) for item in items]
            return {"type": "array", "values": values, "dtype": "float", "shape": (len(items),)}
        return {"type": "sequence", "items": [_encode(item, (), depth + 1, room) for item in items]}
    if callable(value):
        return _strange("a function or method that was not called (are its parentheses missing?)")
    if fields and all(hasattr(value, name) for name in fields):
        return _record(((name, getattr(value, name)) for name in fields), depth, room)
    return _strange(f"an object of type {type(value).__name__[:80]}")


def _record(items: Iterable[tuple[Any, Any]], depth: int, room: _Room) -> dict[str, Any]:
    return {"type": "record", "fields": {str(key)[:80]: _encode(item, (), depth + 1, room) for key, item in items}}


def _array(value: Any) -> dict[str, Any] | None:
    """A torch tensor or NumPy array or scalar, whose elements are sent as float64; None for anything else."""
    torch, numpy = sys.modules.get("torch"), sys.modules.get("numpy")
    if torch is not None and isinstance(value, torch.Tensor):
        dtype = str(value.dtype).removeprefix("torch.")
        if value.is_complex() or value.numel() > MOST_ELEMENTS or value.device.type == "meta":
            return _strange(f"a {dtype} tensor of shape {tuple(value.shape)} on {value.device.type}")
        # detached first: float() of a tensor that requires a gradient prints a warning
        dense = value.detach().to_dense() if value.layout != torch.strided else value.detach()
        flat, shape = dense.to(device="cpu", dtype=torch.float64).reshape(-1).tolist(), tuple(value.shape)
    elif numpy is not None and isinstance(value, (numpy.ndarray, numpy.generic)):
        dtype = str(value.dtype)
        if value.dtype.kind not in "bfiu" or value.size > MOST_ELEMENTS:
            return None if value.dtype.kind == "O" else _strange(f"a {dtype} array of shape {value.shape}")
        flat, shape = numpy.asarray(value, dtype=numpy.float64).reshape(-1).tolist(), value.shape
    else:
        return None
    if len(flat) == 1:
        return {**_number(flat[0], dtype), "shape": shape}
    return {"type": "array", "values": [_plain(element) for element in flat], "dtype": dtype, "shape": shape}


def _rows(value: Any) -> dict[str, Any] | None:
    """Many rows of numbers that are equally long, as an array; None for anything else."""
    numpy = sys.modules.get("numpy")
    if numpy is None or not value or not all(isinstance(row, (list, tuple)) and row for row in value):
        return None
    first, size = value, 1
    for _ in range(DEEPEST):  # a list may be in itself
        if not (isinstance(first, (list, tuple)) and first):
            break
        size *= len(first)
        first = first[0]
    if type(first) not in (float, int):
        return None
    if size > MOST_ELEMENTS:
        raise TooMany
    try:
        array = numpy.array(value)
    except (ValueError, TypeError, RuntimeError):  # rows of different lengths, or with tensors that require gradients
        return None
    if array.dtype.kind not in "fi" or array.size < LONG:
        return None
    return {
        **(_array(array) or {}),
        "dtype": "float" if array.dtype.kind == "f" else "int",
    }  # Python's, as it is a list


def _float(value: Any) -> float:
    try:
        return float(value)
    except OverflowError:  # an integer too large for a float
        return math.inf if value > 0 else -math.inf


def _number(value: float, dtype: str) -> dict[str, Any]:
    return {"type": "number", "value": _plain(value), "dtype": dtype, "shape": ()}


def _plain(value: float) -> float | str:
    value = float(value)
    return value if math.isfinite(value) else str(value)  # JSON has no NaN


def _strange(what: str) -> dict[str, Any]:
    return {"type": "strange", "what": what}
