"""Audit one function of a rubric: grade every mistake in it, alone and in pairs, with the checks of the rubric."""

import itertools
import math
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from autograder import rubric
from autograder.authoring.audit.draws import Escape, digests, escapes
from autograder.authoring.audit.synthetic import SUBMISSION, SyntheticStudent
from autograder.checks import suite
from autograder.checks.context import CodeContext
from autograder.checks.oracle import Oracle
from autograder.mistakes.catalogue import FunctionModel, Mutant, distinct
from autograder.mistakes.diagnose import explanations
from autograder.mistakes.evidence import Sample
from autograder.mistakes.for_lab import Mistakes
from autograder.mistakes.procedure import IMPOSSIBLE, Mistake, Procedure
from autograder.rubric import CodeCheck, Lab, published
from autograder.sandbox.host.program import ProgramUnderTest

MOST_PAIRS = 400  # of one function, drawn at random where there are more
SUGGESTED = 300  # random inputs, of which the best ones are suggested
DIAGNOSED = 100  # one in so many draws is diagnosed: a diagnosis takes about as long as this many draws
CLEARLY = 0.05  # relative deviation


@dataclass(frozen=True)
class Caught:
    """What one mistake, or two together, cost, and what the diagnosis says about them."""

    mistakes: tuple[Mistake, ...]
    lost: dict[str, float]  # points, by the number of the check
    lost_on_hidden: float  # points lost in checks with hidden inputs
    named: float = 0.0  # the share of the diagnosed draws in which it is the first explanation
    like: tuple[str, ...] = ()  # ids of mistakes that explain the same numbers in a draw: they cannot be told apart
    slack: float = math.inf  # the relative tolerance from which on it would pass

    @property
    def id(self) -> str:
        """The ids of the mistakes."""
        return " + ".join(mistake.id for mistake in self.mistakes)

    @property
    def passes(self) -> bool:
        """Whether no check takes points off."""
        return sum(self.lost.values()) <= 0


@dataclass(frozen=True)
class FunctionAudit:
    """The results of the audit of one function."""

    function: str
    points: float
    singles: tuple[Caught, ...]
    pairs: tuple[Caught, ...]  # those tried
    of_pairs: int  # how many there are
    suggestion: Mapping[str, float] | None = None  # inputs that distinguish mistakes that today's do not, if any
    draws: int = 0  # how many times the hidden inputs were drawn; 0 if none are drawn
    escapes: tuple[Escape, ...] = ()  # mistakes that do not show in some of these draws

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


def functions(the_lab: Lab) -> list[str]:
    """The functions that the checks call, in the order of the rubric."""
    return [name for name in the_lab.rubric.functions if checks_of(the_lab, name)]


def audit(
    the_lab: Lab,
    reference: ProgramUnderTest,
    function: str,
    most_pairs: int = MOST_PAIRS,
    draws: int = 1,
    advance: Callable[[], None] = lambda: None,
) -> FunctionAudit:
    """Grade every mistake in one function.

    Args:
        the_lab: The lab.
        reference: The instructor's solution.
        function: The name of the function.
        most_pairs: The most pairs of mistakes to grade; if there are more, they are chosen at random.
        draws: How many times to draw the hidden inputs.
        advance: Called after each draw.
    """
    auditor = _Auditor(the_lab, Oracle(the_lab, reference), function, checks_of(the_lab, function), draws)
    return auditor.run(most_pairs, advance)


def checks_of(the_lab: Lab, function: str) -> list[CodeCheck]:
    """The checks that call a function."""
    return [each for each in the_lab.rubric.checks if isinstance(each, CodeCheck) and each.function == function]


def fixed(the_lab: Lab) -> list[str]:
    """The sets of hidden inputs that are the same for every submission, as "name of graph"."""
    code = [check for check in the_lab.rubric.checks if isinstance(check, CodeCheck)]
    return list(
        dict.fromkeys(
            f"{name} of {the_lab.rubric.functions[check.function].graph}"
            for check in code
            for name in check.inputs
            if name != "published" and not is_drawn(the_lab, check, name)
        )
    )


def is_drawn(the_lab: Lab, check: CodeCheck, inputs: str) -> bool:
    """Whether the set `inputs`, which a check uses, is drawn for each submission."""
    return inputs in the_lab.rubric.graphs[the_lab.rubric.functions[check.function].graph].drawn


