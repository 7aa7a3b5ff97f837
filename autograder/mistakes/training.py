"""Mistakes of a training loop: how it updates the weights, what it keeps of the losses, and what it returns.

A correct loop is gradient descent, wₖ₊₁ = wₖ − η ∂L/∂w(wₖ), with the learning rate η. A wrong one is another recurrence.
"""

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations
from typing import Any

from autograder.graph import Graph
from autograder.graph.descent import EpochState, Place, Stop, Update, gradient_step
from autograder.mistakes.calls import USE_PARAMETERS
from autograder.mistakes.procedure import BEFORE_LAST, FIRST, Chain, Mistake, Procedure, Record
from autograder.text import join_names

MOST_IN_GROUPS = 4  # weights, of which each group may be left out of the updates


@dataclass(frozen=True)
class Loop:
    """A wrong update of the weight. In `hint`, {w} is the weight's name."""

    id: str
    name: str
    hint: str
    update: Update
    rounds: int = 1  # of forward, backward and update in each epoch
    stop: Stop | None = None  # when the loop stops early


def _never_zeroed(epoch: EpochState) -> float:
    epoch.memory["sum"] = epoch.memory.get("sum", 0.0) + epoch.slope
    return epoch.weight - epoch.rate * epoch.memory["sum"]


def _zeroed_every_second(epoch: EpochState) -> float:
    kept = epoch.memory.get("sum", 0.0) if epoch.number % 2 else 0.0
    epoch.memory["sum"] = kept + epoch.slope
    return epoch.weight - epoch.rate * epoch.memory["sum"]


def _previous_gradient(epoch: EpochState) -> float:
    before = epoch.memory.get("before", 0.0)
    epoch.memory["before"] = epoch.slope
    return epoch.weight - epoch.rate * before


def _first_gradient(epoch: EpochState) -> float:
    first = epoch.memory.setdefault("first", epoch.slope)
    return epoch.weight - epoch.rate * first


def _adam(epoch: EpochState) -> float:  # Kingma and Ba 2015, algorithm 1, with the defaults of torch.optim.Adam
    step = epoch.number + 1
    first = 0.9 * epoch.memory.get("first", 0.0) + 0.1 * epoch.slope
    second = 0.999 * epoch.memory.get("second", 0.0) + 0.001 * epoch.slope * epoch.slope
    epoch.memory.update(first=first, second=second)
    return epoch.weight - epoch.rate * (first / (1 - 0.9**step)) / (math.sqrt(second / (1 - 0.999**step)) + 1e-8)


def _adamw(epoch: EpochState) -> float:  # Loshchilov and Hutter 2019, with the defaults of torch.optim.AdamW
    return _adam(epoch) - epoch.rate * 0.01 * epoch.weight


def _rmsprop(epoch: EpochState) -> float:  # with the defaults of torch.optim.RMSprop
    mean = 0.99 * epoch.memory.get("mean", 0.0) + 0.01 * epoch.slope * epoch.slope
    epoch.memory["mean"] = mean
    return epoch.weight - epoch.rate * epoch.slope / (math.sqrt(mean) + 1e-8)


def _adagrad(epoch: EpochState) -> float:  # Duchi et al. 2011, with the defaults of torch.optim.Adagrad
    epoch.memory["sum"] = epoch.memory.get("sum", 0.0) + epoch.slope * epoch.slope
    return epoch.weight - epoch.rate * epoch.slope / (math.sqrt(epoch.memory["sum"]) + 1e-10)


def _never_changes(epoch: EpochState) -> float:
    return epoch.weight


def _zero(epoch: EpochState) -> float:
    return 0.0


def _first_step(epoch: EpochState) -> float:  # the weight is created again in every epoch
    return epoch.start - epoch.rate * epoch.memory.setdefault("first", epoch.slope)


def _first_everywhere(losses: Sequence[float]) -> list[float]:
    return [losses[0]] * len(losses)


def _rounded(losses: Sequence[float], decimals: int) -> list[float]:
    return [round(loss, decimals) for loss in losses]


def _two_rounds_added_up(epoch: EpochState) -> float:
    epoch.memory["sum"] = (epoch.memory["sum"] if epoch.round else 0.0) + epoch.slope
    return epoch.weight - epoch.rate * epoch.memory["sum"]


def _grows(losses: Sequence[float]) -> bool:
    return len(losses) > 1 and losses[-1] > losses[-2]


