"""Another quantity in the place of the one that is asked for: returned, or kept in the list of losses.

They are looked for only when no mistake of the catalogue explains everything, because some of them change nothing with
many inputs: the best weight is the last one, if the loss falls in every epoch.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial

from autograder.graph import Graph, derivative_name, split_derivative
from autograder.graph.descent import Keep
from autograder.graph.quantities import local_derivatives
from autograder.mistakes.family import Change, Family, Solved, single
from autograder.mistakes.loop_families import DECIMALS
from autograder.mistakes.procedure import Chain, Mistake, Pick, Trained
from autograder.text import join_names

_RETURNED = "What exactly do you return, and is it the weight after the last update?"
_KEPT = "What exactly do you append to the list in each epoch?"
_ROUNDED = "Store the loss without rounding it; round only what you print."
_ASKED = "What exactly do you return in its place?"
_GRADIENT = "Which attribute of a tensor holds its gradient?"


def _lowest(trained: Trained) -> int:
    """The number of the epoch with the lowest loss."""
    return min(range(len(trained.losses)), key=trained.losses.__getitem__)


def _mean(numbers: Sequence[float]) -> float:
    return sum(numbers) / len(numbers)


# What is returned instead of the weight after the last update.
PICKS: tuple[tuple[str, str, Pick], ...] = (
    ("best", "the weight returned is the one with the lowest loss", lambda loop, w: loop.weights[_lowest(loop)][w]),
    (
        "after-best",
        "the weight returned is the one after the update in the epoch with the lowest loss",
        lambda loop, w: loop.weights[_lowest(loop) + 1][w],
    ),
    ("third-last", "the weight returned is the one before the last two updates", lambda loop, w: loop.weights[-3][w]),
    (
        "gradient",
        "the last gradient is returned instead of the weight",
        lambda loop, w: (loop.weights[-2][w] - loop.weights[-1][w]) / loop.rate,
    ),
    (
        "change",
        "the last change of the weight is returned instead of the weight",
        lambda loop, w: loop.weights[-1][w] - loop.weights[-2][w],
    ),
    ("loss", "the last loss is returned instead of the weight", lambda loop, w: loop.losses[-1]),
    ("zero", "0 is returned instead of the weight", lambda loop, w: 0.0),
    ("opposite", "the weight returned has the wrong sign", lambda loop, w: -loop.weights[-1][w]),
    ("rate", "the learning rate is returned instead of the weight", lambda loop, w: loop.rate),
    (
        "mean",
        "the mean of the weights after all updates is returned",
        lambda loop, w: _mean([each[w] for each in loop.weights[1:]]),
    ),
    (
        "mean-before",
        "the mean of the weights before all updates is returned",
        lambda loop, w: _mean([each[w] for each in loop.weights[:-1]]),
    ),
    (
        "mean-of-all",
        "the mean of all weights, with the first one, is returned",
        lambda loop, w: _mean([each[w] for each in loop.weights]),
    ),
    (
        "sum",
        "the sum of the weights after all updates is returned",
        lambda loop, w: sum(each[w] for each in loop.weights[1:]),
    ),
)


def returned_by_training(graph: Graph, weights: Sequence[str]) -> Iterator[Family]:
    """Another number returned as the weight, or kept as the loss of an epoch."""
    for id, said, pick in PICKS:
        yield _single(f"{id}@weight", said, _RETURNED, _other(pick=pick))
    for decimals, words in DECIMALS:
        said = f"the weight returned is rounded to {words}"
        yield _single(f"rounded-{decimals}@weight", said, _RETURNED, _other(pick=_rounded_weight(decimals)))
    for node in graph.nodes[:-1]:
        for id, when, back in (("", "after the last update", 1), ("-before", "of the last epoch", 2)):
            said = f"{node.name} {when} is returned instead of the weight"
            yield _single(f"{node.name}{id}@weight", said, _RETURNED, _other(pick=_last_value(node.name, back)))
    kept: list[tuple[str, Keep]] = [(name, _value(name)) for name in graph.names if name != graph.output]
    kept += [(derivative_name(graph.output, weight), _slope(weight)) for weight in weights]
    for name, keep in kept:
        said = f"the list holds {name} of each epoch instead of the loss"
        yield _single(f"{name}@losses", said, _KEPT, _other(keep=keep))
    cuts: list[tuple[str, str, Callable[[float], float]]] = [
        ("whole", "the losses are cut to whole numbers", math.trunc),
        *((f"rounded-{n}", f"the losses are rounded to {words}", partial(round, ndigits=n)) for n, words in DECIMALS),
    ]
    for id, said, cut in cuts:
        yield _single(f"{id}@losses", said, _ROUNDED, _other(keep=_cut(graph.output, cut)))
    yield Family(
        "same@losses",
        "every entry of the list is the same number, for all inputs",
        "every entry of the list is {value}, for all inputs",
        _KEPT,
        lambda p: _other(keep=lambda values, slopes: p),
        Solved(),
    )


def returned_by_gradients(graph: Graph, returns: Sequence[str], weights: Sequence[str]) -> Iterator[Family]:
    """Another value or derivative returned in the place of one."""
    gradients = [derivative_name(graph.output, name) for name in graph.names[:-1]]
    for name in returns:
        pair = split_derivative(name, graph.names)
        asked = name == graph.output or (pair is not None and pair[0] == graph.output and pair[1] in weights)
        alike = graph.names if pair is None else [*local_derivatives(graph), *graph.names]
        for other in (*graph.names, *gradients) if asked else alike:
            if other != name:
                hint = _GRADIENT if pair is not None and other in graph.names else _ASKED
                yield _single(f"{other}-as@{name}", f"{other} is given as {name}", hint, _renamed(name, other))
    for name, group in _groups(graph, weights):
        said = f"{{}} {'are' if len(group) > 1 else 'is'} given as {name}"
        weight = join_names(group)
        yield Family(
            f"updated-weight@{name.removeprefix('the ')}",
            said.format(f"{weight}, after an update,"),
            said.format(f"{weight}, after an update with a learning rate of {{value}},"),
            "Return the gradient itself; the update of the weight comes after it.",
            partial(_stepped, group),
            Solved(),
            (0.0,),
        )
        if len(group) > 1:
            yield _single(
                "weights@gradients", f"{join_names(group)} are given as the gradients", _GRADIENT, _stepped(group, 0.0)
            )


def _groups(graph: Graph, weights: Sequence[str]) -> Iterator[tuple[str, Sequence[str]]]:
    """All weights at once, then each one, with what their gradients are called."""
    if len(weights) > 1:
        yield "the gradients", weights
    for weight in weights:
        yield derivative_name(graph.output, weight), (weight,)


def _single(id: str, said: str, hint: str, change: Change) -> Family:
    return single(Mistake(id, said, hint, change, of_loop=True))


def _other(*, pick: Pick | None = None, keep: Keep | None = None) -> Change:
    return lambda procedure: replace(procedure, pick=pick or procedure.pick, keep=keep or procedure.keep)


def _renamed(name: str, other: str) -> Change:
    return lambda procedure: replace(procedure, return_instead={**procedure.return_instead, name: other})


def _stepped(weights: Sequence[str], rate: float) -> Change:
    chains = {weight: _step(weight, rate) for weight in weights}
    return lambda procedure: replace(procedure, chain={**procedure.chain, **chains})


def _step(weight: str, rate: float) -> Chain:
    return lambda graph, local, values: values[weight] - rate * graph.backward(local)[weight]


def _value(name: str) -> Keep:
    return lambda values, slopes: values[name]


def _slope(weight: str) -> Keep:
    return lambda values, slopes: slopes[weight]


def _cut(output: str, cut: Callable[[float], float]) -> Keep:
    return lambda values, slopes: float(cut(values[output]))


def _rounded_weight(decimals: int) -> Pick:
    return lambda trained, weight: round(trained.weights[-1][weight], decimals)


def _last_value(name: str, back: int) -> Pick:
    return lambda trained, weight: trained.values(trained.weights[-back])[name]
