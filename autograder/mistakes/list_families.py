"""Unusual lists of losses: another recurrence, the wrong statistic of each epoch, or too many entries or too few."""

# ruff: noqa: E501 - a table reads best with one row a line

import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations

from autograder.graph import Graph
from autograder.graph.descent import Keep
from autograder.mistakes.family import Change, Family, Solved, Varying, single
from autograder.mistakes.procedure import Mistake, Numbers, Pick, Procedure, Record

_KEPT = "What exactly do you append to the list in each epoch?"
_ONE_EACH = "The list needs one entry for each epoch: which line fills it, and how often does that run?"
_RETURNED = "What exactly do you return, and is it the weight after the last update?"


def _mean(numbers: Sequence[float]) -> float:
    return sum(numbers) / len(numbers)


def _everywhere(of: Callable[[Sequence[float]], float], losses: Sequence[float]) -> list[float]:
    return [of(losses)] * len(losses)


def _plus_earlier(losses: Sequence[float]) -> list[float]:
    found: list[float] = []
    for loss in losses:
        found.append(loss + sum(found))
    return found


def _differences(losses: Sequence[float], first: float) -> list[float]:
    return [first, *(now - before for before, now in itertools.pairwise(losses))]


def _twice(losses: Sequence[float]) -> list[float]:
    return [loss for loss in losses for _ in range(2)]


