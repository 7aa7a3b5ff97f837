"""Compares a returned value with the right one in four steps: type, size, finiteness, value.

What is said about a value never contains the expected one.
"""

import math
from collections.abc import Sequence

from autograder.checks.comparison import Comparison, Kind
from autograder.graph.operation import Value as Right
from autograder.rubric import Tolerance
from autograder.sandbox.host import protocol
from autograder.sandbox.host.protocol import Value
from autograder.text import plural

HALF_PRECISION = {"float16": 0.02, "bfloat16": 0.05}  # by dtype: the largest relative error that its rounding causes
# Largest relative error of a value that is nearly right: a remark on rounding or the formula helps more than "wrong".
# If twice the error that still earns credit is larger, that is used.
NEAR = 0.02
MOST_ROUNDING = 0.51e-3  # with 3 decimals; see `rounding`
FACTORS = (2.0, 0.5)  # the result of a doubled or a missing factor 2
FACTOR_TOLERANCE = 0.005  # relative; with a larger one, values that are just wrong would be taken for these


def compare(
    value: Value | None,
    expected: Right,
    tolerance: Tolerance,
    *,
    none_is_zero: bool = False,
    telling: bool = True,
    arrays: bool = False,
) -> Comparison:
    """Compare a returned value with the expected number or array.

    Args:
        none_is_zero: whether None counts as 0; in torch the gradient of a tensor that the loss does not depend on is
            None.
        telling: whether a wrong sign, a zero or a factor says something about the mistake. It does for a derivative,
            and does not for a weight after training.
        arrays: whether it comes from a computation with arrays, so that an array in the place of a number says more.
    """
    if not isinstance(expected, float) or (arrays and isinstance(value, protocol.Array)):
        from autograder.checks import compare_arrays  # imports NumPy, which only a lab with arrays has imported before

        return compare_arrays.compare(value, expected, tolerance, none_is_zero=none_is_zero, telling=telling)
    value = _unwrapped(value)
    if isinstance(value, protocol.Nothing) and none_is_zero:
        if abs(expected) > tolerance.atol:
            return Comparison("none", "is None: backward() never reached it")
        value = protocol.Number(0.0, "None")
    if value is None:
        return Comparison("missing", "is missing")
    if not isinstance(value, protocol.Number):
        kind: Kind = "size" if isinstance(value, (protocol.Array, protocol.Sequence)) else "kind"
        return Comparison(kind, f"is {describe(value)}, not a number")
    number = value.number()
    if not math.isfinite(number):
        return Comparison("not finite", f"is {'not a number (nan)' if math.isnan(number) else 'infinite'}", number)
    found = compare_numbers(number, expected, tolerance, telling=telling)
    half = HALF_PRECISION.get(value.dtype)
    if not found.right and half is not None and _close(number, expected, half, 1e-3):
        text = f"is rounded to half precision ({value.dtype}); compute with float32 or float64"
        return Comparison("precision", text, number)
    return found


def compare_numbers(number: float, expected: float, tolerance: Tolerance, *, telling: bool = True) -> Comparison:
    """The last step: compare two finite numbers."""
    if tolerance.allows(number, expected):
        return Comparison("right", value=number, trivial=abs(expected) <= tolerance.atol)
    if _close(number, expected, 0, rounding([number])) and abs(number) >= 100 * rounding([number]):
        return Comparison("coarse", "is right but rounded; give the computed value without rounding it", number)
    if tolerance.allows(number, expected, coarse=True):
        return Comparison("coarse", "is right but rounded too much; keep more digits", number)
    near = _close(number, expected, max(NEAR, 2 * (tolerance.coarse or 0.0)), 0)
    if not telling:
        return Comparison("near" if near else "value", "is wrong", number)
    if number == 0:
        return Comparison("zero", "is 0 and should not be", number)
    if tolerance.allows(-number, expected):
        return Comparison("sign", "has the wrong sign", number)
    if any(_close(number, factor * expected, FACTOR_TOLERANCE, 0) for factor in FACTORS):
        return Comparison("factor", "is off by a constant factor; is one missing, or one too many?", number)
    if near:
        text = "is close, but not close enough; is it rounded, or is the formula slightly different?"
        return Comparison("near", text, number)
    return Comparison("value", "is wrong", number)


