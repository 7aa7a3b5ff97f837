"""Mistakes of a training loop that have a parameter: how it updates the weights, when it stops, what it keeps."""

# ruff: noqa: E501 - a table reads best with one row a line

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from autograder.graph.descent import EpochState, Place, Stop, Update
from autograder.mistakes.calls import USE_PARAMETERS
from autograder.mistakes.family import Bound, Change, Epochs, Family, Find, Limit, Listed, Solved, single
from autograder.mistakes.procedure import Mistake, Numbers, Procedure, Record

SOLVED = Solved()
_CLEARED = "After which epochs is the gradient cleared?"
DECIMALS = ((0, "whole numbers"), (1, "one decimal"), (2, "two decimals"), (3, "three decimals"))


@dataclass(frozen=True)
class Loop:
    """A wrong update with a parameter; the fields are those of a `Family`."""

    id: str
    name: str
    said: str
    hint: str
    update: Callable[[float], Update]
    find: Find = SOLVED
    none: tuple[float, ...] = ()
    usual: float | None = None


def _momentum(factor: float) -> Update:
    def update(epoch: EpochState) -> float:  # v ← μ v + g, w ← w − η v, as in torch.optim.SGD
        velocity = factor * epoch.memory.get("velocity", 0.0) + epoch.slope
        epoch.memory["velocity"] = velocity
        return epoch.weight - epoch.rate * velocity

    return update


def _nesterov(factor: float) -> Update:
    def update(epoch: EpochState) -> float:  # as in torch.optim.SGD
        velocity = factor * epoch.memory.get("velocity", 0.0) + epoch.slope
        epoch.memory["velocity"] = velocity
        return epoch.weight - epoch.rate * (epoch.slope + factor * velocity)

    return update


def _averaged(factor: float, *, from_first: bool) -> Update:
    def update(epoch: EpochState) -> float:  # v ← μ v + (1 − μ) g; v starts at 0, or at the first g as in torch
        before = epoch.memory.get("velocity", epoch.slope if from_first else 0.0)
        velocity = factor * before + (1 - factor) * epoch.slope
        epoch.memory["velocity"] = velocity
        return epoch.weight - epoch.rate * velocity

    return update


def _cleared_after_even(epoch: EpochState) -> float:
    kept = 0.0 if epoch.number % 2 else epoch.memory.get("sum", 0.0)
    epoch.memory["sum"] = kept + epoch.slope
    return epoch.weight - epoch.rate * epoch.memory["sum"]


def _clipped(bound: float) -> Update:
    return lambda epoch: epoch.weight - epoch.rate * max(-bound, min(bound, epoch.slope))


def _norm_clipped(bound: float) -> Update:
    def update(epoch: EpochState) -> float:  # torch.nn.utils.clip_grad_norm_
        norm = math.hypot(*epoch.slopes.values())
        return epoch.weight - epoch.rate * epoch.slope * min(1.0, bound / norm if norm else 1.0)

    return update


def _step_limited(bound: float) -> Update:
    return lambda epoch: epoch.weight - max(-bound, min(bound, epoch.rate * epoch.slope))


def _limited(low: float, high: float) -> Update:
    return lambda epoch: max(low, min(high, epoch.weight - epoch.rate * epoch.slope))


def _rate_falls(factor: Callable[[EpochState], float]) -> Update:
    return lambda epoch: epoch.weight - epoch.rate * factor(epoch) * epoch.slope


