"""The updates of other optimizers of torch.optim, with their defaults, for a single step at a time."""

import math
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from autograder.graph.descent import EpochState, Update
from autograder.mistakes.family import Family, single
from autograder.mistakes.procedure import Mistake, Procedure

_PLAIN = (
    "The lab asks for plain gradient descent: the weight minus lr times the gradient, and nothing else that changes "
    "the step."
)
SMALL = 1e-8
FIRST, SECOND = 0.9, 0.999  # the betas of Adam and of those that are made from it


def _moments(epoch: EpochState) -> tuple[int, float, float]:
    """The number of the step, from 1, and the moving averages of the gradient and of its square."""
    first = FIRST * epoch.memory.get("first", 0.0) + (1 - FIRST) * epoch.slope
    second = SECOND * epoch.memory.get("second", 0.0) + (1 - SECOND) * epoch.slope**2
    epoch.memory.update(first=first, second=second)
    return epoch.number + 1, first, second


def _adamax(epoch: EpochState) -> float:  # Kingma and Ba 2015, algorithm 2
    step, first, _ = _moments(epoch)
    largest = max(SECOND * epoch.memory.get("largest", 0.0), abs(epoch.slope) + SMALL)
    epoch.memory["largest"] = largest
    return epoch.weight - epoch.rate / (1 - FIRST**step) * first / largest


def _nadam(epoch: EpochState) -> float:  # Dozat 2016, with the momentum decay of torch
    step, first, second = _moments(epoch)
    now, then = (FIRST * (1 - 0.5 * math.pow(0.96, 0.004 * each)) for each in (step, step + 1))
    product = epoch.memory.get("product", 1.0) * now
    epoch.memory["product"] = product
    size = math.sqrt(second / (1 - SECOND**step)) + SMALL
    ahead = (1 - now) * epoch.slope / (1 - product) + then * first / (1 - product * then)
    return epoch.weight - epoch.rate * ahead / size


def _radam(epoch: EpochState) -> float:  # Liu et al. 2020
    step, first, second = _moments(epoch)
    longest = 2 / (1 - SECOND) - 1
    length = longest - 2 * step * SECOND**step / (1 - SECOND**step)
    mean = first / (1 - FIRST**step)
    if length <= 5:
        return epoch.weight - epoch.rate * mean
    share = (length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length)
    return epoch.weight - epoch.rate * mean * math.sqrt(share * (1 - SECOND**step)) / (math.sqrt(second) + SMALL)


def _adadelta(epoch: EpochState) -> float:  # Zeiler 2012
    small = 1e-6
    mean = 0.9 * epoch.memory.get("mean", 0.0) + 0.1 * epoch.slope**2
    moved = epoch.memory.get("moved", 0.0)
    step = math.sqrt(moved + small) / math.sqrt(mean + small) * epoch.slope
    epoch.memory.update(mean=mean, moved=0.9 * moved + 0.1 * step**2)
    return epoch.weight - epoch.rate * step


def _rprop(epoch: EpochState) -> float:  # Riedmiller and Braun 1993; a step back is not made, as in torch
    before, step = epoch.memory.get("before", 0.0), epoch.memory.get("step", epoch.rate)
    slope, turn = epoch.slope, epoch.slope * before
    if turn:
        step = min(max(step * (1.2 if turn > 0 else 0.5), 1e-6), 50.0)
    if turn < 0:
        slope = 0.0
    epoch.memory.update(before=slope, step=step)
    return epoch.weight - (math.copysign(step, slope) if slope else 0.0)


OPTIMIZERS: tuple[tuple[str, Update], ...] = (
    ("Adamax", _adamax),
    ("NAdam", _nadam),
    ("RAdam", _radam),
    ("Adadelta", _adadelta),
    ("Rprop", _rprop),
)


def other_optimizers() -> Iterator[Family]:
    """A mistake for each of them."""
    for name, update in OPTIMIZERS:
        said = f"the updates are those of {name}"
        yield single(Mistake(f"{name.lower()}@update", said, _PLAIN, partial(_updating, update), of_loop=True))


def _updating(update: Update, work: Procedure) -> Procedure:
    return replace(work, update=update)
