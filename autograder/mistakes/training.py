"""Mistakes of a training loop, as recurrences: what the loop does to the weight, and what it keeps of the losses."""

import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from autograder.graph import Graph
from autograder.graph.descent import EpochState, LoopEnds, Update, gradient_step
from autograder.mistakes.procedure import BEFORE_LAST, FIRST, Chain, Mistake, Record


@dataclass(frozen=True)
class Loop:
    """A wrong update of the weight. rounds: of forward, backward and update in each epoch. ends: whether it may end the
    loop before its time."""

    id: str
    name: str
    hint: str
    update: Update
    rounds: int = 1
    ends: bool = False


def _never_zeroed(epoch: EpochState) -> float:
    epoch.memory["sum"] = epoch.memory.get("sum", 0.0) + epoch.slope
    return epoch.weight - epoch.rate * epoch.memory["sum"]


def _zeroed_every_second(epoch: EpochState) -> float:
    kept = epoch.memory.get("sum", 0.0) if epoch.number % 2 else 0.0
    epoch.memory["sum"] = kept + epoch.slope
    return epoch.weight - epoch.rate * epoch.memory["sum"]


def _gradient_of_the_epoch_before(epoch: EpochState) -> float:
    before = epoch.memory.get("before", 0.0)
    epoch.memory["before"] = epoch.slope
    return epoch.weight - epoch.rate * before


def _gradient_once(epoch: EpochState) -> float:
    first = epoch.memory.setdefault("first", epoch.slope)
    return epoch.weight - epoch.rate * first


def _momentum(factor: float, *, nesterov: bool = False) -> Update:
    def update(epoch: EpochState) -> float:  # as torch.optim.SGD has it
        velocity = factor * epoch.memory["velocity"] + epoch.slope if "velocity" in epoch.memory else epoch.slope
        epoch.memory["velocity"] = velocity
        return epoch.weight - epoch.rate * (epoch.slope + factor * velocity if nesterov else velocity)

    return update


def _adam(epoch: EpochState) -> float:  # Kingma and Ba 2015, with torch's defaults
    step = epoch.number + 1
    first = 0.9 * epoch.memory.get("first", 0.0) + 0.1 * epoch.slope
    second = 0.999 * epoch.memory.get("second", 0.0) + 0.001 * epoch.slope * epoch.slope
    epoch.memory.update(first=first, second=second)
    return epoch.weight - epoch.rate * (first / (1 - 0.9**step)) / (math.sqrt(second / (1 - 0.999**step)) + 1e-8)


def _rmsprop(epoch: EpochState) -> float:  # with torch's defaults
    mean = 0.99 * epoch.memory.get("mean", 0.0) + 0.01 * epoch.slope * epoch.slope
    epoch.memory["mean"] = mean
    return epoch.weight - epoch.rate * epoch.slope / (math.sqrt(mean) + 1e-8)


def _adagrad(epoch: EpochState) -> float:
    epoch.memory["sum"] = epoch.memory.get("sum", 0.0) + epoch.slope * epoch.slope
    return epoch.weight - epoch.rate * epoch.slope / (math.sqrt(epoch.memory["sum"]) + 1e-10)


def _never_changes(epoch: EpochState) -> float:
    return epoch.weight


def _zero(epoch: EpochState) -> float:
    return 0.0


def _first_step(epoch: EpochState) -> float:
    return epoch.start - epoch.rate * epoch.memory.setdefault("first", epoch.slope)


def _first_everywhere(losses: Sequence[float]) -> list[float]:
    return [losses[0]] * len(losses)


def _rounded(losses: Sequence[float], decimals: int) -> list[float]:
    return [round(loss, decimals) for loss in losses]


def _two_rounds_added_up(epoch: EpochState) -> float:
    epoch.memory["sum"] = (epoch.memory["sum"] if epoch.round else 0.0) + epoch.slope
    return epoch.weight - epoch.rate * epoch.memory["sum"]


def _stops_at(share: float) -> Update:
    def update(epoch: EpochState) -> float:
        first = epoch.memory.setdefault("first", epoch.loss)
        return epoch.weight if epoch.loss <= share * first else epoch.weight - epoch.rate * epoch.slope

    return update


def _stops_when_it_grows(epoch: EpochState) -> float:
    grows = epoch.loss > epoch.memory.get("before", math.inf)
    epoch.memory["before"] = epoch.loss
    return epoch.weight if grows else epoch.weight - epoch.rate * epoch.slope


def _breaks(update: Update, *, after: bool) -> Update:
    """As `update`, but the loop ends where that leaves the weight as it is; after: after one more update."""

    def breaking(epoch: EpochState) -> float:
        if (weight := update(epoch)) == epoch.weight:
            raise LoopEnds(gradient_step(epoch) if after else weight)
        return weight

    return breaking