_CARRY = "What is in {w}.grad when backward() is called again?"
_CHANGE = "Which line changes {w}, and what is in {w}.grad when that line runs?"
_CLEARED = "What should be cleared after the update: {w} or {w}.grad?"
_UPDATE = "Compare the line that updates the weight with the formula of gradient descent, including signs and factors."
_PLAIN = "The lab asks for plain gradient descent: the weight minus lr times the gradient, and nothing else that changes the step."
LOOPS = (
    Loop("never-zeroed", "the gradient is never cleared, so it accumulates from epoch to epoch", _CARRY, _never_zeroed),
    Loop("zeroed-every-second", "the gradient is cleared only in every second epoch", _CARRY, _zeroed_every_second),
    Loop("zeroed-before-step", "the weight never changes", _CHANGE, _never_changes),
    Loop("weight-zeroed", "the weight is 0 after every epoch", _CLEARED, _zero),
    Loop("rate-left-out", "the learning rate is left out of the update", _UPDATE, lambda e: e.weight - e.slope),
    Loop("rate-squared", "the learning rate appears twice in the update", _UPDATE, lambda e: e.weight - e.rate * e.rate * e.slope),
    Loop("rate-divides", "the gradient is divided by the learning rate", _UPDATE, lambda e: e.weight - e.slope / e.rate if e.rate else math.nan),
    Loop("rate-added", "the learning rate is added to the gradient instead of multiplied with it", _UPDATE, lambda e: e.weight - (e.rate + e.slope)),
    Loop("rate-times-weight", "the weight is multiplied by 1 minus the step instead of moved by the step", _UPDATE, lambda e: e.weight * (1 - e.rate * e.slope)),
    Loop("step-only", "the weight is set to the step instead of moved by it", _UPDATE, lambda e: e.rate * e.slope),
    Loop("step-only-minus", "the weight is set to the step instead of moved by it", _UPDATE, lambda e: -e.rate * e.slope),
    Loop("turned", "the weight is subtracted from the step instead of the step from the weight", _UPDATE, lambda e: e.rate * e.slope - e.weight),
    Loop("two-rounds", "every epoch runs forward, backward and update twice", "How many times does each epoch update the weight?", gradient_step, rounds=2),
    Loop("two-rounds-added", "every epoch runs forward, backward and update twice, and the second gradient is added to the first", _CARRY, _two_rounds_added_up, rounds=2),
    Loop("stale", "the weight is updated with the gradient of the previous epoch", "Which comes first in your loop: backward() or the update of the weight?", _previous_gradient),
    Loop("gradient-once", "the gradient is computed once and then used in every epoch", "Which steps have to be inside the loop?", _first_gradient),
    Loop("by-the-loss", "the update uses the loss instead of its gradient", _UPDATE, lambda e: e.weight - e.rate * e.loss),
    Loop("by-the-sign", "the update uses only the sign of the gradient", _PLAIN, lambda e: e.weight - e.rate * math.copysign(1.0, e.slope) * (e.slope != 0)),
    Loop("by-the-size", "the update uses the absolute value of the gradient", _UPDATE, lambda e: e.weight - e.rate * abs(e.slope)),
    Loop("adam", "the updates are those of Adam", _PLAIN, _adam),
    Loop("adamw", "the updates are those of AdamW", _PLAIN, _adamw),
    Loop("rmsprop", "the updates are those of RMSprop", _PLAIN, _rmsprop),
    Loop("adagrad", "the updates are those of Adagrad", _PLAIN, _adagrad),
    Loop("rate-falls", "the learning rate decreases from epoch to epoch (lr / epoch)", _PLAIN, lambda e: e.weight - e.rate * e.slope / (e.number + 1)),
    Loop("breaks-when-it-grows", "the loop ends when the loss increases", "The loss increases when the learning rate is too large; run all epochs anyway.", gradient_step, stop=Stop(_grows, Place.BEFORE_UPDATE)),
    Loop("breaks-after-when-it-grows", "the loop ends when the loss increases", "The loss increases when the learning rate is too large; run all epochs anyway.", gradient_step, stop=Stop(_grows, Place.AFTER_UPDATE)),
    Loop("stops-when-it-grows", "training stops when the loss increases", "The loss increases when the learning rate is too large; run all epochs anyway.", gradient_step, stop=Stop(_grows, Place.NO_UPDATE)),
)  # fmt: skip

