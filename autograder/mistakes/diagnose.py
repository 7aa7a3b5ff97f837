"""Diagnosis: the mistakes that explain every number that a function returned, for all inputs at once.

Each mistake of the catalogue is tried alone. If none explains everything, the ones that explain most are tried
together with each common mistake.
"""

import math
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from autograder.graph.descent import gradient_step
from autograder.mistakes.catalogue import FunctionModel, Mutant, distinct
from autograder.mistakes.procedure import IMPOSSIBLE, Mistake, Numbers, Pass, Procedure

MOST_OFFERED = 3  # explanations; more would not help anyone
MOST_FIRST = 4  # mistakes that are tried together with each common one
MOST_PAIRS = 500  # tried in all, so that a diagnosis takes at most a few hundredths of a second
COMPARED_LOSSES = 10  # in later ones, float32 rounding dominates
EARLY_LOSSES = 5  # these are accurate to three digits or more in float32
LARGEST = 3.4e38  # the largest float32
ALL = sys.maxsize  # numbers explained, if all are: more than any function returns
MOST_COUNTED = 99  # numbers of one sample that count when it is compared how much two mistakes explain


@dataclass(frozen=True)
class Sample:
    """What a function returned for one set of inputs."""

    inputs: Numbers
    settings: Mapping[str, float | int]  # of a training function: lr and n_epochs
    values: Numbers  # by name; of a training function, the final weights
    losses: Sequence[float] | None = None  # of a training function; None if they are not a list of numbers
    after: bool = False  # whether each loss was computed after its update instead of before it


@dataclass(frozen=True)
class Closeness:
    """How near a returned number has to be to a predicted one: |returned − predicted| ≤ atol + rtol |predicted|."""

    rtol: float = 1e-3
    atol: float = 1e-6

    @property
    def wider(self) -> "Closeness":
        """For late epochs, where the rounding of float32 accumulates, most of all where a sigmoid saturates."""
        return Closeness(5 * self.rtol, 5 * self.atol)

    def __call__(self, returned: float, predicted: float) -> bool:
        if not (abs(returned) <= LARGEST and abs(predicted) <= LARGEST):  # nan, infinite, or infinite in float32
            return not (abs(returned) <= LARGEST or abs(predicted) <= LARGEST)
        return abs(returned - predicted) <= self.atol + self.rtol * abs(predicted)


@dataclass(frozen=True)
class Evidence:
    """A sample, with what the correct procedure gives for the same inputs."""

    sample: Sample
    base: Pass | None  # a pass at these inputs, perhaps of another procedure; None for a training function
    losses: Sequence[float]  # of the correct training loop
    weights: Sequence[Numbers]  # before its first epoch and after each
    right: int  # how many of the sample's numbers the correct procedure explains; see `_fit`


def explanations(
    model: FunctionModel, catalogue: Sequence[Mutant], samples: Sequence[Sample], close: Closeness = Closeness()
) -> list[tuple[Mistake, ...]]:
    """Find the fewest mistakes that explain every number of every sample.

    Args:
        model: The function.
        catalogue: The mistakes to try, the preferred ones first.
        samples: What the function returned, for each set of inputs.
        close: How near a predicted number has to be.

    Returns:
        At most MOST_OFFERED explanations, each one mistake or two; several if these numbers do not tell them apart.
        An empty list if nothing explains all numbers, or if nothing is wrong.
    """
    if not catalogue:
        return []
    evidence = sorted((_evidence(model, sample, close) for sample in samples), key=lambda each: each.right)
    if all(each.right == ALL for each in evidence):
        return []
    explained = [(_explained(model, mutant.procedure, evidence, close), mutant) for mutant in catalogue]
    complete = [mutant for how_far, mutant in explained if how_far == ALL]
    usual = [mutant for mutant in complete if mutant.usual]  # a common mistake is likelier
    if single := distinct(model, usual or complete):
        return [(mutant.mistake,) for mutant in single[:MOST_OFFERED]]
    furthest = sorted((each for each in explained if each[0]), key=lambda each: -each[0])
    first = distinct(model, (mutant for _, mutant in furthest[: 2 * MOST_FIRST]))
    return _pairs(model, catalogue, first[:MOST_FIRST], evidence, close)


def starts_correctly(model: FunctionModel, sample: Sample, close: Closeness) -> bool:
    """Whether the first loss of a training function is correct: the loss before any update."""
    if not sample.losses:
        return True
    losses, _ = model.right.training(model.weights, sample.inputs, 0.0, 1)
    return close(sample.losses[0], next(losses))


