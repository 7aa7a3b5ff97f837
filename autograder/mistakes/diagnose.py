"""From wrong numbers to their cause: the mistakes that explain all that a function returned, for all inputs at once."""

import math
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from autograder.graph.descent import gradient_step
from autograder.mistakes.catalogue import FunctionModel, Mutant, distinct
from autograder.mistakes.procedure import IMPOSSIBLE, Mistake, Numbers, Pass, Procedure

MOST_OFFERED = 3  # possibilities; more would not help anyone
MOST_FIRST = 4  # mistakes of which each is tried together with every other
MOST_PAIRS = 500  # tried in all: what cannot be found in a few hundredths of a second is left
COMPARED_LOSSES = 10  # later ones are rounding noise of float32
EARLY_LOSSES = 5  # which float32 gives to three digits and more
LARGEST = 3.4e38  # in float32
ALL = sys.maxsize  # how many numbers are explained, where all are: more than any function returns
MOST_COUNTED = 99  # numbers of one sample, when it is compared how much two mistakes explain


@dataclass(frozen=True)
class Sample:
    """What a function returned for one set of inputs. values: the numbers by name, of a training function the weights;
    losses: those it kept, None where they are no list of numbers; after: they were taken after each update."""

    inputs: Numbers
    settings: Mapping[str, float | int]
    values: Numbers
    losses: Sequence[float] | None = None
    after: bool = False


@dataclass(frozen=True)
class Closeness:
    """How near a returned number has to be to one that a mistake explains."""

    rtol: float = 1e-3
    atol: float = 1e-6

    @property
    def wider(self) -> "Closeness":
        """For what comes late in a loop: there float32's rounding adds up, above all next to a full sigmoid."""
        return Closeness(5 * self.rtol, 5 * self.atol)

    def __call__(self, returned: float, predicted: float) -> bool:
        if not (abs(returned) <= LARGEST and abs(predicted) <= LARGEST):  # nan, infinite, or infinite in float32
            return not (abs(returned) <= LARGEST or abs(predicted) <= LARGEST)
        return abs(returned - predicted) <= self.atol + self.rtol * abs(predicted)


@dataclass(frozen=True)
class Evidence:
    """A sample, what a right function does there (`base` may be that of another work), and how many of its numbers that
    explains."""

    sample: Sample
    base: Pass | None  # of a training function none
    losses: Sequence[float]
    weights: Sequence[Numbers]
    right: int


def explanations(
    task: FunctionModel, catalogue: Sequence[Mutant], samples: Sequence[Sample], close: Closeness = Closeness()
) -> list[tuple[Mistake, ...]]:
    """The fewest mistakes that explain every number of every sample: several explanations where they cannot be told
    apart, none where nothing explains them or nothing is wrong."""
    if not catalogue:
        return []
    evidence = sorted((_evidence(task, sample, close) for sample in samples), key=lambda each: each.right)
    if all(each.right == ALL for each in evidence):
        return []
    explained = [(_explained(task, made.work, evidence, close), made) for made in catalogue]
    complete = [made for how_far, made in explained if how_far == ALL]
    if single := distinct(task, [made for made in complete if made.usual] or complete):  # what is common is likelier
        return [(made.mistake,) for made in single[:MOST_OFFERED]]
    furthest = sorted((each for each in explained if each[0]), key=lambda each: -each[0])
    first = distinct(task, (made for _, made in furthest[: 2 * MOST_FIRST]))
    return _pairs(task, catalogue, first[:MOST_FIRST], evidence, close)


def starts_rightly(task: FunctionModel, sample: Sample, close: Closeness) -> bool:
    """Whether the first loss of a training function is the one before any update."""
    if not sample.losses:
        return True
    losses, _ = task.right.training(task.weights, sample.inputs, 0.0, 1)
    return close(sample.losses[0], next(losses))