@dataclass(frozen=True)
class _Auditor:
    lab: Lab
    truth: Oracle
    function: str
    checks: Sequence[CodeCheck]
    draws: int

    def run(self, most_pairs: int, advance: Callable[[], None]) -> FunctionAudit:
        mistakes = Mistakes(self.lab)
        model, catalogue = mistakes.in_function(self.function)
        each = distinct(model, catalogue)
        singles = tuple(self._single(model, catalogue, mutant) for mutant in each)
        usual = [mutant for mutant in each if mutant.usual]
        pairs = list(itertools.combinations(usual, 2))
        chosen = pairs if len(pairs) <= most_pairs else random.Random(self.function).sample(pairs, most_pairs)
        tried = tuple(pair for one, other in chosen if (pair := self._pair(model, one, other)))
        points = math.fsum(check.points for check in self.checks)
        suggestion = self._suggestion(model, each, singles)
        hidden = [check for check in self.checks if not published(check)]
        draws = self.draws if any(is_drawn(self.lab, check, name) for check in hidden for name in check.inputs) else 0
        escaped = escapes(self.lab, hidden, model, each, draws, advance) if draws else ()
        return FunctionAudit(self.function, points, singles, tried, len(pairs), suggestion, draws, escaped)

    def _single(self, model: FunctionModel, catalogue: Sequence[Mutant], mutant: Mutant) -> Caught:
        found = [
            explanations(model, catalogue, self._samples(model, mutant.procedure, digest))
            for digest in digests(max(1, self.draws // DIAGNOSED))
        ]
        named = sum(each[:1] == [(mutant.mistake,)] for each in found) / len(found)
        others = (mistake.id for each in found for pair in each for mistake in pair if mistake is not mutant.mistake)
        lost = self._lost(model, mutant.procedure)
        slack = self._slack(model, mutant.procedure)
        return Caught((mutant.mistake,), lost, self._on_hidden(lost), named, tuple(dict.fromkeys(others)), slack)

    def _pair(self, model: FunctionModel, one: Mutant, other: Mutant) -> Caught | None:
        """Grade two mistakes at once. None if the second cancels the first, or both together change nothing."""
        both = other.mistake.apply(one.procedure)
        probe = Mutant(other.mistake, both, usual=True)
        if len(distinct(model, [one, other, probe])) < 3:
            return None
        lost = self._lost(model, both)
        return Caught((one.mistake, other.mistake), lost, self._on_hidden(lost))

    def _lost(self, model: FunctionModel, procedure: Procedure) -> dict[str, float]:
        """The points that each check takes off, graded like a submission but without a diagnosis."""
        procedures = {self.function: (model, procedure)}
        for name, function in self.lab.rubric.functions.items():
            if name != self.function and function.graph == self.lab.rubric.functions[self.function].graph:
                other = FunctionModel(
                    self.lab.graphs[function.graph], function.returns, model.published, function.settings
                )
                procedures[name] = (other, other.right)
        student = SyntheticStudent(procedures)
        context = CodeContext(self.lab, SUBMISSION, Mistakes(self.lab), student, self.truth, diagnose=False)
        return {check.number: check.points - suite.grade(check, context).points for check in self.checks}

    def _on_hidden(self, lost: dict[str, float]) -> float:
        return math.fsum(lost[check.number] for check in self.checks if not published(check))

    def _suggestion(
        self, model: FunctionModel, each: Sequence[Mutant], singles: Sequence[Caught]
    ) -> Mapping[str, float] | None:
        """Of some random inputs, those that distinguish most of the mistakes that today's inputs do not."""
        procedures = {mutant.mistake.id: mutant.procedure for mutant in each}
        unclear = [
            (procedures[caught.id], procedures[other])
            for caught in singles
            for other in caught.like
            if other in procedures
        ]
        unclear += [(procedures[caught.id], model.right) for caught in singles if caught.lost_on_hidden <= 0]
        if not unclear:
            return None
        generator = random.Random(self.function)
        drawn = [{name: round(generator.uniform(-3, 3), 1) for name in model.graph.inputs} for _ in range(SUGGESTED)]
        settings = {**model.settings, "n_epochs": 5}
        apart = [sum(_apart(model, one, other, inputs, settings) for one, other in unclear) for inputs in drawn]
        return drawn[apart.index(max(apart))] if max(apart) else None

    def _samples(self, model: FunctionModel, procedure: Procedure, digest: str) -> list[Sample]:
        return [sample for check in self.checks for sample in self._of_check(check, model, procedure, digest)]

    def _of_check(
        self, check: CodeCheck, model: FunctionModel, procedure: Procedure, digest: str = SUBMISSION.digest
    ) -> Iterator[Sample]:
        for name in check.inputs:
            given = self.lab.arguments(check, name, digest)
            try:
                if model.trains:
                    rate, epochs = float(given.settings["lr"]), int(given.settings["n_epochs"])
                    weights, losses = procedure.train(model.weights, given.inputs, rate, epochs)
                    yield Sample(given.inputs, given.settings, weights, losses)
                else:
                    yield Sample(given.inputs, given.settings, procedure.results(model.returns, given.inputs))
            except IMPOSSIBLE:
                continue

    def _slack(self, model: FunctionModel, procedure: Procedure) -> float:
        """The largest relative deviation of a number on hidden inputs: with this tolerance, all of them would pass."""
        hidden = [check for check in self.checks if not published(check)]
        largest = 0.0
        for check in hidden:
            pairs = zip(
                self._of_check(check, model, procedure), self._of_check(check, model, model.right), strict=False
            )
            for wrong, right in pairs:
                numbers = [*wrong.values.values(), *(wrong.losses or ())[: _compared(check)]]
                truths = [*right.values.values(), *(right.losses or ())[: _compared(check)]]
                if len(wrong.losses or ()) != len(right.losses or ()):
                    return math.inf
                for number, truth in zip(numbers, truths, strict=False):
                    largest = max(largest, _deviation(number, truth))
        return largest


def _apart(
    model: FunctionModel,
    one: Procedure,
    other: Procedure,
    inputs: Mapping[str, float],
    settings: Mapping[str, float | int],
) -> bool:
    """Whether two procedures give clearly different numbers for these inputs."""
    try:
        numbers = zip(model.observed(one, inputs, settings), model.observed(other, inputs, settings), strict=True)
        return any(_deviation(number, truth) > CLEARLY for number, truth in numbers)
    except IMPOSSIBLE:
        return False


def _compared(check: CodeCheck) -> int:
    """How many losses a check compares."""
    return check.compared if isinstance(check, rubric.TrainingCheck) else 0


def _deviation(number: float, truth: float) -> float:
    if not (math.isfinite(number) and math.isfinite(truth)):
        return 0.0 if math.isfinite(number) == math.isfinite(truth) else math.inf
    return 0.0 if number == truth else abs(number - truth) / abs(truth) if truth else math.inf