STATISTICS: tuple[tuple[str, str, Callable[[Sequence[float]], float]], ...] = (
    ("mean", "the mean of all losses", _mean),
    ("sum", "the sum of all losses", sum),
    ("smallest", "the smallest loss", min),
    ("largest", "the largest loss", max),
)
RECORDS: tuple[tuple[str, str, str, Record], ...] = (
    *((f"only-{id}", f"only {words} is returned, not one loss for each epoch", _ONE_EACH, lambda losses, of=of: [of(losses)]) for id, words, of in STATISTICS),
    *((f"{id}-everywhere", f"every entry is {words}", _KEPT, partial(_everywhere, of)) for id, words, of in STATISTICS),
    ("smallest-so-far", "each entry is the smallest loss so far", _KEPT, lambda losses: list(itertools.accumulate(losses, min))),
    ("largest-so-far", "each entry is the largest loss so far", _KEPT, lambda losses: list(itertools.accumulate(losses, max))),
    ("product-so-far", "each entry is the product of all losses so far", _KEPT, lambda losses: list(itertools.accumulate(losses, lambda a, b: a * b))),
    ("plus-earlier", "each entry is the loss plus all earlier entries", _KEPT, _plus_earlier),
    ("change", "each entry after the first is the change of the loss", _KEPT, lambda losses: _differences(losses, losses[0])),
    ("change-from-0", "each entry is the change of the loss, and the first one is 0", _KEPT, lambda losses: _differences(losses, 0.0)),
    ("decrease", "each entry after the first is by how much the loss fell", _KEPT, lambda losses: [losses[0], *(-each for each in _differences(losses, 0.0)[1:])]),
    ("from-first", "each entry is the loss minus the first loss", _KEPT, lambda losses: [loss - losses[0] for loss in losses]),
    ("fallen", "each entry is the first loss minus the loss", _KEPT, lambda losses: [losses[0] - loss for loss in losses]),
    ("log", "each entry is the logarithm of the loss", _KEPT, lambda losses: [math.log(loss) for loss in losses]),
    ("log-10", "each entry is the logarithm of the loss to the base 10", _KEPT, lambda losses: [math.log10(loss) for loss in losses]),
    ("log-1p", "each entry is the logarithm of 1 plus the loss", _KEPT, lambda losses: [math.log1p(loss) for loss in losses]),
    ("exp", "each entry is the exponential of the loss", _KEPT, lambda losses: [math.exp(loss) for loss in losses]),
    ("square", "each entry is the square of the loss", _KEPT, lambda losses: [loss * loss for loss in losses]),
    ("reciprocal", "each entry is 1 divided by the loss", _KEPT, lambda losses: [1 / loss for loss in losses]),
    ("epochs", "the list holds the numbers of the epochs, from 0, instead of the losses", _KEPT, lambda losses: [float(n) for n in range(len(losses))]),
    ("epochs-from-1", "the list holds the numbers of the epochs, from 1, instead of the losses", _KEPT, lambda losses: [float(n + 1) for n in range(len(losses))]),
    ("times-epoch", "each entry is the loss times the number of its epoch, from 0", _KEPT, lambda losses: [n * loss for n, loss in enumerate(losses)]),
    ("times-epoch-from-1", "each entry is the loss times the number of its epoch, from 1", _KEPT, lambda losses: [n * loss for n, loss in enumerate(losses, 1)]),
    ("times-epochs", "each entry is the loss times the number of epochs", _KEPT, lambda losses: [len(losses) * loss for loss in losses]),
    ("sum-share", "each entry is the sum of the losses so far, divided by the number of epochs", _KEPT, lambda losses: [total / len(losses) for total in itertools.accumulate(losses)]),
    ("twice", "each loss is in the list twice", _ONE_EACH, _twice),
    ("list-twice", "the whole list is there twice", _ONE_EACH, lambda losses: [*losses, *losses]),
    ("first-twice", "the first loss is in the list twice", _ONE_EACH, lambda losses: [*losses[:1], *losses]),
    ("last-twice", "the last loss is in the list twice", _ONE_EACH, lambda losses: [*losses, *losses[-1:]]),
    ("begins-with-0", "the list begins with a 0 that is no loss", _ONE_EACH, lambda losses: [0.0, *losses]),
    ("ends-with-0", "the list ends with a 0 that is no loss", _ONE_EACH, lambda losses: [*losses, 0.0]),
    ("every-second-from-1", "only every second loss is kept, from the second one on", _ONE_EACH, lambda losses: list(losses)[1::2]),
    ("every-third", "only every third loss is kept", _ONE_EACH, lambda losses: list(losses)[::3]),
    ("without-two", "the first two losses are missing", _ONE_EACH, lambda losses: list(losses)[2:]),
    ("first-and-last", "only the first and the last loss are kept", _ONE_EACH, lambda losses: [losses[0], losses[-1]]),
    ("first-0", "the first entry is 0 instead of the first loss", _KEPT, lambda losses: [0.0, *losses[1:]]),
    ("last-0", "the last entry is 0 instead of the last loss", _KEPT, lambda losses: [*losses[:-1], 0.0]),
    ("reversed-after-first", "the first loss comes first, and the others follow in reverse order", _KEPT, lambda losses: [losses[0], *reversed(losses[1:])]),
    ("twice-the-last", "the last entry is the loss before it", _KEPT, lambda losses: [*losses[:-1], *losses[-2:-1]]),
    ("sorted", "the losses are sorted, the smallest first", _KEPT, sorted),
    ("sorted-down", "the losses are sorted, the largest first", _KEPT, lambda losses: sorted(losses, reverse=True)),
    ("last-two-mean", "each entry after the first is the mean of the loss and the one before it", _KEPT, lambda losses: [losses[0], *(_mean(pair) for pair in itertools.pairwise(losses))]),
    ("last-two-sum", "each entry after the first is the sum of the loss and the one before it", _KEPT, lambda losses: [losses[0], *(sum(pair) for pair in itertools.pairwise(losses))]),
    ("shares", "each entry is the loss divided by the sum of all losses", _KEPT, lambda losses: [loss / sum(losses) for loss in losses]),
    ("share-of-largest", "each entry is the loss divided by the largest loss", _KEPT, lambda losses: [loss / max(losses) for loss in losses]),
)  # fmt: skip


@dataclass(frozen=True)
class Recurrence:
    """A list of losses with a parameter, {value} in `said`."""

    id: str
    name: str
    said: str
    of: Callable[[float, Sequence[float]], list[float]]
    none: tuple[float, ...] = (0.0,)


def _smoothed(factor: float, losses: Sequence[float], *, start: float | None) -> list[float]:
    found, kept = [], losses[0] if start is None else start
    for loss in losses:
        kept = factor * kept + (1 - factor) * loss
        found.append(kept)
    return found


def _carried(factor: float, losses: Sequence[float]) -> list[float]:
    return list(itertools.accumulate(losses, lambda kept, loss: factor * kept + loss))