def _pairs(
    model: FunctionModel,
    catalogue: Sequence[Mutant],
    first: Sequence[Mutant],
    evidence: Sequence[Evidence],
    close: Closeness,
) -> list[tuple[Mistake, ...]]:
    """Two mistakes at once, of which the one in `first` has to explain the first wrong number alone."""
    found: dict[tuple[Mistake, ...], Mutant] = {}
    usual = [mutant for mutant in catalogue if mutant.usual and (not model.trains or mutant.mistake.of_loop)]
    for one in first[: max(1, MOST_PAIRS // (len(usual) * (4 if model.trains else 1)))]:
        known = [_based_on(one.procedure, each) for each in evidence]
        stuck = [_fit(model, one.procedure, each, close) for each in known]
        for other in usual:
            pair = (one.mistake, other.mistake)
            if other is one or pair[::-1] in found:
                continue
            procedure = other.mistake.apply(one.procedure)
            if all(_fit(model, procedure, each, close, at) == ALL for each, at in zip(known, stuck, strict=True)):
                found[pair] = Mutant(other.mistake, procedure, usual=True)
    different = distinct(model, found.values())
    return [pair for pair, mutant in found.items() if mutant in different] if len(different) <= MOST_OFFERED else []


def _based_on(procedure: Procedure, evidence: Evidence) -> Evidence:
    """The evidence with a pass of `procedure` as its base, which speeds up passes of similar procedures."""
    if evidence.base is None:
        return evidence
    try:
        return replace(evidence, base=procedure.single_pass(evidence.sample.inputs, evidence.base))
    except IMPOSSIBLE:
        return evidence


def _evidence(model: FunctionModel, sample: Sample, close: Closeness) -> Evidence:
    base = None if model.trains else model.right.single_pass(sample.inputs)
    losses: list[float] = []
    weights: list[dict[str, float]] = []
    if model.trains:
        rate, epochs = float(sample.settings["lr"]), int(sample.settings["n_epochs"]) + sample.after
        lazily, weights = model.right.training(model.weights, sample.inputs, rate, epochs)
        losses = list(lazily)
    unknown = Evidence(sample, base, losses, weights, 0)
    return Evidence(sample, base, losses, weights, _fit(model, model.right, unknown, close))


def _explained(model: FunctionModel, procedure: Procedure, evidence: Sequence[Evidence], close: Closeness) -> int:
    """How many more numbers than the correct procedure this one explains, of all samples together.

    Returns ALL if it explains every number, 0 if it does not explain the first wrong number of the first sample, or
    if it explains fewer numbers of another sample than the correct procedure does.
    """
    total = 0
    complete = True
    for index, each in enumerate(evidence):
        found = _fit(model, procedure, each, close, each.right)
        if found <= each.right < ALL:
            if index == 0 or _fit(model, procedure, each, close) < each.right:
                return 0
            found = each.right
        complete = complete and found == ALL
        total += min(found, MOST_COUNTED) - min(each.right, MOST_COUNTED)
    return ALL if complete else max(total, 0)


def _fit(model: FunctionModel, procedure: Procedure, evidence: Evidence, close: Closeness, at: int = 0) -> int:
    """How many of a sample's numbers a procedure explains before the first that it does not explain; ALL if all.

    Args:
        model: The function.
        procedure: What it may have done.
        evidence: The sample.
        close: How near a predicted number has to be.
        at: The position of the number to compare first, to be fast; if it is not explained, 0 is returned.
    """
    try:
        if model.trains:
            return _fit_training(model, procedure, evidence, close)
        return _fit_values(procedure, evidence, close, at)
    except IMPOSSIBLE:
        return 0


def _fit_values(procedure: Procedure, evidence: Evidence, close: Closeness, at: int) -> int:
    once = procedure.single_pass(evidence.sample.inputs, evidence.base)
    returned = evidence.sample.values
    for name, number in islice(returned.items(), at, at + 1) if at < ALL else ():
        if not close(number, once.quantity(name)):
            return 0
    for position, (name, number) in enumerate(returned.items()):
        if not close(number, once.quantity(name)):
            return position
    return ALL


def _fit_training(model: FunctionModel, procedure: Procedure, evidence: Evidence, close: Closeness) -> int:
    """`_fit` of a training function: compare the first losses, then their number, then the final weights."""
    sample = evidence.sample
    rate, epochs = float(sample.settings["lr"]), int(sample.settings["n_epochs"]) + sample.after
    if _trains_correctly(procedure, model.right):
        losses, weights = iter(evidence.losses), evidence.weights
    else:
        losses, weights = procedure.training(model.weights, sample.inputs, rate, epochs)
    if procedure.record is not list:
        losses = iter(procedure.record(list(losses)))
    kept = int(sample.after and next(losses, None) is not None)
    if sample.losses is not None:
        for position, returned in enumerate(sample.losses[:COMPARED_LOSSES]):
            if _blown_up(returned):
                break
            if not (close if position < EARLY_LOSSES else close.wider)(returned, next(losses, math.nan)):
                return position
            kept += 1
    # If nothing changes the number of losses, it is known without running the loop to its end.
    known = procedure.record is list and not procedure.ends
    if known and sample.losses is not None and procedure.epochs(epochs) != len(sample.losses) + sample.after:
        return COMPARED_LOSSES
    if sample.losses is not None and any(map(_blown_up, sample.losses)):
        return ALL  # the weights are nan as well
    rest = sum(1 for _ in losses)
    if sample.losses is not None and kept + rest != len(sample.losses) + sample.after:
        return COMPARED_LOSSES
    last = procedure.returned_weights(weights, int(sample.after))
    right = all(close.wider(number, last[weight]) for weight, number in sample.values.items())
    return ALL if right else COMPARED_LOSSES + 1


def _blown_up(loss: float) -> bool:
    """Whether a loss is infinite or nan in float32, where a saturated sigmoid overflows earlier than in float64."""
    return not abs(loss) <= LARGEST


def _trains_correctly(procedure: Procedure, right: Procedure) -> bool:
    """Whether the weights follow the correct trajectory, so that only what is recorded or returned can differ."""
    return (
        procedure.update is gradient_step
        and not procedure.updates
        and procedure.rounds == 1
        and not procedure.local
        and not procedure.chain
        and procedure.forward is right.forward
        and procedure.backward is right.backward
        and (procedure.prepare, procedure.rate, procedure.epochs) == (right.prepare, right.rate, right.epochs)
    )