_KEPT = "What exactly do you append to the list in each epoch?"
RECORDS: tuple[tuple[str, str, str, Record], ...] = (
    ("running-sum", "each entry is the sum of all losses so far", _KEPT, lambda losses: list(itertools.accumulate(losses))),
    ("running-mean", "each entry is the mean of all losses so far", _KEPT, lambda losses: [total / n for n, total in enumerate(itertools.accumulate(losses), 1)]),
    ("last-everywhere", "every entry is the last loss", "Do you append a number, or a tensor that changes later?", lambda losses: [losses[-1]] * len(losses)),
    ("first-everywhere", "every entry is the first loss, although the weight changes", "Is the loss computed again in each epoch?", _first_everywhere),
    ("reversed", "the losses are in reverse order", _KEPT, lambda losses: list(losses)[::-1]),
    ("root", "each entry is the square root of the loss", _KEPT, lambda losses: [math.sqrt(max(loss, 0.0)) for loss in losses]),
    ("halved", "each entry is half the loss", _KEPT, lambda losses: [loss / 2 for loss in losses]),
    ("last-only", "only the last loss is kept", "Is the list created inside the loop?", lambda losses: list(losses)[-1:]),
    ("first-only", "only the first loss is kept", "Is there a return inside the loop?", lambda losses: list(losses)[:1]),
    ("without-first", "the first loss is missing", "Do you also keep the loss of the first epoch, before any update?", lambda losses: list(losses)[1:]),
    ("without-last", "the last loss is missing", "How many times does the loop run?", lambda losses: list(losses)[:-1]),
    ("every-second", "only every second loss is kept", _KEPT, lambda losses: list(losses)[::2]),
    ("rounded-to-integers", "the losses are rounded to whole numbers", "Store the loss without rounding it; round only what you print.", lambda losses: _rounded(losses, 0)),
    ("rounded-to-tenths", "the losses are rounded to one decimal", "Store the loss without rounding it; round only what you print.", lambda losses: _rounded(losses, 1)),
    ("rounded-to-hundredths", "the losses are rounded to two decimals", "Store the loss without rounding it; round only what you print.", lambda losses: _rounded(losses, 2)),
    ("scaled-to-first", "each entry is the loss divided by the first one", _KEPT, lambda losses: [loss / losses[0] if losses[0] else loss for loss in losses]),
)  # fmt: skip


def loop_mistakes(weights: Sequence[str]) -> Iterator[Mistake]:
    """A wrong update of all weights; if there are several weights, also of a single one."""
    for loop in LOOPS:
        yield _other(
            f"{loop.id}@update",
            loop.name,
            loop.hint.format(w=weights[0]),
            update=loop.update,
            rounds=loop.rounds,
            stop=loop.stop,
        )
    yield from _one_by_one(weights) if len(weights) > 1 else ()
    yield from _some_never_change(weights)
    for weight in weights if len(weights) > 1 else ():
        for id, name, hint, update in (
            ("never-zeroed", f"the gradient of {weight} is never cleared, so it accumulates", _CARRY, _never_zeroed),
            ("zeroed-before-step", f"{weight} never changes", _CHANGE, _never_changes),
            ("weight-zeroed", f"{weight} is 0 after every epoch", _CLEARED, _zero),
        ):
            yield _updated(f"{id}-{weight}@update", name, hint.format(w=weight), weight, update)


def _some_never_change(weights: Sequence[str]) -> Iterator[Mistake]:
    """Several weights that are never updated, while the others are; a single one is among the wrong updates."""
    sizes = range(2, len(weights)) if len(weights) <= MOST_IN_GROUPS else (len(weights) - 1,)
    for still in (group for size in sizes for group in combinations(weights, size)):
        name, first = join_names(still), still[0]
        updates = dict.fromkeys(still, _never_changes)
        yield Mistake(
            f"only-others-than-{'-'.join(still)}@update",
            f"{name} never change",
            _CHANGE.format(w=first),
            partial(_with_updates, updates),
            of_loop=True,
        )


def _with_updates(updates: Mapping[str, Update], procedure: Procedure) -> Procedure:
    return replace(procedure, updates={**procedure.updates, **updates})


def _one_by_one(weights: Sequence[str]) -> Iterator[Mistake]:
    """Weights that are updated one after another, so that later gradients are those of a mixture of old and new."""
    hint = "Compute all gradients first, with the old weights, and only then update the weights."
    for order in (tuple(weights), tuple(reversed(weights))):
        first, *others = order
        name = f"the gradient of {join_names(others)} is computed after {first} has been updated: old and new are mixed"
        yield _other(f"{first}-first@update", name, hint, one_by_one=order)


