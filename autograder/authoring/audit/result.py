"""What the audit of one function found."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from autograder.authoring.audit.draws import Escape
from autograder.graph.operation import Value
from autograder.mistakes.procedure import Mistake
from autograder.text import join_names

ALONE = ", in the values alone"


@dataclass(frozen=True)
class Caught:
    """What one mistake, or two together, cost, and what the diagnosis says about them."""

    mistakes: tuple[Mistake, ...]
    lost: dict[str, float]  # points, by the number of the check
    lost_on_hidden: float  # points lost in checks with hidden inputs
    named: float = 0.0  # the share of the diagnosed draws in which it is the first explanation
    like: tuple[str, ...] = ()  # ids of mistakes that explain the same numbers in a draw: they cannot be told apart
    slack: float = math.inf  # the relative tolerance from which on it would pass
    diagnosed: bool = True  # whether there was time to look what explains its numbers

    @property
    def id(self) -> str:
        """The ids of the mistakes."""
        return " + ".join(mistake.id for mistake in self.mistakes)

    @property
    def words(self) -> str:
        """The names of the mistakes; of variants with the same name, one has the wrong values alone."""
        return join_names([f"{each.name}{ALONE if each.id.endswith('/values') else ''}" for each in self.mistakes])

    @property
    def passes(self) -> bool:
        """Whether no check takes points off."""
        return sum(self.lost.values()) <= 0


@dataclass(frozen=True)
class Untried:
    """How much of the work on a function there was no time for."""

    mistakes: int = 0  # not graded; of these some may give the same numbers as others
    draws: int = 0  # of the hidden inputs
    diagnoses: int = 0
    pairs: int = 0  # of those chosen


@dataclass(frozen=True)
class FunctionAudit:
    """The results of the audit of one function."""

    function: str
    points: float
    singles: tuple[Caught, ...]
    pairs: tuple[Caught, ...]  # those tried
    of_pairs: int  # how many there are
    suggestion: Mapping[str, Value] | None = None  # inputs that distinguish mistakes that today's do not, if any
    draws: int = 0  # how many times the hidden inputs were drawn; 0 if none are drawn
    escapes: tuple[Escape, ...] = ()  # mistakes that do not show in some of these draws
    untried: Untried = Untried()
    rtol: float = 0.0  # the widest relative tolerance of a check with hidden inputs

    @property
    def words(self) -> Mapping[str, str]:
        """What each single mistake is called, by id."""
        return {caught.id: caught.words for caught in self.singles}

    @property
    def survivors(self) -> tuple[Caught, ...]:
        """Single mistakes that get full points."""
        return tuple(each for each in self.singles if each.passes)

    @property
    def only_published(self) -> tuple[Caught, ...]:
        """Single mistakes that lose no points on hidden inputs."""
        return tuple(each for each in self.singles if each.lost_on_hidden <= 0)

    @property
    def unclear(self) -> tuple[Caught, ...]:
        """Single mistakes that today's inputs do not distinguish from another one."""
        return tuple(each for each in self.singles if each.like)

    @property
    def pairs_that_pass(self) -> tuple[Caught, ...]:
        """Pairs of mistakes that lose no points on hidden inputs: they cancel each other there."""
        return tuple(each for each in self.pairs if each.lost_on_hidden <= 0)

    @property
    def tolerance(self) -> Caught | None:
        """The mistake that would be the first to pass with a wider tolerance."""
        return min(self.singles, key=lambda each: each.slack, default=None)