def _stepwise(many: int, factor: float) -> Update:
    return _rate_falls(lambda epoch: factor ** (epoch.number // many))


def _cleared_every(many: int, first: int) -> Update:
    def update(epoch: EpochState) -> float:  # cleared after the update
        total = epoch.memory.get("sum", 0.0) + epoch.slope
        epoch.memory["sum"] = 0.0 if epoch.number % many == first else total
        return epoch.weight - epoch.rate * total

    return update


def _not_in_the_first(epoch: EpochState) -> float:
    return epoch.weight - epoch.rate * epoch.slope * (epoch.number > 0)


def _every(many: int, first: int, *, summed: bool) -> Update:
    def update(epoch: EpochState) -> float:  # summed: the gradients in between add up
        total = epoch.memory.get("sum", 0.0) + epoch.slope
        now = epoch.number % many == first
        epoch.memory["sum"] = total if summed and not now else 0.0
        return epoch.weight - epoch.rate * (total if summed else epoch.slope) * now

    return update


_UPDATE = "Compare the line that updates the weight with the formula of gradient descent, including signs and factors."
_PLAIN = "The lab asks for plain gradient descent: the weight minus lr times the gradient, and nothing else that changes the step."
_EVERY = "Run all epochs that are asked for."
_SOME = "Does the line that updates the weight run in every epoch?"
SOME = (2, 3, 4, 5, 10)  # of so many epochs one
# Which one: the first, or the last; in words, counted from 0.
EVERY_FIRST = Listed(tuple((float(n), f"0, {n}, {2 * n}, …") for n in SOME))
EVERY_LAST = Listed(tuple((float(n), f"{n - 1}, {2 * n - 1}, {3 * n - 1}, …") for n in SOME))
_ALONE = "The update alone sets the weight: nothing limits or rounds it."
LOOPS = (
    Loop("factor@update", "every update is multiplied by a constant", "every update is {value} times what it should be", _UPDATE, lambda p: lambda e: e.weight - p * e.rate * e.slope, none=(0.0, 1.0)),
    Loop("own@lr", "the learning rate is always the same, whatever is passed in", "the learning rate is always {value}, whatever is passed in", USE_PARAMETERS, lambda p: lambda e: e.weight - p * e.slope, none=(0.0,), usual=0.1),
    Loop("momentum@update", "the updates use momentum", "the updates use a momentum of {value}", _PLAIN, _momentum, Solved((0.5, 0.9), -1.5, 1.5), (0.0, 1.0), 0.9),
    Loop("nesterov@update", "the updates use Nesterov momentum", "the updates use a Nesterov momentum of {value}", _PLAIN, _nesterov, Solved((0.5, 0.9), -1.5, 1.5), (0.0,), 0.9),
    Loop("averaged@update", "the updates use a moving average of the gradients", "the updates use a moving average of the gradients, with a factor of {value} for the earlier ones", _PLAIN, lambda p: _averaged(p, from_first=False), Solved((0.5, 0.9), -1.0, 1.0), (0.0, 1.0)),
    Loop("averaged-from-first@update", "the updates use a moving average of the gradients", "the updates use a moving average of the gradients, with a factor of {value} for the earlier ones", _PLAIN, lambda p: _averaged(p, from_first=True), Solved((0.5, 0.9), -1.0, 1.0), (0.0, 1.0)),
    Loop("decay@update", "the updates also shrink the weight", "the updates also shrink the weight (weight decay of {value})", _PLAIN, lambda p: lambda e: e.weight - e.rate * (e.slope + p * e.weight), none=(0.0,), usual=0.01),
    Loop("shrunk@update", "every epoch also multiplies the weight by a constant", "every epoch also multiplies the weight by {value}", _PLAIN, lambda p: lambda e: p * e.weight - e.rate * e.slope, none=(1.0, 0.0)),
    Loop("shrunk-after@update", "the weight is multiplied by a constant after every update", "the weight is multiplied by {value} after every update", _PLAIN, lambda p: lambda e: p * (e.weight - e.rate * e.slope), none=(1.0, 0.0)),
    Loop("clipped@update", "the gradient is clipped", "the gradient is clipped to a size of {value}", _PLAIN, _clipped, Solved((1e-3, 2e-3), 0.0), (0.0,), 1.0),
    Loop("norm-clipped@update", "the norm of the gradient is clipped", "the norm of the gradient is clipped to {value}", _PLAIN, _norm_clipped, Solved((1e-3, 2e-3), 0.0), (0.0,)),
    Loop("step-limited@update", "the size of each step is limited", "the size of each step is limited to {value}", _PLAIN, _step_limited, Solved((1e-4, 2e-4), 0.0), (0.0,)),
    Loop("at-most@update", "the weight is limited from above", "the weight is never larger than {value} after an update", _ALONE, lambda p: _limited(-math.inf, p), Bound()),
    Loop("at-least@update", "the weight is limited from below", "the weight is never smaller than {value} after an update", _ALONE, lambda p: _limited(p, math.inf), Bound()),
    Loop("within@update", "the weight is limited to a range around 0", "the absolute value of the weight is never larger than {value} after an update", _ALONE, lambda p: _limited(-p, p), Bound(size=True), (0.0,)),
    Loop("rounded@update", "the weight is rounded after every update", "the weight is rounded to {value} after every update", _ALONE, lambda p: lambda e: round(e.weight - e.rate * e.slope, int(p)), Listed(DECIMALS)),
    Loop("rate-falls-by-factor@update", "the learning rate is multiplied by a constant after every epoch", "the learning rate is multiplied by {value} after every epoch", _PLAIN, lambda p: _rate_falls(lambda e: p**e.number), Solved((0.5, 0.9), 0.0, 4.0), (0.0, 1.0), 0.9),
    *(Loop(f"rate-falls-every-{many}@update", f"the learning rate is multiplied by a constant after every {many} epochs", f"the learning rate is multiplied by {{value}} after every {many} epochs", _PLAIN, partial(_stepwise, many), Solved((0.5, 0.9), 0.0, 4.0), (0.0, 1.0)) for many in (2, 3, 4, 5)),
    Loop("rate-falls-slowly@update", "the learning rate is divided by a number that grows with the epochs", "the learning rate is divided by 1 plus {value} times the number of earlier epochs", _PLAIN, lambda p: _rate_falls(lambda e: 1 / (1 + p * e.number)), Solved((0.1, 0.2), 0.0, 9.0, curved=True), (0.0, 1.0)),
    Loop("rate-first@update", "the learning rate is subtracted before the product is computed", "the weight is computed as (weight - lr) times the gradient", "What is computed first: look at the parentheses of the update.", lambda _: lambda e: (e.weight - e.rate) * e.slope, Listed(((1.0, ""),))),
    Loop("not-first@update", "the weight is not updated in the first epoch", "the weight is not updated in the first epoch", _SOME, lambda _: _not_in_the_first, Listed(((1.0, ""),))),
    *(
        Loop(f"cleared-every-{id}@update", "the gradient is not cleared in every epoch", "the gradient is cleared only in the epochs {value} (counted from 0)", _CLEARED, update, Listed(which.values[1:]))  # for 2 there are mistakes with names of their own
        for id, which, update in (
            ("first", EVERY_FIRST, lambda p: _cleared_every(int(p), 0)),
            ("last", EVERY_LAST, lambda p: _cleared_every(int(p), int(p) - 1)),
        )
    ),
    Loop("divided-by-epochs@update", "every update is divided by the number of epochs", "every update is divided by the number of epochs", _UPDATE, lambda _: lambda e: e.weight - e.rate * e.slope / e.of, Listed(((1.0, ""),))),
    *(
        Loop(f"every-{id}@update", "the weight is not updated in every epoch", f"the weight is updated only in the epochs {{value}} (counted from 0){more}", _SOME, update, which)
        for id, which, update, more in (
            ("first", EVERY_FIRST, lambda p: _every(int(p), 0, summed=False), ""),
            ("last", EVERY_LAST, lambda p: _every(int(p), int(p) - 1, summed=False), ""),
            ("first-summed", EVERY_FIRST, lambda p: _every(int(p), 0, summed=True), ", and the gradients in between add up"),
            ("last-summed", EVERY_LAST, lambda p: _every(int(p), int(p) - 1, summed=True), ", and the gradients in between add up"),
        )
    ),
    Loop("rate-falls-to-zero@update", "the learning rate decreases to 0 in the course of the epochs", "the learning rate decreases to 0 in the course of the epochs, {value}", _PLAIN, lambda p: _rate_falls(lambda e: 1 - e.number / e.of if p else (1 + math.cos(math.pi * e.number / e.of)) / 2), Listed(((0, "as a cosine"), (1, "in a straight line")))),
)  # fmt: skip


def _of_every(many: int, losses: Sequence[float]) -> list[float]:
    return list(losses[::many])


def _change(losses: Sequence[float]) -> float:
    """By how much the newest loss differs from the one before it."""
    return abs(losses[-1] - losses[-2]) if len(losses) > 1 else math.inf


LIMITS: tuple[tuple[str, str, str, Callable[[Sequence[float]], float], float | None], ...] = (  # id, what, in general, of what, usual
    ("share", "the loss has fallen to {value} of the first one", "a certain share", lambda losses: losses[-1] / losses[0] if losses[0] else 0.0, 0.1),
    ("limit", "the loss is below {value}", "a limit", lambda losses: losses[-1], None),
    ("change", "the loss changes by less than {value}", "a limit", _change, None),
)  # fmt: skip
PLACES = (
    ("breaks-after", "the loop ends when", Place.AFTER_UPDATE),
    ("breaks", "the loop ends when", Place.BEFORE_UPDATE),
    ("breaks-before", "the loop ends before its loss is kept when", Place.BEFORE_KEEPING),
    ("stops", "training stops when", Place.NO_UPDATE),
)


_KEPT = "What exactly do you append to the list in each epoch?"
_LISTS: tuple[tuple[str, str, Record, Callable[[int], int]], ...] = (
    (
        "turned",
        "the list begins with the last loss, and the others follow",
        lambda losses: [*losses[-1:], *losses[:-1]],
        int,
    ),
    (
        "late",
        "the list begins with the second loss, and ends with the first",
        lambda losses: [*losses[1:], *losses[:1]],
        int,
    ),
    (
        "share-of-epoch",
        "each entry is the loss divided by the number of its epoch, from 1",
        lambda losses: [loss / number for number, loss in enumerate(losses, 1)],
        int,
    ),
    (
        "after-0",
        "the list begins with 0, and each entry is the loss of the epoch before",
        lambda losses: [0.0, *losses[:-1]],
        int,
    ),
    (
        "first-place",
        "the list has the last loss in the first place, and 0 in all others",
        lambda losses: [*losses[-1:], *(0.0 for _ in losses[1:])],
        int,
    ),
    (
        "last-place",
        "the list has the last loss in the last place, and 0 in all others",
        lambda losses: [*(0.0 for _ in losses[1:]), *losses[-1:]],
        int,
    ),
    (
        "short-then-0",
        "the loop runs one epoch too few, and the last entry stays 0",
        lambda losses: [*losses, 0.0],
        lambda n: n - 1,
    ),
    ("half", "the loop runs only half of the epochs", list, lambda n: (n + 1) // 2),
    ("half-rounded-down", "the loop runs only half of the epochs", list, lambda n: n // 2),
    *(
        (f"every-{many}", f"only the loss of every {many}th epoch is kept", partial(_of_every, many), int)
        for many in (5, 10)
    ),
)


def loop_families(weights: Sequence[str], output: str) -> Iterator[Family]:
    """All mistakes of a training loop with a parameter."""
    for loop in LOOPS:
        if len(weights) > 1 or loop.id != "norm-clipped@update":  # of a single weight, it is clipped all the same
            yield _of_loop(
                loop.id, loop.name, loop.said, loop.hint, _updating(loop.update), loop.find, loop.none, loop.usual
            )
    for weight in weights if len(weights) > 1 else ():
        said = f"every update of {weight} is {{value}} times what it should be"
        yield _of_loop(
            f"factor-of-{weight}@update",
            f"every update of {weight} is multiplied by a constant",
            said,
            _UPDATE,
            _updating_one(weight, lambda p: lambda e: e.weight - p * e.rate * e.slope),
            Solved(),
            (0.0, 1.0),
        )
    said = "the weight is multiplied by the step instead of moved by it"
    by_step = _updating(lambda _: lambda e: e.weight * e.rate * e.slope)(1.0)
    yield single(Mistake("times-step@update", said, _UPDATE, by_step, of_loop=True))
    said = "the gradient is cleared only after every second epoch, the first one included"
    cleared = _updating(lambda _: _cleared_after_even)(1.0)
    yield single(Mistake("zeroed-after-every-second@update", said, _CLEARED, cleared, of_loop=True))
    for id, said, record, epochs in _LISTS:
        changed = partial(replace, record=record, epochs=epochs)
        yield single(Mistake(f"{id}@losses", said, _KEPT, changed, of_loop=True))
    yield from _early()
    yield from _kept(weights, output)
    asked = "How many times does the loop run? range(n) counts from 0 to n - 1."
    yield _of_loop(
        "own@n_epochs",
        "the loop always runs the same number of epochs",
        "the loop always runs {value}, whatever is passed in",
        USE_PARAMETERS,
        lambda p: lambda work: replace(work, epochs=lambda _: int(p)),
        Epochs(further=False),
    )
    yield _of_loop(
        "further@n_epochs",
        "the loop runs more or fewer epochs than asked for",
        "the loop runs {value} than asked for",
        asked,
        lambda p: lambda work: replace(work, epochs=lambda n: n + int(p)),
        Epochs(further=True),
    )


def _early() -> Iterator[Family]:
    """A loop that stops early: at a limit of the loss or of its change."""
    for id, what, general, of, usual in LIMITS:
        for place_id, when, place in PLACES:
            yield _of_loop(
                f"{place_id}-at-{id}@update",
                f"{when} {what.format(value=general)}",
                f"{when} {what}",
                _EVERY,
                _stopping(of, place),
                Limit(of, place),
                usual=usual,
            )


def _stopping(of: Callable[[Sequence[float]], float], place: Place) -> Callable[[float], Change]:
    return lambda p: lambda work: replace(work, stop=Stop(lambda losses: of(losses) <= p, place))


def _kept(weights: Sequence[str], output: str) -> Iterator[Family]:
    """What is kept of each epoch: a multiple of the loss, or the loss with a penalty on the weights."""
    plain = "Compare the loss with the graph's: it has no penalty on the weight."
    yield _of_loop(
        "scaled@losses",
        "each entry is a multiple of the loss",
        "each entry is {value} times the loss",
        _KEPT,
        lambda p: lambda work: replace(work, record=lambda losses: [p * loss for loss in losses]),
        Solved(),
        (0.0, 1.0),
    )
    share = "each entry is the loss divided by the number of epochs"
    yield _of_loop(
        "share@losses",
        share,
        share,
        _KEPT,
        lambda _: lambda work: replace(work, record=lambda losses: [loss / len(losses) for loss in losses]),
        Listed(((1.0, ""),)),
    )
    for id, what, size, slope in (
        ("square", "squared", lambda w: w * w, lambda w: 2 * w),
        ("size", "in absolute value", abs, lambda w: math.copysign(1.0, w) if w else 0.0),
    ):
        what = f"{' and '.join(weights)} {what}"
        yield _of_loop(
            f"{id}-penalty@loss",
            f"the loss has a penalty on {what}",
            f"the loss has a penalty of {{value}} times {what}",
            plain,
            _penalized(weights, output, size, slope),
            Solved(),
            (0.0,),
        )


def _penalized(
    weights: Sequence[str], output: str, size: Callable[[float], float], slope: Callable[[float], float]
) -> Callable[[float], Change]:
    def at(p: float) -> Change:
        def keep(values: Numbers, slopes: Numbers) -> float:
            return values[output] + p * sum(size(values[weight]) for weight in weights)

        def update(epoch: EpochState) -> float:
            return epoch.weight - epoch.rate * (epoch.slope + p * slope(epoch.weight))

        return lambda work: replace(work, keep=keep, update=update)

    return at


def _of_loop(
    id: str,
    name: str,
    said: str,
    hint: str,
    at: Callable[[float], Change],
    find: Find,
    none: tuple[float, ...] = (),
    usual: float | None = None,
) -> Family:
    return Family(id, name, said, hint, at, find, none, usual, of_loop=True)


def _updating(update: Callable[[float], Update]) -> Callable[[float], Change]:
    return lambda p: lambda work: replace(work, update=update(p))


def _updating_one(weight: str, update: Callable[[float], Update]) -> Callable[[float], Change]:
    def at(p: float) -> Change:
        def change(work: Procedure) -> Procedure:
            return replace(work, updates={**work.updates, weight: update(p)})

        return change

    return at