_CHANGE = "Which line changes {w}? And what is in {w}.grad when that line runs?"
_CLEARED = "What is to be cleared after the update: {w}, or {w}.grad?"
_CARRY = "What is in {w}.grad when backward() is called again?"
_UPDATE = "Compare the line that updates the weight with the formula for gradient descent, sign and factors included."
_PLAIN = "Asked for is plain gradient descent, the weight minus lr times the gradient, and nothing that changes the step besides."
LOOPS = (
    Loop("never-zeroed", "the gradient is never cleared, so it adds up from epoch to epoch", _CARRY, _never_zeroed),
    Loop("zeroed-every-second", "the gradient is cleared in every second epoch only", _CARRY, _zeroed_every_second),
    Loop("zeroed-before-step", "the weight never changes", _CHANGE, _never_changes),
    Loop("weight-zeroed", "the weight is 0 after every epoch", _CLEARED, _zero),
    Loop("rate-left-out", "the learning rate is left out of the update", _UPDATE, lambda e: e.weight - e.slope),
    Loop("rate-squared", "the learning rate is in the update twice", _UPDATE, lambda e: e.weight - e.rate * e.rate * e.slope),
    Loop("rate-divides", "the gradient is divided by the learning rate", _UPDATE, lambda e: e.weight - e.slope / e.rate if e.rate else math.nan),
    Loop("rate-added", "the learning rate is not multiplied with the gradient", _UPDATE, lambda e: e.weight - (e.rate + e.slope)),
    Loop("rate-times-weight", "the weight is multiplied by the step instead of moved by it", _UPDATE, lambda e: e.weight * (1 - e.rate * e.slope)),
    Loop("step-only", "the weight is set to the step instead of moved by it", _UPDATE, lambda e: e.rate * e.slope),
    Loop("step-only-minus", "the weight is set to the step instead of moved by it", _UPDATE, lambda e: -e.rate * e.slope),
    Loop("turned", "the step has the weight taken from it, instead of the reverse", _UPDATE, lambda e: e.rate * e.slope - e.weight),
    Loop("two-rounds", "every epoch makes two rounds of forward, backward and update", "How often does each epoch update the weight?", gradient_step, rounds=2),
    Loop("two-rounds-added", "every epoch makes two rounds, and the second adds to the first one's gradient", _CARRY, _two_rounds_added_up, rounds=2),
    Loop("stale", "the weight is updated with the gradient of the epoch before", "In which order do backward() and the update of the weight stand?", _gradient_of_the_epoch_before),
    Loop("gradient-once", "the gradient is computed once and then used in every epoch", "Which steps have to be inside the loop?", _gradient_once),
    Loop("by-the-loss", "the weight is moved by the loss instead of its gradient", _UPDATE, lambda e: e.weight - e.rate * e.loss),
    Loop("by-the-sign", "the weight is moved by the sign of the gradient only", _PLAIN, lambda e: e.weight - e.rate * math.copysign(1.0, e.slope) * (e.slope != 0)),
    Loop("by-the-size", "the weight is moved by the size of the gradient, whatever its sign", _UPDATE, lambda e: e.weight - e.rate * abs(e.slope)),
    Loop("clipped", "the gradient is clipped to 1", _PLAIN, lambda e: e.weight - e.rate * max(-1.0, min(1.0, e.slope))),
    Loop("momentum", "the updates have a momentum of 0.9", _PLAIN, _momentum(0.9)),
    Loop("momentum-half", "the updates have a momentum of 0.5", _PLAIN, _momentum(0.5)),
    Loop("nesterov", "the updates have a Nesterov momentum of 0.9", _PLAIN, _momentum(0.9, nesterov=True)),
    Loop("adam", "the updates are those of Adam", _PLAIN, _adam),
    Loop("rmsprop", "the updates are those of RMSprop", _PLAIN, _rmsprop),
    Loop("adagrad", "the updates are those of Adagrad", _PLAIN, _adagrad),
    Loop("decay", "the updates shrink the weight besides (weight decay 0.01)", _PLAIN, lambda e: e.weight - e.rate * (e.slope + 0.01 * e.weight)),
    Loop("rate-falls", "the learning rate falls from epoch to epoch (lr / epoch)", _PLAIN, lambda e: e.weight - e.rate * e.slope / (e.number + 1)),
    Loop("rate-falls-by-tenth", "the learning rate falls from epoch to epoch (times 0.9)", _PLAIN, lambda e: e.weight - e.rate * 0.9**e.number * e.slope),
    Loop("stops-at-tenth", "training stops when the loss has fallen to a tenth", "Run all the epochs asked for.", _stops_at(0.1)),
    Loop("stops-at-half", "training stops when the loss has fallen to half", "Run all the epochs asked for.", _stops_at(0.5)),
    Loop("breaks-at-tenth", "the loop ends when the loss has fallen to a tenth", "Run all the epochs asked for.", _breaks(_stops_at(0.1), after=False), ends=True),
    Loop("breaks-after-at-tenth", "the loop ends when the loss has fallen to a tenth", "Run all the epochs asked for.", _breaks(_stops_at(0.1), after=True), ends=True),
    Loop("breaks-at-half", "the loop ends when the loss has fallen to half", "Run all the epochs asked for.", _breaks(_stops_at(0.5), after=False), ends=True),
    Loop("breaks-after-at-half", "the loop ends when the loss has fallen to half", "Run all the epochs asked for.", _breaks(_stops_at(0.5), after=True), ends=True),
    Loop("breaks-when-it-grows", "the loop ends when the loss grows", "A loss that grows is what a learning rate that is too large does; let it.", _breaks(_stops_when_it_grows, after=False), ends=True),
    Loop("breaks-after-when-it-grows", "the loop ends when the loss grows", "A loss that grows is what a learning rate that is too large does; let it.", _breaks(_stops_when_it_grows, after=True), ends=True),
    Loop("stops-when-it-grows", "training stops when the loss grows", "A loss that grows is what a learning rate that is too large does; let it.", _stops_when_it_grows),
)  # fmt: skip

