"""Compare a returned value step by step: kind, size, finiteness, value. The text never says what was expected."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from autograder.rubric import Tolerance
from autograder.sandbox.host import protocol
from autograder.sandbox.host.protocol import Value
from autograder.text import plural

HALF_PRECISION = {"float16": 0.02, "bfloat16": 0.05}  # dtype: how far off, relatively, its rounding can leave a result
NEAR = 0.02  # relatively: nearly right, so a word on rounding or on the formula helps more than "wrong"; or twice as
# much as still earns credit, where that is more
FACTORS = (2.0, 0.5)  # what a missing or doubled factor 2 leaves
FACTOR_TOLERANCE = 0.005  # at more a wrong value is taken for one of these by chance

Kind = Literal[
    "right",
    "coarse",
    "follows",
    "missing",
    "none",
    "kind",
    "size",
    "not finite",
    "precision",
    "sign",
    "factor",
    "zero",
    "near",
    "value",
]


@dataclass(frozen=True)
class Comparison:
    """The result of a comparison: its kind, a text for the student ("has the wrong sign"), and the number, if any."""

    kind: Kind
    text: str = ""
    value: float | None = None

    trivial: bool = False  # the right value is 0 here, which proves little

    @property
    def right(self) -> bool:
        """Whether the value earns its credit."""
        return self.kind in ("right", "coarse")

    @property
    def wrong(self) -> bool:
        """Whether it is neither right nor follows correctly from an earlier value of the student's own."""
        return not self.right and self.kind != "follows"

    @property
    def near(self) -> bool:
        """Whether it is wrong by so little that a person may want to look at it."""
        return self.kind in ("near", "precision")


def compare(
    value: Value | None, expected: float, tolerance: Tolerance, *, none_is_zero: bool = False, telling: bool = True
) -> Comparison:
    """Compare what was returned with the expected number.

    none_is_zero: a gradient that nothing flowed into is None in torch. telling: whether a wrong sign,
    a zero or a constant factor hints at the mistake, as for a derivative, but not for a weight after training.
    """
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
        return Comparison("coarse", "is right but rounded; return the computed value without rounding it", number)
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
    """What a value is, as a noun phrase, without its content, which could be hidden inputs."""
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


def number_of(value: Value | None) -> float | None:
    """The number that a returned value is: None for what is no number; a gradient of None is 0."""
    value = _unwrapped(value)
    if isinstance(value, protocol.Nothing):
        return 0.0
    return value.number() if isinstance(value, protocol.Number) else None


def numbers(value: Value | None) -> list[float] | str:
    """A list of numbers from a list, array or single number; otherwise the problem, as a phrase ("holds the
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


def rounding(values: Sequence[float]) -> float:
    """How far rounding can have moved these values: half a unit of their last decimal if they have 3 to 6, else 0."""
    decimals = next((n for n in range(7) if all(round(value, n) == value for value in values)), 0)
    return 0.51 * 10.0**-decimals if decimals >= 3 else 0.0


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
