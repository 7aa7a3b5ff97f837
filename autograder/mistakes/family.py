"""A mistake with a parameter, such as a momentum of any size: a family of mistakes, one for each value.

Which value it is has to be found from a student's numbers (`solve`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import inf, log10

from autograder.graph.descent import Place
from autograder.mistakes.procedure import Mistake, Procedure
from autograder.text import plural

Change = Callable[[Procedure], Procedure]
DECIMAL_POINT = "Is a decimal point in the wrong place?"  # the hint where a factor is a power of ten


@dataclass(frozen=True)
class Solved:
    """The parameter is solved from the first wrong number."""

    probes: tuple[float, float] = (0.4371, 1.9173)  # two values, of no input, at which the mistake has its full effect
    low: float = -inf
    high: float = inf
    searched: bool = True  # whether more of its values are tried if the number is far from a parabola
    curved: bool = False  # whether the weights after an update are far from linear in it


@dataclass(frozen=True)
class Listed:
    """There are few values, and all of them are tried. Each with the words for it."""

    values: tuple[tuple[float, str], ...]

    def shown(self, value: float) -> str:
        """The words for a value."""
        return dict(self.values)[value]


@dataclass(frozen=True)
class Limit:
    """The parameter is a limit at which a loop stops early: any value between what stops it and what does not."""

    of: Callable[[Sequence[float]], float]  # what is compared with the limit, of all losses so far
    place: Place


@dataclass(frozen=True)
class Bound:
    """The parameter is a number that a weight cannot pass, so it is the weight itself when that happens."""

    size: bool = False  # whether the weight's absolute value cannot pass it


@dataclass(frozen=True)
class Epochs:
    """The parameter is a number of epochs, or one more than those asked for, so the losses are counted."""

    further: bool  # whether it is added to those asked for

    def shown(self, value: float) -> str:
        """The number in words: "30 epochs", "2 epochs more"."""
        many = plural(abs(int(value)), "epoch")
        return f"{many} {'more' if value > 0 else 'fewer'}" if self.further else many


@dataclass(frozen=True)
class Varying:
    """The parameter is another one in each call, and solved for each; it is never said."""


Find = Solved | Listed | Limit | Bound | Epochs | Varying


@dataclass(frozen=True)
class Family:
    """A mistake with a parameter."""

    id: str  # of each mistake of the family, whatever its parameter is
    name: str  # a clause that is true of all of them
    said: str  # the same with the parameter, as {value}
    hint: str
    at: Callable[[float], Change]  # makes the mistake with this parameter in a procedure
    find: Find
    none: tuple[float, ...] = ()  # parameters with which it is no mistake, or another one that has a name
    usual: float | None = None  # the parameter that most people would choose; with it, the catalogue has the mistake
    slipped: str = ""  # the hint instead, if the parameter is a power of ten
    by_hand: bool = False
    of_loop: bool = False

    def mistake(self, value: float, *, about: bool = True) -> Mistake:
        """The mistake with this parameter.

        about: whether the parameter was solved from rounded numbers, so that it is said with "about".
        """
        shown = self.find.shown(value) if isinstance(self.find, Listed | Epochs) else f"{value:.3g}"
        if about and isinstance(self.find, Solved | Limit | Bound):
            shown = f"about {shown}"
        hint = self.slipped if self.slipped and is_power_of_ten(value) else self.hint
        name = self.said.format(value=shown)
        return Mistake(self.id, name, hint, self.at(value), by_hand=self.by_hand, of_loop=self.of_loop)

    def allows(self, value: float) -> bool:
        """Whether it is clearly another parameter than one with which there is no mistake."""
        if isinstance(self.find, Solved) and not self.find.low <= value <= self.find.high:
            return False
        return all(abs(value - each) > 0.01 * abs(each) + 1e-6 for each in self.none)


def single(mistake: Mistake) -> Family:
    """A mistake without a parameter, as a family of one: looked for only after the mistakes of the catalogue."""
    return Family(
        mistake.id,
        mistake.name,
        mistake.name,
        mistake.hint,
        lambda _: mistake.apply,
        Listed(((1.0, ""),)),
        by_hand=mistake.by_hand,
        of_loop=mistake.of_loop,
    )


def is_power_of_ten(value: float) -> bool:
    """Whether a number is 10, 100, … or 0.1, 0.01, …, but not 1."""
    return value > 0 and round(log10(value)) != 0 and abs(log10(value) - round(log10(value))) < 1e-3