_KEPT = "What does the list get appended in each epoch?"
RECORDS: tuple[tuple[str, str, str, Record], ...] = (
    ("running-sum", "each entry is the sum of all losses so far", _KEPT, lambda losses: list(itertools.accumulate(losses))),
    ("running-mean", "each entry is the mean of all losses so far", _KEPT, lambda losses: [total / n for n, total in enumerate(itertools.accumulate(losses), 1)]),
    ("last-everywhere", "every entry is the last loss", "Is it a number that is appended, or a tensor that changes later?", lambda losses: [losses[-1]] * len(losses)),
    ("first-everywhere", "every entry is the first loss, though the weight changes", "Is the loss computed anew in each epoch?", _first_everywhere),
    ("reversed", "the losses come in the reverse order", _KEPT, lambda losses: list(losses)[::-1]),
    ("root", "each entry is the root of the loss", _KEPT, lambda losses: [math.sqrt(max(loss, 0.0)) for loss in losses]),
    ("halved", "each entry is half the loss", _KEPT, lambda losses: [loss / 2 for loss in losses]),
    ("last-only", "only the last loss is kept", "Is the list made inside the loop?", lambda losses: list(losses)[-1:]),
    ("first-only", "only the first loss is kept", "Is there a return inside the loop?", lambda losses: list(losses)[:1]),
    ("without-first", "the first loss is missing", "Is the loss of the first epoch, before any update, kept too?", lambda losses: list(losses)[1:]),
    ("without-last", "the last loss is missing", "How many rounds does the loop make?", lambda losses: list(losses)[:-1]),
    ("every-second", "only every second loss is kept", _KEPT, lambda losses: list(losses)[::2]),
    ("rounded-to-integers", "the losses are rounded to whole numbers", "Keep the loss as it is computed; round only what you print.", lambda losses: _rounded(losses, 0)),
    ("rounded-to-hundredths", "the losses are rounded to two decimals", "Keep the loss as it is computed; round only what you print.", lambda losses: _rounded(losses, 2)),
    ("scaled-to-first", "each entry is the loss divided by the first one", _KEPT, lambda losses: [loss / losses[0] if losses[0] else loss for loss in losses]),
)  # fmt: skip


def loop_mistakes(weights: Sequence[str]) -> Iterator[Mistake]:
    """The update done wrong; where there are several weights, also that of one alone."""
    for loop in LOOPS:
        yield _other(
            f"{loop.id}@update",
            loop.name,
            loop.hint.format(w=weights[0]),
            update=loop.update,
            rounds=loop.rounds,
            ends=loop.ends,
        )
    for weight in weights if len(weights) > 1 else ():
        for id, name, hint, update in (
            ("never-zeroed", f"the gradient of {weight} is never cleared, so it adds up", _CARRY, _never_zeroed),
            ("zeroed-before-step", f"{weight} never changes", _CHANGE, _never_changes),
            ("weight-zeroed", f"{weight} is 0 after every epoch", _CLEARED, _zero),
        ):
            yield _updated(f"{id}-{weight}@update", name, hint.format(w=weight), weight, update)


