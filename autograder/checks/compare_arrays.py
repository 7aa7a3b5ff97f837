"""Compares a returned vector or matrix with the right one: kind, shape, type of its elements, finiteness, values.

What is said never contains an expected number. A shape has sentences of its own, because a wrong one is the commonest
mistake with arrays, and the error that it causes shows much later.
"""

import math
from dataclasses import replace
from typing import Any

import numpy as np

from autograder.checks.compare import HALF_PRECISION, NEAR, describe, rounding
from autograder.checks.comparison import Comparison
from autograder.graph.array_notation import plain
from autograder.rubric import Tolerance
from autograder.sandbox.host import protocol
from autograder.sandbox.host.protocol import Value

Array = Any  # a NumPy array of float64
FACTOR_TOLERANCE = 0.005  # relative, of the elements' common factor
GROWN = "has grown by broadcasting: a shape (n, 1) met a shape (n,), which pairs each element with every other"
MOST_AXES = 8
MOST_SHOWN = 12  # elements: a smaller array is shown as a whole


def compare(
    value: Value | None, right: Array, tolerance: Tolerance, *, none_is_zero: bool = False, telling: bool = True
) -> Comparison:
    """Compare a returned value with the right array; arguments as for `compare.compare`."""
    right = np.asarray(right)
    if value is None:
        return Comparison("missing", "is missing")
    if isinstance(value, protocol.Nothing) and none_is_zero:
        if tolerance.allows(0.0 * right, right):
            return Comparison("right", value=0.0 * right, trivial=True)
        return Comparison("none", "is None: backward() never reached it")
    array = array_of(value)
    if array is None:
        return Comparison("kind", f"is {describe(value)}, not an array of numbers")
    found = compare_array(array, right, tolerance, telling=telling)
    half = HALF_PRECISION.get(getattr(value, "dtype", ""))
    same = array.shape == right.shape
    if same and not found.right and half is not None and Tolerance(half, 1e-3).allows(array, right):
        text = f"is rounded to half precision ({getattr(value, 'dtype', '')}); compute with float32 or float64"
        return replace(found, kind="precision", text=text)
    return found


def compare_array(array: Array, right: Array, tolerance: Tolerance, *, telling: bool = True) -> Comparison:
    """The steps from the shape on: compare two arrays."""
    if array.shape != right.shape:
        fitted = aligned(array, right)
        if fitted is None or not tolerance.allows(fitted, right):
            return Comparison("shape", _shape_sentence(array, right, tolerance), array, detail=_shapes(array, right))
        return Comparison("right", "has an axis of size 1 too many, or one too few; accepted", fitted)
    if not np.isfinite(array).all():
        return Comparison("not finite", "holds nan or infinity", array)
    found = _compare_elements(array, right, tolerance, telling=telling)
    return found if found.right else replace(found, detail=_elements(array, right, tolerance))


def array_of(value: Value | None) -> Array | None:
    """A returned value as an array of float64; None if it is none: nested lists may hold numbers and arrays."""
    match value:
        case protocol.Number():
            return _shaped([value.number()], value.shape)
        case protocol.Array():
            return _shaped(value.numbers(), value.shape)
        case protocol.Sequence(items):
            rows: list[Any] = [array_of(item) for item in items]
            shapes = {None if row is None else row.shape for row in rows}
            return np.stack(rows) if len(shapes) == 1 and None not in shapes else None
    return None


def _shaped(numbers: list[float], shape: tuple[int, ...]) -> Array | None:
    """The numbers in a shape that the student's process names; None if it does not fit them."""
    if len(shape) > MOST_AXES or any(size < 0 for size in shape) or math.prod(shape) != len(numbers):
        return None
    return np.array(numbers, dtype=np.float64).reshape(shape)


def aligned(array: Array, right: Array) -> Array | None:
    """An array in the right shape, if only axes of size 1 are too many or too few; else None."""
    sizes = [[size for size in each.shape if size != 1] for each in (array, right)]
    return array.reshape(right.shape) if sizes[0] == sizes[1] else None


