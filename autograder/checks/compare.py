"""The one ladder on which a returned value is compared: kind, size, finiteness, value. It never says what was
expected."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from autograder.lab import Tolerance
from autograder.sandbox import protocol
from autograder.sandbox.protocol import Value

HALF_PRECISION = {"float16": 0.02, "bfloat16": 0.05}  # dtype: how far off, relatively, its rounding can leave a result
NEAR = 0.02  # relatively: nearly right, so a word on rounding or on the formula helps more than "wrong"
FACTORS = (2.0, 0.5, 4.0, 0.25)  # what a missing or doubled factor 2 leaves

Kind = Literal[
    "right", "coarse", "missing", "kind", "size", "not finite", "precision", "sign", "factor", "zero", "near", "value"
]


@dataclass(frozen=True)
class Comparison:
    """The rung on which the ladder ended, what to say of it ("has the wrong sign"), and the number compared, if it
    was one."""

    kind: Kind
    text: str = ""
    value: float | None = None

    @property
    def right(self) -> bool:
        """Whether the value earns its credit."""
        return self.kind in ("right", "coarse")


def compare(value: Value | None, expected: float, tolerance: Tolerance, *, none_is_zero: bool = False) -> Comparison:
    """Compare what was returned with the expected number. none_is_zero: a gradient that nothing flowed into is None
    in torch."""
    value = _unwrapped(value)
    if isinstance(value, protocol.Nothing) and none_is_zero:
        value = protocol.Number(0.0, "None")
    if value is None:
        return Comparison("missing", "is missing")
    if not isinstance(value, protocol.Number):
        return Comparison(
            "size" if isinstance(value, (protocol.Array, protocol.Sequence)) else "kind",
            f"is {describe(value)}, not a number",
        )
    number = value.number()
    if not math.isfinite(number):
        return Comparison("not finite", f"is {'not a number (nan)' if math.isnan(number) else 'infinite'}", number)
    found = compare_numbers(number, expected, tolerance)
    if (
        not found.right
        and value.dtype in HALF_PRECISION
        and _close(number, expected, HALF_PRECISION[value.dtype], 1e-3)
    ):
        return Comparison(
            "precision", f"is rounded to half precision ({value.dtype}); compute with float32 or float64", number
        )
    return found


def compare_numbers(number: float, expected: float, tolerance: Tolerance) -> Comparison:
    """The last rung: two finite numbers."""
    if _close(number, expected, tolerance.rtol, tolerance.atol):
        return Comparison("right", value=number)
    if tolerance.coarse is not None and _close(number, expected, tolerance.coarse, tolerance.atol):
        return Comparison("coarse", "is right but roughly rounded; carry more digits", number)
    if number == 0:
        return Comparison("zero", "is 0, which it should not be", number)
    if _close(-number, expected, tolerance.rtol, tolerance.atol):
        return Comparison("sign", "has the wrong sign", number)
    if any(_close(number, factor * expected, tolerance.rtol, tolerance.atol) for factor in FACTORS):
        return Comparison("factor", "is off by a constant factor; is one missing, or one too many?", number)
    if _close(number, expected, NEAR, 0):
        return Comparison("near", "is close, but further off than rounding explains", number)
    return Comparison("value", "is wrong", number)


def describe(value: Value) -> str:
    """What a value is, for the student: a noun phrase."""
    match value:
        case protocol.Nothing():
            return "None"
        case protocol.Text(text):
            return f"the text {text[:60]!r}"
        case protocol.Number():
            return f"{value.number():.6g}"
        case protocol.Array(_, dtype, shape):
            return f"a {dtype} array of shape {shape}"
        case protocol.Sequence(items):
            return f"a list of {len(items)} values"
        case protocol.Record(fields):
            return f"a collection named {', '.join(list(fields)[:12]) or '(nothing)'}"
        case protocol.Strange(what):
            return what


def numbers(value: Value | None) -> list[float] | str:
    """A list of numbers from a list, array or single number; otherwise what is in the way, as a phrase ("holds the
    text 'a'")."""
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


def same(values: Sequence[float], others: Sequence[float], rtol: float, atol: float) -> int:
    """How many of the leading values agree before the first that does not."""
    agree = [_close(value, other, rtol, atol) for value, other in zip(values, others, strict=False)]
    return agree.index(False) if False in agree else len(agree)


def _close(number: float, expected: float, rtol: float, atol: float) -> bool:
    return abs(number - expected) <= atol + rtol * abs(expected)


def _unwrapped(value: Value | None) -> Value | None:
    """A list that holds a single value is that value."""
    while isinstance(value, protocol.Sequence) and len(value.items) == 1:
        value = value.items[0]
    return value
