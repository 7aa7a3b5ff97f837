"""What a function returned, and how much of it a procedure explains."""

import math
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from autograder.graph.descent import gradient_step
from autograder.mistakes.catalogue import FunctionModel
from autograder.mistakes.element import of_weights
from autograder.mistakes.procedure import IMPOSSIBLE, Numbers, Pass, Procedure

COMPARED_LOSSES = 10  # in later ones, float32 rounding dominates
EARLY_LOSSES = 5  # these are accurate to three digits or more in float32
LARGEST = 3.4e38  # the largest float32
ALL = sys.maxsize  # numbers explained, if all are: more than any function returns


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
    right: int  # how many of the sample's numbers the correct procedure explains; see `fit`


def starts_correctly(model: FunctionModel, sample: Sample, close: Closeness) -> bool:
    """Whether the first loss of a training function is correct: the loss before any update."""
    if not sample.losses:
        return True
    losses, _ = model.right.training(model.weights, sample.inputs, 0.0, 1)
    return close(sample.losses[0], next(losses))


def weigh(model: FunctionModel, sample: Sample, close: Closeness) -> Evidence:
    """Compare a sample with what the correct procedure gives."""
    base = None if model.trains else model.right.single_pass(sample.inputs)
    losses: list[float] = []
    weights: list[dict[str, float]] = []
    if model.trains:
        rate, epochs = float(sample.settings["lr"]), int(sample.settings["n_epochs"]) + sample.after
        lazily, weights = model.right.training(model.weights, sample.inputs, rate, epochs)
        losses = list(lazily)
    unknown = Evidence(sample, base, losses, weights, 0)
    return Evidence(sample, base, losses, weights, fit(model, model.right, unknown, close))


def based_on(procedure: Procedure, evidence: Evidence) -> Evidence:
    """The evidence with a pass of `procedure` as its base, which speeds up passes of similar procedures."""
    if evidence.base is None:
        return evidence
    try:
        return replace(evidence, base=procedure.single_pass(evidence.sample.inputs, evidence.base))
    except IMPOSSIBLE:
        return evidence


def fit(model: FunctionModel, procedure: Procedure, evidence: Evidence, close: Closeness, at: int = 0) -> int:
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
    """`fit` of a training function: compare the first losses, then their number, then the final weights."""
    sample = evidence.sample
    rate, epochs = float(sample.settings["lr"]), int(sample.settings["n_epochs"]) + sample.after
    if _trains_correctly(procedure, model.right):
        losses, weights = iter(evidence.losses), evidence.weights
    else:
        losses, weights = procedure.training(model.weights, sample.inputs, rate, epochs)
    raw: list[float] = []  # the losses, where they are not taken one by one
    if procedure.record is not list or procedure.pick is not None:
        raw = list(losses)
        losses = iter(procedure.record(raw))
    kept = int(sample.after and next(losses, None) is not None)
    if sample.losses is not None:
        for position, returned in enumerate(sample.losses[:COMPARED_LOSSES]):
            if _blown_up(returned):
                break
            if not (close if position < EARLY_LOSSES else close.wider)(returned, next(losses, math.nan)):
                return position
            kept += 1
    # If nothing changes the number of losses, it is known without running the loop to its end.
    known = procedure.record is list and procedure.stop is None
    if known and sample.losses is not None and procedure.epochs(epochs) != len(sample.losses) + sample.after:
        return COMPARED_LOSSES
    if sample.losses is not None and any(map(_blown_up, sample.losses)):
        return ALL  # the weights are nan as well
    rest = sum(1 for _ in losses)
    if sample.losses is not None and kept + rest != len(sample.losses) + sample.after:
        return COMPARED_LOSSES
    if procedure.pick is None:
        last = procedure.returned_weights(weights, int(sample.after))
    else:
        asked = len(raw) - sample.after
        last = procedure.picked(weights[: asked + 1], raw[:asked], sample.inputs, rate)
    right = all(close.wider(number, of_weights(last, name)) for name, number in sample.values.items())
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
        and procedure.stop is None
        and procedure.keep is None
        and not procedure.one_by_one
        and not procedure.local
        and not procedure.chain
        and procedure.forward is right.forward
        and procedure.backward is right.backward
        and (procedure.prepare, procedure.rate, procedure.epochs) == (right.prepare, right.rate, right.epochs)
    )