def bookkeeping_mistakes(settings: Mapping[str, float | int]) -> Iterator[Mistake]:
    """What is kept of the losses, the number of epochs, the weight given back, settings that are not used."""
    for id, name, hint, record in RECORDS:
        yield _other(f"{id}@losses", name, hint, record=record)
    rounds = "How many rounds does the loop make? range(n) counts from 0 to n - 1."
    yield _other("short@epochs", "the loop makes one round too few", rounds, epochs=lambda n: n - 1)
    yield _other("long@epochs", "the loop makes one round too many", rounds, epochs=lambda n: n + 1)
    inside = "Which lines belong to the loop, and is return one of them?"
    yield _other("once@epochs", "the loop makes only one round", inside, epochs=lambda n: min(n, 1))
    final = "Which weight is returned: the one after the last update?"
    yield _other(
        "before-last@weight", "the weight returned is the one before the last update", final, weight=BEFORE_LAST
    )
    yield _other("first@weight", "the weight returned is the one before training", final, weight=FIRST)
    anew = "Which weight does the forward pass of the second epoch use?"
    yield _other(
        "recreated@weight",
        "every epoch starts again from the first weight",
        anew,
        update=_first_step,
        record=_first_everywhere,
    )
    use = "Compute with the parameters: the function is called with other numbers too."
    rate, number = float(settings["lr"]), int(settings["n_epochs"])
    yield _other(
        "fixed@n_epochs",
        "n_epochs is always the lab's number, whatever the function is given",
        use,
        epochs=lambda _: number,
    )
    yield _other("fixed@lr", "lr is always the lab's number, whatever the function is given", use, rate=lambda _: rate)
    for other in (0.1, 0.001):
        said = f"lr is always {other:g}, whatever the function is given"
        yield _other(f"fixed-{other:g}@lr", said, use, rate=_always(other))


def slope_mistakes(graph: Graph, weights: Sequence[str]) -> Iterator[Mistake]:
    """Gradients with a wrong factor; the derivative of something else, or by something else, in the place of one."""
    up = "Which way does the gradient point, and which way should the weight go?"
    yield _slopes("sign", "the weight moves up the gradient instead of down", up, weights, -1.0)
    power = "Work out the derivative of the loss again: which factor does the power bring down?"
    yield _slopes("half", "every update is half as large as it should be", power, weights, 0.5)
    often = "How often does each epoch update the weight, and how often does backward() run?"
    yield _slopes("twice", "every update is twice as large as it should be", often, weights, 2.0)
    hint = "The update needs the derivative of the loss by the weight."
    for weight in weights:
        alone = len(weights) == 1
        moved, where = ("the weight", "") if alone else (weight, f"-for-{weight}")
        if not alone:
            yield _slope(
                f"sign-of-{weight}", f"{weight} moves up its gradient instead of down", up, weight, _times(-1.0, weight)
            )
        for other in graph.inputs:
            if other != weight:
                said = f"{moved} is moved by the loss's derivative by {other}"
                yield _slope(f"by-{other}{where}", said, hint, weight, _times(1.0, other))
        for node in graph.nodes:
            said = f"{moved} is moved by the value of {node.name} instead of a gradient"
            yield _slope(f"value-{node.name}{where}", said, hint, weight, _value(node.name))


def _other(id: str, name: str, hint: str, **changes: Any) -> Mistake:
    """A mistake that does another thing in one place of the loop."""
    return Mistake(id, name, hint, lambda work: replace(work, **changes), of_loop=True)


def _updated(id: str, name: str, hint: str, weight: str, update: Update) -> Mistake:
    """A mistake in the update of one of several weights."""
    return Mistake(id, name, hint, lambda work: replace(work, updates={**work.updates, weight: update}), of_loop=True)


def _slopes(id: str, name: str, hint: str, weights: Sequence[str], factor: float) -> Mistake:
    chains = {weight: _times(factor, weight) for weight in weights}
    return Mistake(f"{id}@slope", name, hint, lambda work: replace(work, chain={**work.chain, **chains}), of_loop=True)


def _slope(id: str, name: str, hint: str, weight: str, chain: Chain) -> Mistake:
    return Mistake(
        f"{id}@slope", name, hint, lambda work: replace(work, chain={**work.chain, weight: chain}), of_loop=True
    )


def _times(factor: float, wrt: str) -> Chain:
    return lambda graph, local, values: factor * graph.backward(local)[wrt]


def _value(name: str) -> Chain:
    return lambda graph, local, values: values[name]


def _always(number: float) -> Callable[[float], float]:
    return lambda _: number