RECURRENCES = (
    Recurrence("shifted", "a constant is added to each loss in the list", "{value} is added to each loss in the list", lambda p, losses: [loss + p for loss in losses]),
    Recurrence("smoothed", "the losses are smoothed by a moving average", "the losses are smoothed by a moving average, with a factor of {value} for the earlier ones", partial(_smoothed, start=None), (0.0, 1.0)),
    Recurrence("smoothed-from-0", "the losses are smoothed by a moving average that starts at 0", "the losses are smoothed by a moving average that starts at 0, with a factor of {value} for the earlier ones", partial(_smoothed, start=0.0), (0.0, 1.0)),
    Recurrence("carried", "each entry has a share of the entry before it added", "each entry has {value} times the entry before it added", _carried, (0.0,)),
    Recurrence("fading", "each entry is multiplied by a power of a constant", "each entry is multiplied by {value} to the power of the number of its epoch", lambda p, losses: [loss * p**n for n, loss in enumerate(losses)], (0.0, 1.0)),
    Recurrence("first-replaced", "the first entry is another number than the first loss", "the first entry is always {value} instead of the first loss", lambda p, losses: [p, *losses[1:]], ()),
    Recurrence("last-replaced", "the last entry is another number than the last loss", "the last entry is always {value} instead of the last loss", lambda p, losses: [*losses[:-1], p], ()),
    Recurrence("rest", "each entry is a constant minus the loss", "each entry is {value} minus the loss", lambda p, losses: [p - loss for loss in losses], (0.0,)),
)  # fmt: skip
PICKS: tuple[tuple[str, str, Pick], ...] = (
    ("size", "the absolute value of the weight is returned", lambda loop, w: abs(loop.weights[-1][w])),
    ("moved", "the weight returned is only by how much it has changed in all", lambda loop, w: loop.weights[-1][w] - loop.weights[0][w]),
    ("moved-back", "the weight before training minus the one after it is returned", lambda loop, w: loop.weights[0][w] - loop.weights[-1][w]),
    ("twice", "twice the weight is returned", lambda loop, w: 2 * loop.weights[-1][w]),
    ("square", "the square of the weight is returned", lambda loop, w: loop.weights[-1][w] ** 2),
    ("after-first", "the weight returned is the one after the first update", lambda loop, w: loop.weights[1][w]),
    ("lowest", "the weight returned is the smallest that occurred", lambda loop, w: min(each[w] for each in loop.weights)),
    ("highest", "the weight returned is the largest that occurred", lambda loop, w: max(each[w] for each in loop.weights)),
    ("first-and-last", "the mean of the weights before and after training is returned", lambda loop, w: _mean([loop.weights[0][w], loop.weights[-1][w]])),
    ("step", "the last step is returned instead of the weight", lambda loop, w: loop.weights[-2][w] - loop.weights[-1][w]),
    ("opposite-gradient", "minus the last gradient is returned instead of the weight", lambda loop, w: (loop.weights[-1][w] - loop.weights[-2][w]) / loop.rate),
    ("first-loss", "the first loss is returned instead of the weight", lambda loop, w: loop.losses[0]),
    ("mean-loss", "the mean of the losses is returned instead of the weight", lambda loop, w: _mean(loop.losses)),
    ("epochs", "the number of epochs is returned instead of the weight", lambda loop, w: float(len(loop.losses))),
    ("last-epoch", "the number of the last epoch is returned instead of the weight", lambda loop, w: float(len(loop.losses) - 1)),
)  # fmt: skip