def bookkeeping_mistakes(settings: Mapping[str, float | int]) -> Iterator[Mistake]:
    """Wrong lists of losses, numbers of epochs and returned weights, and settings that are not used."""
    for id, name, hint, record in RECORDS:
        yield _other(f"{id}@losses", name, hint, record=record)
    rounds = "How many times does the loop run? range(n) counts from 0 to n - 1."
    yield _other("short@epochs", "the loop runs one epoch too few", rounds, epochs=lambda n: n - 1)
    yield _other("long@epochs", "the loop runs one epoch too many", rounds, epochs=lambda n: n + 1)
    inside = "Which lines are inside the loop, and is return one of them?"
    yield _other("once@epochs", "the loop runs only one epoch", inside, epochs=lambda n: min(n, 1))
    final = "Do you return the weight after the last update?"
    yield _other(
        "before-last@weight", "the weight returned is the one before the last update", final, weight=BEFORE_LAST
    )
    yield _other("first@weight", "the weight returned is the one before training", final, weight=FIRST)
    anew = "Which weight does the forward pass of the second epoch use?"
    yield _other(
        "recreated@weight",
        "every epoch starts again from the initial weight",
        anew,
        update=_first_step,
        record=_first_everywhere,
    )
    rate, number = float(settings["lr"]), int(settings["n_epochs"])
    yield _other(
        "fixed@n_epochs",
        "n_epochs always has the lab sheet's value, whatever is passed in",
        USE_PARAMETERS,
        epochs=lambda _: number,
    )
    yield _other(
        "fixed@lr", "lr always has the lab sheet's value, whatever is passed in", USE_PARAMETERS, rate=lambda _: rate
    )


def slope_mistakes(graph: Graph, weights: Sequence[str]) -> Iterator[Mistake]:
    """Updates with a wrong gradient: with a wrong factor, with respect to another input, or a value of the graph."""
    up = "Which way does the gradient point, and which way should the weight move?"
    yield _slopes("sign", "the weight moves in the direction of the gradient instead of against it", up, weights, -1.0)
    power = "Differentiate the loss again: which factor comes from the exponent?"
    yield _slopes("half", "every update is half as large as it should be", power, weights, 0.5)
    often = "How many times does each epoch update the weight, and how many times does backward() run?"
    yield _slopes("twice", "every update is twice as large as it should be", often, weights, 2.0)
    hint = "The update needs the derivative of the loss with respect to the weight."
    for weight in weights:
        alone = len(weights) == 1
        moved, where = ("the weight", "") if alone else (weight, f"-for-{weight}")
        if not alone:
            yield _slope(
                f"sign-of-{weight}",
                f"{weight} moves in the direction of its gradient instead of against it",
                up,
                weight,
                _times(-1.0, weight),
            )
        for other in graph.inputs:
            if other != weight:
                said = f"{moved} is updated with the derivative of the loss with respect to {other}"
                yield _slope(f"by-{other}{where}", said, hint, weight, _times(1.0, other))
        for node in graph.nodes:
            said = f"{moved} is updated with the value of {node.name} instead of a gradient"
            yield _slope(f"value-{node.name}{where}", said, hint, weight, _value(node.name))


def _other(id: str, name: str, hint: str, **changes: Any) -> Mistake:
    """A mistake that replaces some fields of the procedure."""
    return Mistake(id, name, hint, lambda procedure: replace(procedure, **changes), of_loop=True)


def _updated(id: str, name: str, hint: str, weight: str, update: Update) -> Mistake:
    """A mistake in the update of a single weight."""
    return Mistake(
        id,
        name,
        hint,
        lambda procedure: replace(procedure, updates={**procedure.updates, weight: update}),
        of_loop=True,
    )


def _slopes(id: str, name: str, hint: str, weights: Sequence[str], factor: float) -> Mistake:
    chains = {weight: _times(factor, weight) for weight in weights}
    return Mistake(
        f"{id}@slope",
        name,
        hint,
        lambda procedure: replace(procedure, chain={**procedure.chain, **chains}),
        of_loop=True,
    )


def _slope(id: str, name: str, hint: str, weight: str, chain: Chain) -> Mistake:
    return Mistake(
        f"{id}@slope",
        name,
        hint,
        lambda procedure: replace(procedure, chain={**procedure.chain, weight: chain}),
        of_loop=True,
    )


def _times(factor: float, wrt: str) -> Chain:
    return lambda graph, local, values: factor * graph.backward(local)[wrt]


def _value(name: str) -> Chain:
    return lambda graph, local, values: values[name]