def _shape_sentence(array: Array, right: Array, tolerance: Tolerance) -> str:
    """What a wrong shape shows, without numbers."""
    have, want = array.shape, right.shape
    square = array.ndim == 2 and have == (right.size, right.size)
    if not have:
        return "is a single number, and one number for each element is asked for"
    if aligned(array, right) is not None:
        return "is wrong, and has an axis of size 1 too many, or one too few"
    if have == want[::-1]:
        transposed = tolerance.allows(array.T, right)
        return "is transposed: rows and columns are exchanged" if transposed else "has its axes exchanged"
    if array.size and array.ndim > right.ndim and have[array.ndim - right.ndim :] == want:
        extra = tuple(range(array.ndim - right.ndim))
        if tolerance.allows(array, np.broadcast_to(right, have)):
            return "has an axis too many, along which it is repeated"
        if tolerance.allows(array.sum(extra), right):
            return "has an axis too many: the sum over it is missing"
        if tolerance.allows(array.mean(extra), right):
            return "has an axis too many: the mean over it is missing"
        if square and tolerance.allows(array.diagonal(), right.reshape(-1)):
            return GROWN
        if square:
            return "has an axis too many: is a sum missing, or did a shape (n, 1) meet a shape (n,)?"
        return "has an axis too many: is a sum or a mean over the batch missing?"
    if square and tolerance.allows(array.diagonal(), right.reshape(-1)):
        return GROWN
    if array.ndim < right.ndim and array.size == right.size:
        return "is flattened into fewer axes"
    if array.ndim < right.ndim and have in (want[1:], want[:-1]):
        return "has an axis too few: is something summed or averaged over it that should not be?"
    return "has another shape than is asked for"


def _compare_elements(array: Array, right: Array, tolerance: Tolerance, *, telling: bool) -> Comparison:
    """The last step, with finite elements in the right shape."""
    if tolerance.allows(array, right):
        return Comparison("right", value=array, trivial=bool((abs(right) <= tolerance.atol).all()))
    rounded = rounding(array.ravel().tolist())
    if (abs(array - right) <= rounded).all() and abs(array).max() >= 100 * rounded:
        return Comparison("coarse", "is right but rounded; give the computed values without rounding them", array)
    if tolerance.allows(array, right, coarse=True):
        return Comparison("coarse", "is right but rounded too much; keep more digits", array)
    near = Tolerance(max(NEAR, 2 * (tolerance.coarse or 0.0)), 0).allows(array, right)
    if not telling:
        return Comparison("near" if near else "value", "is wrong", array)
    if not array.any():
        return Comparison("zero", "is 0 everywhere and should not be", array)
    if tolerance.allows(-array, right):
        return Comparison("sign", "has the wrong sign in every element", array)
    if array.ndim == 2 and right.shape[0] == right.shape[1] and tolerance.allows(array.T, right):
        return Comparison("transposed", "is transposed: rows and columns are exchanged", array)
    if near:
        text = "is close, but not close enough; is it rounded, or is the formula slightly different?"
        return Comparison("near", text, array)
    if _common_factor(array, right):
        text = "is off by the same factor in every element; is a mean a sum, a sum a mean, or a factor missing?"
        return Comparison("factor", text, array)
    if part := _wrong_part(array, right, tolerance):
        return Comparison("part", part, array)
    return Comparison("value", "is wrong", array)


def _common_factor(array: Array, right: Array) -> bool:
    """Whether all elements are off by one factor: of several, because one number always has one."""
    index = np.unravel_index(abs(right).argmax(), right.shape)
    if (right != 0).sum() < 2 or not array[index]:
        return False
    factor = array[index] / right[index]
    return Tolerance(FACTOR_TOLERANCE, 1e-9).allows(array, factor * right)


def _wrong_part(array: Array, right: Array, tolerance: Tolerance) -> str:
    """Which elements are wrong, if they are few or lie together; "" if most are."""
    good = abs(array - right) <= tolerance.atol + tolerance.rtol * abs(right)
    if good.sum() == 1 and good.flat[0] and good.size > 2:
        return "is right in its first element only"
    if 2 * good.sum() < good.size:
        return ""
    if good.ndim == 2:
        for axis, what in ((1, "row"), (0, "column")):
            lines = good.all(axis)
            if (~lines).sum() == 1 and len(lines) > 1:
                return f"is wrong in one {what} and right in all others"
    return "is wrong in some of its elements"  # not in how many: a program could say something with that number


def _shapes(array: Array, right: Array) -> str:
    wanted = right.shape or "one number"
    return f"it has shape {array.shape}, and {wanted} is asked for"


def _elements(array: Array, right: Array, tolerance: Tolerance) -> str:
    """The student's own elements, whole if they are few; else the first wrong one."""
    if array.size <= MOST_SHOWN:
        return f"yours is {plain(array, '{:.4g}'.format)}"
    wrong = ~(abs(array - right) <= tolerance.atol + tolerance.rtol * abs(right))
    index = tuple(int(each[0]) for each in np.nonzero(wrong))
    several = f"{wrong.sum()} of {wrong.size} elements are wrong; " if wrong.sum() > 1 else ""
    return f"{several}your first wrong element, at {list(index)}, is {array[index]:.6g}"