def unusual_lists(graph: Graph, weights: Sequence[str]) -> Iterator[Family]:
    """Other lists of losses, and other numbers returned as the weight."""
    for id, said, hint, record in RECORDS:
        yield _single(f"{id}-list@losses", said, hint, partial(_recording, record))
    for each in RECURRENCES:
        yield Family(
            f"{each.id}@losses",
            each.name,
            each.said,
            _KEPT,
            partial(_recurring, each),
            Solved(),
            each.none,
            of_loop=True,
        )
    for name in graph.names:
        if name != graph.output:
            yield from _with_value(name, graph.output)
    for one, other in combinations([name for name in graph.names if name != graph.output], 2):
        keep = partial(_product, one, other)
        said = f"the list holds {one} times {other} of each epoch instead of the loss"
        yield _single(f"{one}-times-{other}@losses", said, _KEPT, _kept(keep))
    yield from _of_epochs()
    same = "every entry of the list is the same number, which is not the loss"
    yield Family("one-number@losses", same, same, _KEPT, _constant, Varying(), of_loop=True)
    given = [name for name in graph.inputs if name not in weights]
    picks = [
        *PICKS,
        *((f"value-of-{name}", f"{name} is returned instead of the weight", _value(name)) for name in given),
    ]
    for id, said, pick in picks:
        yield _single(f"{id}-pick@weight", said, _RETURNED, partial(_picking, pick))


FRACTIONS = (
    ("third", "only a third of the epochs", lambda n: n // 3),
    ("quarter", "only a quarter of the epochs", lambda n: n // 4),
    ("fifth", "only a fifth of the epochs", lambda n: n // 5),
    ("tenth", "only a tenth of the epochs", lambda n: n // 10),
    ("double", "twice as many epochs as asked for", lambda n: 2 * n),
    ("triple", "three times as many epochs as asked for", lambda n: 3 * n),
    ("tenfold", "ten times as many epochs as asked for", lambda n: 10 * n),
    ("two-thirds", "only two thirds of the epochs", lambda n: 2 * n // 3),
)


def _of_epochs() -> Iterator[Family]:
    """A loop that runs a share of the epochs; or all, of which some losses are missing."""
    for id, words, epochs in FRACTIONS:
        said = f"the loop runs {words}"
        hint = "How many times does the loop run? Look at what range() gets, and at what counts the epochs."
        yield _single(f"{id}@epochs", said, hint, partial(_running, epochs))


def _running(epochs: Callable[[int], int], work: Procedure) -> Procedure:
    return replace(work, epochs=epochs)


def _constant(number: float) -> Change:
    return _kept(lambda values, slopes: number)


def _product(one: str, other: str, values: Numbers, slopes: Numbers) -> float:
    return values[one] * values[other]


def _with_value(name: str, output: str) -> Iterator[Family]:
    """A value other than the loss kept of each epoch, alone or combined with the loss."""
    said = f"the list holds {{value}} times {name} of each epoch instead of the loss"
    vague = f"the list holds a multiple of {name} of each epoch instead of the loss"
    yield Family(
        f"multiple-of-{name}@losses",
        vague,
        said,
        _KEPT,
        lambda p: _kept(lambda values, slopes: p * values[name]),
        Solved(),
        (0.0, 1.0),
        of_loop=True,
    )
    for id, what, of in (
        ("less", f"the loss minus {name}", lambda value, loss: loss - value),
        ("under", f"{name} minus the loss", lambda value, loss: value - loss),
        ("and", f"the sum of the loss and {name}", lambda value, loss: loss + value),
        ("times", f"the loss times {name}", lambda value, loss: loss * value),
        ("size-of", f"the absolute value of {name}", lambda value, loss: abs(value)),
        ("square-of", f"the square of {name}", lambda value, loss: value * value),
    ):
        keep = partial(_combined, of, name, output)
        yield _single(
            f"{id}-{name}@losses", f"the list holds {what} of each epoch instead of the loss", _KEPT, _kept(keep)
        )


def _combined(of: Callable[[float, float], float], name: str, output: str, values: Numbers, slopes: Numbers) -> float:
    return of(values[name], values[output])


def _value(name: str) -> Pick:
    return lambda trained, weight: trained.values(trained.weights[-1])[name]


def _recording(record: Record, work: Procedure) -> Procedure:
    return replace(work, record=record)


def _recurring(row: Recurrence, parameter: float) -> Change:
    return lambda work: replace(work, record=partial(row.of, parameter))


def _picking(pick: Pick, work: Procedure) -> Procedure:
    return replace(work, pick=pick)


def _kept(keep: Keep) -> Change:
    return lambda work: replace(work, keep=keep)


def _single(id: str, said: str, hint: str, change: Change) -> Family:
    return single(Mistake(id, said, hint, change, of_loop=True))
