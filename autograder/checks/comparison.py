"""The result of comparing one value with the right one."""

from dataclasses import dataclass
from typing import Literal

from autograder.graph.operation import Value
from autograder.outcome import Finding

Kind = Literal[
    "right",
    "coarse",
    "follows",
    "missing",
    "none",
    "kind",
    "size",
    "shape",
    "not finite",
    "precision",
    "sign",
    "transposed",
    "part",
    "factor",
    "zero",
    "near",
    "value",
]


@dataclass(frozen=True)
class Comparison:
    """The result of comparing one value."""

    kind: Kind
    text: str = ""  # what to say about the value: "has the wrong sign"
    value: Value | None = None  # the number or the array compared, if it was one
    trivial: bool = False  # whether the right value is 0, which proves little
    detail: str = ""  # of an array, for those who know the inputs: its shapes, or its elements, as a clause

    @property
    def right(self) -> bool:
        """Whether the value earns its credit."""
        return self.kind in ("right", "coarse")

    @property
    def wrong(self) -> bool:
        """Whether it is neither right nor correct given the student's own earlier values."""
        return not self.right and self.kind != "follows"

    @property
    def shape_accepted(self) -> bool:
        """Whether it is right except for an axis of size 1, which earns its credit all the same."""
        return self.kind == "right" and bool(self.text)

    @property
    def near(self) -> bool:
        """Whether it is wrong by so little that an instructor may want to look at it."""
        return self.kind in ("near", "precision")


@dataclass(frozen=True)
class Judged:
    """The result of one answer on paper."""

    finding: Finding
    share: float  # of the quantity's points, 0 to 1
    note: str = ""
    near: tuple[str, ...] = ()  # what is wrong, but close to the right value: the quantity, or elements of it
    wrong: tuple[tuple[str, float], ...] = ()  # the numbers that are wrong and earn nothing