def _pairs(
    task: FunctionModel,
    catalogue: Sequence[Mutant],
    first: Sequence[Mutant],
    evidence: Sequence[Evidence],
    close: Closeness,
) -> list[tuple[Mistake, ...]]:
    """Two mistakes at once. The one that shows first has to explain the first wrong number alone."""
    found: dict[tuple[Mistake, ...], Mutant] = {}
    usual = [made for made in catalogue if made.usual and (not task.trains or made.mistake.of_loop)]
    for one in first[: max(1, MOST_PAIRS // (len(usual) * (4 if task.trains else 1)))]:
        known = [_based_on(one.work, each) for each in evidence]
        stuck = [_fit(task, one.work, each, close) for each in known]
        for other in usual:
            pair = (one.mistake, other.mistake)
            if other is one or pair[::-1] in found:
                continue
            work = other.mistake.apply(one.work)
            if all(_fit(task, work, each, close, at) == ALL for each, at in zip(known, stuck, strict=True)):
                found[pair] = Mutant(other.mistake, work, usual=True)
    different = distinct(task, found.values())
    return [pair for pair, made in found.items() if made in different] if len(different) <= MOST_OFFERED else []


def _based_on(work: Procedure, evidence: Evidence) -> Evidence:
    """The evidence with what `work` makes of it at hand, for works that differ little from it."""
    if evidence.base is None:
        return evidence
    try:
        return replace(evidence, base=work.once(evidence.sample.inputs, evidence.base))
    except IMPOSSIBLE:
        return evidence


def _evidence(task: FunctionModel, sample: Sample, close: Closeness) -> Evidence:
    base = None if task.trains else task.right.once(sample.inputs)
    losses: list[float] = []
    weights: list[dict[str, float]] = []
    if task.trains:
        rate, epochs = float(sample.settings["lr"]), int(sample.settings["n_epochs"]) + sample.after
        lazily, weights = task.right.training(task.weights, sample.inputs, rate, epochs)
        losses = list(lazily)
    unknown = Evidence(sample, base, losses, weights, 0)
    return Evidence(sample, base, losses, weights, _fit(task, task.right, unknown, close))


def _explained(task: FunctionModel, work: Procedure, evidence: Sequence[Evidence], close: Closeness) -> int:
    """How many numbers more than a right function a work explains: ALL, or 0 when it does not explain the first wrong
    one of the first sample, or explains less of another."""
    total = 0
    complete = True
    for index, each in enumerate(evidence):
        found = _fit(task, work, each, close, each.right)
        if found <= each.right < ALL:
            if index == 0 or _fit(task, work, each, close) < each.right:
                return 0
            found = each.right
        complete = complete and found == ALL
        total += min(found, MOST_COUNTED) - min(each.right, MOST_COUNTED)
    return ALL if complete else max(total, 0)


def _fit(task: FunctionModel, work: Procedure, evidence: Evidence, close: Closeness, at: int = 0) -> int:
    """How many of a sample's numbers a work explains before the first that it does not; ALL of them. at: the number to
    look at first; 0 is returned where that is not explained."""
    try:
        if task.trains:
            return _fit_training(task, work, evidence, close)
        return _fit_values(work, evidence, close, at)
    except IMPOSSIBLE:
        return 0


def _fit_values(work: Procedure, evidence: Evidence, close: Closeness, at: int) -> int:
    once = work.once(evidence.sample.inputs, evidence.base)
    returned = evidence.sample.values
    for name, number in islice(returned.items(), at, at + 1) if at < ALL else ():
        if not close(number, once.quantity(name)):
            return 0
    for position, (name, number) in enumerate(returned.items()):
        if not close(number, once.quantity(name)):
            return position
    return ALL


def _fit_training(task: FunctionModel, work: Procedure, evidence: Evidence, close: Closeness) -> int:
    """The first losses, how many there are, and the weights in the end."""
    sample = evidence.sample
    rate, epochs = float(sample.settings["lr"]), int(sample.settings["n_epochs"]) + sample.after
    if _trains_rightly(work, task.right):
        losses, weights = iter(evidence.losses), evidence.weights
    else:
        losses, weights = work.training(task.weights, sample.inputs, rate, epochs)
    if work.record is not list:
        losses = iter(work.record(list(losses)))
    kept = int(sample.after and next(losses, None) is not None)
    if sample.losses is not None:
        for position, returned in enumerate(sample.losses[:COMPARED_LOSSES]):
            if _blown_up(returned):
                break
            if not (close if position < EARLY_LOSSES else close.wider)(returned, next(losses, math.nan)):
                return position
            kept += 1
    known = work.record is list and not work.ends  # then it need not run to the end to be counted
    if known and sample.losses is not None and work.epochs(epochs) != len(sample.losses) + sample.after:
        return COMPARED_LOSSES
    if sample.losses is not None and any(map(_blown_up, sample.losses)):
        return ALL  # the weights are nan as well
    rest = sum(1 for _ in losses)
    if sample.losses is not None and kept + rest != len(sample.losses) + sample.after:
        return COMPARED_LOSSES
    last = work.given_back(weights, int(sample.after))
    right = all(close.wider(number, last[weight]) for weight, number in sample.values.items())
    return ALL if right else COMPARED_LOSSES + 1


def _blown_up(loss: float) -> bool:
    """Whether a loss is beyond float32, in which a full sigmoid already makes infinity of what float64 still holds."""
    return not abs(loss) <= LARGEST


def _trains_rightly(work: Procedure, right: Procedure) -> bool:
    """Whether only what is kept or given back may differ from a right loop: its trajectory is then known."""
    return (
        work.update is gradient_step
        and not work.updates
        and work.rounds == 1
        and not work.local
        and not work.chain
        and work.forward is right.forward
        and work.backward is right.backward
        and (work.given, work.rate, work.epochs) == (right.given, right.rate, right.epochs)
    )