def describe(value: Value) -> str:
    """What a value is, as a noun phrase. Its content is left out: it could be hidden inputs."""
    match value:
        case protocol.Nothing():
            return "None"
        case protocol.Text():
            return "a text"
        case protocol.Number():
            return "a single number"
        case protocol.Array(_, dtype, shape):
            return f"{'a list' if dtype == 'float' else f'a {dtype} array'} of shape {shape}"
        case protocol.Sequence(items):
            return f"a list of {plural(len(items), 'value')}"
        case protocol.Record(fields):
            return f"a collection of {plural(len(fields), 'named value')}"
        case protocol.Strange(what):
            return what


def in_text(value: Right) -> str:
    """A number or an array for its student: few elements as a whole, of more only the shape."""
    if isinstance(value, float | int):
        return f"{value + 0.0:.6g}"  # 0 for -0
    from autograder.checks.compare_arrays import MOST_SHOWN  # imports NumPy, which whoever has an array has imported
    from autograder.graph.array_notation import plain

    return plain(value + 0.0, "{:.4g}".format) if value.size <= MOST_SHOWN else f"shape {value.shape}"


def is_finite(value: Right) -> bool:
    """Whether a number, or every element of an array, is finite."""
    return math.isfinite(value) if isinstance(value, float | int) else bool((abs(value) < math.inf).all())


def is_zero(value: Right) -> bool:
    """Whether a number, or every element of an array, is 0."""
    return bool(value == 0) if isinstance(value, float | int) else not value.any()


def number_of(value: Value | None, *, arrays: bool = False) -> Right | None:
    """A returned value as a number; None if it is not a number. A returned None is 0, as for gradients.

    arrays: whether it may also be an array.
    """
    if arrays and not isinstance(value, protocol.Number | protocol.Nothing | None):
        from autograder.checks import compare_arrays

        return compare_arrays.array_of(value)
    value = _unwrapped(value)
    if isinstance(value, protocol.Nothing):
        return 0.0
    return value.number() if isinstance(value, protocol.Number) else None


def numbers(value: Value | None) -> list[float] | str:
    """A list of numbers from a list, an array or a single number; otherwise what prevents it ("is missing")."""
    if isinstance(value, protocol.Number):
        return [value.number()]
    if isinstance(value, protocol.Array):
        return value.numbers()
    if not isinstance(value, protocol.Sequence):
        return "is missing" if value is None else f"is {describe(value)}, not a list of numbers"
    found: list[float] = []
    for item in value.items:
        single = _unwrapped(item)
        if not isinstance(single, protocol.Number):
            return f"holds {describe(item)}, not only numbers"
        found.append(single.number())
    return found


def rounding(values: Sequence[float]) -> float:
    """The largest error that rounding these values can cause: half a unit of the last decimal if they have 3 to 6
    decimals, else 0."""
    decimals = next((n for n in range(7) if all(round(value, n) == value for value in values)), 0)
    return 0.51 * 10.0**-decimals if decimals >= 3 else 0.0


def same(values: Sequence[float], others: Sequence[float], rtol: float, atol: float) -> int:
    """How many values agree before the first that does not."""
    agree = [_close(value, other, rtol, atol) for value, other in zip(values, others, strict=False)]
    return agree.index(False) if False in agree else len(agree)


def _close(number: float, expected: float, rtol: float, atol: float) -> bool:
    return abs(number - expected) <= atol + rtol * abs(expected)


def _unwrapped(value: Value | None) -> Value | None:
    """A list that holds a single value is that value."""
    while isinstance(value, protocol.Sequence) and len(value.items) == 1:
        value = value.items[0]
    return value
