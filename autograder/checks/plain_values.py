"""Values between a test in Python and a program: plain numbers, texts, lists, dicts and NumPy arrays, never an object
of the program's."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.checks.compare_arrays import array_of
from autograder.sandbox.host import protocol

DIGITS = re.compile("-?[0-9]{1,400}")
LONGEST_TEXT = 500  # what is longer is cut off on the way


class NotPlain(Exception):
    """A value is no number, text, list, dict or array of them. str() completes "the function returned …"."""


@dataclass(frozen=True)
class Kept:
    """An object that stays in the sandbox, by its number there."""

    number: int


def sent(value: Any) -> Any:
    """A value as `given.built` in the sandbox reads it. Raises TypeError for what cannot be sent."""
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else {"float": str(value)}
    if isinstance(value, np.ndarray):
        return _array(value)
    if isinstance(value, Kept):
        return {"kept": value.number}
    if isinstance(value, Mapping):
        return {"dict": [[key, sent(item)] for key, item in value.items()]}
    if isinstance(value, tuple | list):
        return {"tuple" if isinstance(value, tuple) else "list": [sent(item) for item in value]}
    raise TypeError(
        f"a {type(value).__name__} cannot be passed to a program; pass numbers, texts, lists, dicts and NumPy arrays"
    )


def _array(value: Any) -> dict[str, Any]:
    if value.dtype.kind not in "biuf":
        raise TypeError(f"an array of {value.dtype} cannot be passed to a program; pass numbers")
    if not value.size:
        raise TypeError("an array without elements cannot be passed to a program")
    if not np.isfinite(value).all():
        raise TypeError("an array with nan or infinity cannot be passed to a program")
    return {"array": value.tolist(), "kind": "i" if value.dtype.kind == "u" else value.dtype.kind}


def plain(value: protocol.Value) -> Any:
    """What a program returned. Raises NotPlain.

    Whole numbers are ints, others floats. A tensor or an array, also one with a single element, is a NumPy array of
    float64, int64 or bool; a tensor without axes is a number. Lists, tuples and other iterables are lists; dicts,
    namedtuples and dataclasses are dicts whose keys are texts.
    """
    match value:
        case protocol.Nothing():
            return None
        case protocol.Text(text):
            if len(text) >= LONGEST_TEXT:
                raise NotPlain(f"a text of {LONGEST_TEXT} characters or more")
            return text
        case protocol.Number(dtype=dtype, shape=shape):
            return _number(value, dtype) if not shape else _typed(array_of(value), dtype)
        case protocol.Array(dtype="float" | "int" as dtype):  # many numbers in lists, which are sent together
            return _typed(array_of(value), dtype).tolist()
        case protocol.Array(dtype=dtype):
            return _typed(array_of(value), dtype)
        case protocol.Sequence(items):
            return [plain(item) for item in items]
        case protocol.Record(fields):
            return {name: plain(item) for name, item in fields.items()}
        case protocol.Strange():
            raise NotPlain("something that is no number, text, list, dict, array or tensor")


def _number(sent: protocol.Number, dtype: str) -> float | int | bool:
    value = sent.number()
    if dtype == "bool":
        return bool(value)
    if dtype == "int" and isinstance(sent.value, str) and DIGITS.fullmatch(sent.value):  # too many digits for a float
        return int(sent.value)
    return int(value) if "int" in dtype and math.isfinite(value) else value


def _typed(array: Any, dtype: str) -> Any:
    if array is None:
        raise NotPlain("an array whose shape does not fit its elements")
    if dtype == "bool":
        return array != 0
    return array.astype(np.int64) if "int" in dtype and np.isfinite(array).all() else array


def as_value(value: Any) -> protocol.Value:
    """A plain value in the form of the protocol, to compare it as results are compared."""
    if isinstance(value, np.ndarray):
        return protocol.Array([float(each) for each in value.ravel()], str(value.dtype), value.shape)
    if isinstance(value, bool | int | float | np.generic):
        return protocol.Number(float(value), type(value).__name__)
    if isinstance(value, str):
        return protocol.Text(value)
    if isinstance(value, Mapping):
        return protocol.Record({str(name): as_value(item) for name, item in value.items()})
    if isinstance(value, Sequence):
        return protocol.Sequence([as_value(item) for item in value])
    return protocol.Nothing()
