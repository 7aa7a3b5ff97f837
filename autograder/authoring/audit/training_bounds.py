"""The bounds of checks of training: what the reference itself reaches in many runs, and so what may be asked for."""

import math
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import msgspec

from autograder import submission as submitted
from autograder.authoring.audit.budget import Budget
from autograder.authoring.audit.progress import Progress
from autograder.checks import learning
from autograder.checks.context import CodeContext
from autograder.checks.oracle import Oracle
from autograder.grader import Grader
from autograder.mistakes.for_lab import Mistakes
from autograder.rubric import LearnsCheck, data_files

RUNS = 20
SPREAD = 4  # standard deviations below the mean are a bound that other right solutions reach too
LEAST_SPREAD = 0.01  # of an accuracy, as if it varied: the reference may be better than others that are right
WORDS = {
    "accuracy": "the accuracy",
    "mse": "the mean squared error",
    "falls": "the last loss, as a share of the first,",
}
SURE = 0.99  # how probable it must be that the reference passes


@dataclass(frozen=True)
class Bound:
    """One bound of a check. key: its name in rubric.yaml; values: what the reference reached in each run."""

    key: str
    bound: float
    values: tuple[float, ...]
    at_least: bool  # or at most
    proposed: float

    @property
    def reached(self) -> int:
        """The number of runs in which the reference keeps to it."""
        return sum(value >= self.bound if self.at_least else value <= self.bound for value in self.values)


@dataclass(frozen=True)
class TrainingBounds:
    """What the reference reached in a check of training. problem: why there is nothing to say, if so."""

    number: str
    name: str
    seeds: int
    enough: int
    bounds: tuple[Bound, ...] = ()
    problem: str = ""

    @property
    def unsafe(self) -> tuple[Bound, ...]:
        """Bounds that the reference itself may miss too often."""
        return tuple(each for each in self.bounds if self.chance(each) < SURE)

    def chance(self, bound: Bound) -> float:
        """How probable it is that the reference keeps to a bound in enough runs, by the share of runs in which it
        did: the upper tail of a binomial distribution."""
        share = bound.reached / len(bound.values)
        terms = (
            math.comb(self.seeds, count) * share**count * (1 - share) ** (self.seeds - count)
            for count in range(self.enough, self.seeds + 1)
        )
        return math.fsum(terms)


def audit(grader: Grader, budget: Budget, progress: Progress) -> tuple[TrainingBounds, ...]:
    """Train the reference many times for each check of training, while there is time."""
    checks = [check for check in grader.lab.rubric.checks if isinstance(check, LearnsCheck)]
    progress.expect("training of the reference", len(checks))
    found = []
    for check in budget.of_these(checks):
        found.append(_of_check(grader, check))
        progress.advance("training of the reference")
    return tuple(found)


def _of_check(grader: Grader, check: LearnsCheck) -> TrainingBounds:
    lab = grader.lab
    read = submitted.read(lab.reference, program=lab.rubric.program, answers=lab.answers, arrays=lab.paper_arrays)
    program = grader.program(read)
    with program:
        context = CodeContext(lab, read, Mistakes(lab), program, Oracle(lab, grader.reference()), diagnose=False)
        runs = learning.runs(msgspec.structs.replace(check, seeds=RUNS), context)
    of = (check.number, check.function, check.seeds, check.enough)
    failed = next((each.failure for each in runs if each.failure), None)
    if failed:
        return TrainingBounds(*of, problem=failed.sentence)
    return TrainingBounds(*of, tuple(_bounds(check, runs, data_files.read(lab.folder / check.held_out))))


def _bounds(check: LearnsCheck, runs: Sequence[learning.Learned], held_out: data_files.Data) -> Iterator[Bound]:
    if check.accuracy is not None:
        values = tuple(each.accuracy for each in runs if each.accuracy is not None)
        spread = max(statistics.pstdev(values), LEAST_SPREAD)
        lowest = statistics.fmean(values) - SPREAD * spread
        proposed = math.floor(100 * max(lowest, held_out.guessed_accuracy)) / 100
        yield Bound("accuracy", check.accuracy, values, True, proposed)
    if check.mse is not None:
        values = tuple(each.mse for each in runs if each.mse is not None)
        highest = min(_above(values), held_out.guessed_error)
        yield Bound("mse", check.mse, values, False, highest)
    if check.falls is not None:
        values = tuple(each.losses[-1] / each.losses[0] if each.losses else math.inf for each in runs)
        yield Bound("falls", check.falls, values, False, min(_above(values), 0.9))


def _above(values: Sequence[float]) -> float:
    """A bound above all values, in one digit: twice the highest, or four standard deviations above the mean."""
    finite = [value for value in values if math.isfinite(value)]
    if not finite:
        return math.inf
    highest = max(2 * max(finite), statistics.fmean(finite) + SPREAD * statistics.pstdev(finite))
    digit = 10.0 ** math.floor(math.log10(highest)) if highest > 0 else 1e-6
    return math.ceil(highest / digit) * digit


def remarks(found: Sequence[TrainingBounds]) -> Iterator[str]:
    """What the instructor should know about each check of training."""
    for each in found:
        who = f"{each.number} ({each.name})"
        if each.problem:
            yield f"{who}: the reference cannot be trained: {each.problem}"
        for bound in each.bounds:
            low, high, mean = min(bound.values), max(bound.values), statistics.fmean(bound.values)
            reached = (
                f"{who}: in {len(bound.values)} runs of the reference, {WORDS[bound.key]} was {_said(low, high, mean)}"
            )
            own = f"{bound.key}: {bound.bound:g}"
            if bound in each.unsafe:
                yield f"{reached}. It misses {own} too often; write {bound.key}: {bound.proposed:g}."
            else:
                yield f"{reached}. Yours, {own}, is safe, and {bound.proposed:g} would be."


def _said(low: float, high: float, mean: float) -> str:
    return f"{mean:.3g}" if low == high else f"from {low:.3g} to {high:.3g}, {mean:.3g} on average"
