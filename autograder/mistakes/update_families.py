"""Unusual updates of a weight: another step, a rate that grows, steps in few epochs, and further numbers that are trained."""

# ruff: noqa: E501 - a table reads best with one row a line

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from autograder.graph import Graph, Node, Operation
from autograder.graph.descent import EpochState, Place, Stop, Update
from autograder.mistakes.family import Change, Family, Limit, Listed, Solved, Varying, single
from autograder.mistakes.forward import replaced
from autograder.mistakes.loop_families import PLACES, Loop
from autograder.mistakes.procedure import Chain, Mistake

_UPDATE = "Compare the line that updates the weight with the formula of gradient descent, including signs and factors."
_PLAIN = "The lab asks for plain gradient descent: the weight minus lr times the gradient, and nothing else that changes the step."
_SOME = "In which epochs does the line that updates the weight run?"
_FROM = "Which weight does each update start from?"
ONE = Listed(((1.0, ""),))


def _step(factor: Callable[[EpochState], float]) -> Callable[[float], Update]:
    """An update by the gradient with a factor; none in which it is the parameter."""
    return lambda _: lambda epoch: epoch.weight - epoch.rate * factor(epoch) * epoch.slope


def _only(when: Callable[[EpochState], bool], *, summed: bool = False) -> Callable[[float], Update]:
    def update(epoch: EpochState) -> float:
        epoch.memory["sum"] = epoch.memory.get("sum", 0.0) + epoch.slope
        return epoch.weight - epoch.rate * (epoch.memory["sum"] if summed else epoch.slope) * when(epoch)

    return lambda _: update


FEW = (2, 3, 4, 5, 10)


def _before(many: int, epoch: EpochState) -> bool:
    return epoch.number < many


def _from(many: int, epoch: EpochState) -> bool:
    return epoch.number >= many


def _is_first(epoch: EpochState) -> bool:
    return epoch.number == 0


def _is_last(epoch: EpochState) -> bool:
    return epoch.number == epoch.of - 1


def _with_previous(share: float) -> Update:
    def update(epoch: EpochState) -> float:
        before = epoch.memory.get("before", 0.0)
        epoch.memory["before"] = epoch.slope
        return epoch.weight - epoch.rate * (epoch.slope + share * before)

    return update


def _mean_so_far(epoch: EpochState) -> float:
    epoch.memory["sum"] = epoch.memory.get("sum", 0.0) + epoch.slope
    return epoch.weight - epoch.rate * epoch.memory["sum"] / (epoch.number + 1)


def _largest_so_far(epoch: EpochState) -> float:
    kept = epoch.memory.get("kept", epoch.slope)
    epoch.memory["kept"] = max(kept, epoch.slope, key=abs)
    return epoch.weight - epoch.rate * epoch.memory["kept"]


def _cleared_once(epoch: EpochState) -> float:
    """The gradient is cleared after the first epoch only."""
    epoch.memory["sum"] = (epoch.memory.get("sum", 0.0) if epoch.number > 1 else 0.0) + epoch.slope
    return epoch.weight - epoch.rate * epoch.memory["sum"]


def _quotient(a: float, b: float) -> float:
    return a / b if b else math.inf


UPDATES = (
    Loop("from-start@update", "", "every update starts from the initial weight, with the newest gradient", _FROM, lambda _: lambda e: e.start - e.rate * e.slope, ONE),
    Loop("only-first@update", "", "the weight is updated only in the first epoch", _SOME, _only(_is_first), ONE),
    Loop("only-last@update", "", "the weight is updated only in the last epoch", _SOME, _only(_is_last), ONE),
    Loop("only-last-summed@update", "", "every epoch has the first loss and the first gradient, and the final weight is that after all their steps: the update comes only after the loop, or the forward pass before it", "Which lines have to be inside the loop, and which of them are?", _only(_is_last, summed=True), ONE),
    Loop("not-last@update", "", "the weight is not updated in the last epoch", _SOME, _only(lambda e: not _is_last(e)), ONE),
    *(Loop(f"only-first-{n}@update", "", f"the weight is updated only in the first {n} epochs", _SOME, _only(partial(_before, n)), ONE) for n in FEW),
    *(Loop(f"not-first-{n}@update", "", f"the weight is not updated in the first {n} epochs", _SOME, _only(partial(_from, n)), ONE) for n in FEW),
    Loop("rate-to-epoch@update", "", "the learning rate is raised to the power of the number of the epoch, from 0", _PLAIN, lambda _: lambda e: e.weight - e.rate**e.number * e.slope, ONE),
    Loop("rate-to-epoch-from-1@update", "", "the learning rate is raised to the power of the number of the epoch, from 1", _PLAIN, lambda _: lambda e: e.weight - e.rate ** (e.number + 1) * e.slope, ONE),
    Loop("positive-before@update", "", "the step starts from 0 where the weight is negative", _FROM, lambda _: lambda e: max(e.weight, 0.0) - e.rate * e.slope, ONE),
    Loop("size-before@update", "", "the step starts from the absolute value of the weight", _FROM, lambda _: lambda e: abs(e.weight) - e.rate * e.slope, ONE),
    Loop("gradient-positive@update", "", "a negative gradient counts as 0", _UPDATE, _step(lambda e: float(e.slope > 0)), ONE),
    Loop("gradient-negative@update", "", "a positive gradient counts as 0", _UPDATE, _step(lambda e: float(e.slope < 0)), ONE),
    Loop("first-half@update", "", "the weight is updated only in the first half of the epochs", _SOME, _only(lambda e: e.number < e.of // 2), ONE),
    Loop("second-half@update", "", "the weight is updated only in the second half of the epochs", _SOME, _only(lambda e: e.number >= e.of // 2), ONE),
    Loop("cleared-once@update", "", "the gradient is cleared after the first epoch only, and then accumulates", "What is in the weight's gradient when backward() is called again?", lambda _: _cleared_once, ONE),
    Loop("previous-too@update", "a multiple of the gradient of the epoch before is added to each gradient", "{value} times the gradient of the epoch before is added to each gradient", _PLAIN, _with_previous, Solved(), (0.0,)),
    Loop("mean-gradient@update", "", "the update uses the mean of all gradients so far", _PLAIN, lambda _: _mean_so_far, ONE),
    Loop("largest-gradient@update", "", "the update uses the gradient with the largest size so far", _PLAIN, lambda _: _largest_so_far, ONE),
    Loop("grows@update", "", "the learning rate is multiplied by the number of the epoch, from 1", _PLAIN, _step(lambda e: e.number + 1), ONE),
    Loop("grows-from-0@update", "", "the learning rate is multiplied by the number of the epoch, from 0", _PLAIN, _step(lambda e: e.number), ONE),
    Loop("falls-as-root@update", "", "the learning rate is divided by the square root of the number of the epoch, from 1", _PLAIN, _step(lambda e: 1 / math.sqrt(e.number + 1)), ONE),
    Loop("falls-as-square@update", "", "the learning rate is divided by the square of the number of the epoch, from 1", _PLAIN, _step(lambda e: 1 / (e.number + 1) ** 2), ONE),
    Loop("rate-shifts@update", "the learning rate changes by a constant after every epoch", "the learning rate changes by {value} after every epoch", _PLAIN, lambda p: lambda e: e.weight - (e.rate + p * e.number) * e.slope, Solved(), (0.0,)),
    Loop("rate-plus@update", "a constant is added to the learning rate", "{value} is added to the learning rate", _UPDATE, lambda p: lambda e: e.weight - (e.rate + p) * e.slope, Solved(), (0.0,)),
    Loop("rate-root@update", "", "the square root of the learning rate is used", _UPDATE, lambda _: lambda e: e.weight - math.sqrt(e.rate) * e.slope, ONE),
    Loop("rate-rest@update", "", "1 minus the learning rate is used in its place", _UPDATE, lambda _: lambda e: e.weight - (1 - e.rate) * e.slope, ONE),
    Loop("rate-on-all@update", "", "the learning rate multiplies the weight as well as the gradient", _UPDATE, lambda _: lambda e: e.rate * (e.weight - e.slope), ONE),
    Loop("rate-on-weight@update", "", "the learning rate multiplies the weight instead of the gradient", _UPDATE, lambda _: lambda e: e.rate * e.weight - e.slope, ONE),
    Loop("rate-alone@update", "", "the weight moves by the learning rate alone, without the gradient", _UPDATE, lambda _: lambda e: e.weight - e.rate, ONE),
    Loop("rate-alone-plus@update", "", "the weight moves by the learning rate alone, without the gradient", _UPDATE, lambda _: lambda e: e.weight + e.rate, ONE),
    Loop("gradient-squared@update", "", "the update uses the square of the gradient", _UPDATE, _step(lambda e: e.slope), ONE),
    Loop("gradient-times-size@update", "", "the update uses the gradient times its own size", _UPDATE, _step(lambda e: abs(e.slope)), ONE),
    Loop("gradient-root@update", "", "the update uses the square root of the gradient's size, with its sign", _PLAIN, _step(lambda e: _quotient(1.0, math.sqrt(abs(e.slope)))), ONE),
    Loop("gradient-reciprocal@update", "", "the learning rate is divided by the gradient instead of multiplied", _UPDATE, _step(lambda e: _quotient(1.0, e.slope**2)), ONE),
    Loop("times-weight@update", "", "the step has an extra factor: the weight itself", _UPDATE, _step(lambda e: e.weight), ONE),
    Loop("times-loss@update", "", "the step has an extra factor: the loss", _UPDATE, _step(lambda e: e.loss), ONE),
    Loop("times-root-loss@update", "", "the gradient is that of the loss squared, or has the loss as a factor and a constant", _UPDATE, _step(lambda e: 2 * e.loss), ONE),
    Loop("over-loss@update", "", "the step is divided by the loss", _UPDATE, _step(lambda e: _quotient(1.0, e.loss)), ONE),
    Loop("over-weight@update", "", "the step is divided by the weight", _UPDATE, _step(lambda e: _quotient(1.0, e.weight)), ONE),
    Loop("gradient-plus@update", "a constant is added to the gradient", "{value} is added to the gradient", _UPDATE, lambda p: lambda e: e.weight - e.rate * (e.slope + p), Solved(), (0.0,)),
    Loop("weight-plus@update", "a constant is added to the weight in every epoch", "{value} is added to the weight in every epoch", _UPDATE, lambda p: lambda e: e.weight + p - e.rate * e.slope, Solved(), (0.0,)),
    Loop("constant-gradient@update", "the gradient is always the same number", "the gradient is always {value}, whatever the weight is", _UPDATE, lambda p: lambda e: e.weight - e.rate * p, Solved(), (0.0,)),
    Loop("weight-size@update", "", "the weight after an update is its absolute value", _PLAIN, lambda _: lambda e: abs(e.weight - e.rate * e.slope), ONE),
    Loop("weight-opposite@update", "", "the weight changes its sign after every update", _UPDATE, lambda _: lambda e: -(e.weight - e.rate * e.slope), ONE),
)  # fmt: skip


@dataclass(frozen=True)
class Trained:
    """A number of the student's own that is used in the forward pass and trained with the weights."""

    id: str
    said: str  # {node} is where it is used
    operation: str  # how it is combined with the node's value
    start: float  # that people choose


TRAINED = (
    Trained("bias", "a bias at {node} is trained, too, that the graph does not have", "+", 0.0),
    Trained("factor", "a factor at {node} is trained, too, that the graph does not have", "*", 1.0),
)
_OWN = "own_parameter"  # its name among the inputs


def unusual_updates(graph: Graph, weights: Sequence[str]) -> Iterator[Family]:
    """All of them; those with further trained numbers last."""
    for row in UPDATES:
        yield Family(
            row.id,
            row.name or row.said,
            row.said,
            row.hint,
            partial(_updating, row.update),
            row.find,
            row.none,
            of_loop=True,
        )
    yield from _stopping()
    yield from _by_values(graph, weights)
    for position, node in enumerate(graph.nodes[:-1]):
        for each in TRAINED:
            yield from _trained_too(graph, weights, position, node, each)


def _decrease(losses: Sequence[float]) -> float:
    """By how much the newest loss is smaller than the one before it."""
    return losses[-2] - losses[-1] if len(losses) > 1 else math.inf


def _relative(losses: Sequence[float]) -> float:
    """The change of the newest loss, as a share of the one before it."""
    return abs(_quotient(_decrease(losses), losses[-2])) if len(losses) > 1 else math.inf


def _stopping() -> Iterator[Family]:
    """A loop that stops early when the loss hardly falls any more."""
    for id, what, of in (
        ("decrease", "the loss falls by less than {value}", _decrease),
        ("relative", "the loss changes by a smaller share than {value}", _relative),
    ):
        for place_id, when, place in PLACES:
            said = f"{when} {what}"
            hint = "Run all epochs that are asked for."
            yield Family(
                f"{place_id}-at-{id}@update",
                said.format(value="a limit"),
                said,
                hint,
                partial(_stop, of, place),
                Limit(of, place),
                of_loop=True,
            )


def _stop(of: Callable[[Sequence[float]], float], place: Place, limit: float) -> Change:
    return lambda work: replace(work, stop=Stop(lambda losses: of(losses) < limit, place))


def _updating(update: Callable[[float], Update], parameter: float) -> Change:
    return lambda work: replace(work, update=update(parameter))


def _by_values(graph: Graph, weights: Sequence[str]) -> Iterator[Family]:
    """All weights moved by a multiple of a value, or by the gradient of one with an extra factor."""
    hint = "The update needs the derivative of the loss with respect to the weight."
    for name in graph.names:
        for id, said, vague, chain in (
            ("multiple", f"the gradient in the update is {{value}} times {name}", f"the gradient in the update is a multiple of {name}", _multiple_of),
            ("factor", f"the gradient in the update has an extra factor of {{value}} times {name}", f"the gradient in the update has {name} as an extra factor", _with_factor),
            ("term", f"the gradient in the update has {{value}} times {name} added", f"a multiple of {name} is added to the gradient in the update", _with_term),
        ):  # fmt: skip
            yield Family(
                f"{id}-{name}@slope",
                vague,
                said,
                hint,
                partial(_sloping, weights, partial(chain, name)),
                Solved(),
                (0.0,),
                of_loop=True,
            )


def _multiple_of(name: str, factor: float, weight: str) -> Chain:
    return lambda graph, local, values: factor * values[name]


def _with_factor(name: str, factor: float, weight: str) -> Chain:
    return lambda graph, local, values: factor * values[name] * graph.backward(local)[weight]


def _with_term(name: str, factor: float, weight: str) -> Chain:
    return lambda graph, local, values: factor * values[name] + graph.backward(local)[weight]


def _sloping(weights: Sequence[str], chain: Callable[[float, str], Chain], parameter: float) -> Change:
    chains = {weight: chain(parameter, weight) for weight in weights}
    return lambda work: replace(work, chain={**work.chain, **chains})


def _trained_too(graph: Graph, weights: Sequence[str], position: int, node: Node, own: Trained) -> Iterator[Family]:
    """A number of the student's own at a node, started at what people choose, or at a number to be found."""
    hint = "Which parameters does your model have, and which has the graph?"
    said = own.said.format(node=node.name)
    at = partial(_with_own, position, node, own.operation)
    yield single(Mistake(f"trained-{own.id}@{node.name}", said, hint, at(own.start), of_loop=True))
    started = f"{said}; it starts at {{value}}"
    yield Family(f"trained-{own.id}-from@{node.name}", said, started, hint, at, Solved(), (own.start,), of_loop=True)


def trained_from_anywhere(position: int, node: Node) -> Iterator[Family]:
    """A number of the student's own at a node that starts at another number in each call, as if it were random."""
    hint = "Which parameters does your model have, which has the graph, and which number does each start from?"
    for own in TRAINED:
        said = f"{own.said.format(node=node.name)}; it starts at another number in each call"
        at = partial(_with_own, position, node, own.operation)
        yield Family(f"trained-{own.id}-varies@{node.name}", said, said, hint, at, Varying(), of_loop=True)


def _with_own(position: int, node: Node, operation: str, start: float) -> Change:
    return lambda work: replace(
        work,
        forward=with_own(work.forward, position, node, operation),
        backward=with_own(work.backward, position, node, operation),
        further={**work.further, _OWN: start},
    )


def with_own(graph: Graph, position: int, node: Node, operation: str) -> Graph:
    """The graph with one more input, which is combined with the value of a node."""
    right, outer = graph.operations[node.operation], graph.operations[operation]

    def forward(*at: float) -> float:
        return outer.forward(right.forward(*at[:-1]), at[-1])

    def slope(index: int, *at: float) -> float:
        inside, own = right.forward(*at[:-2]), at[-2]
        outside = outer.partials[int(index == len(node.operands))](inside, own, at[-1])
        return outside if index == len(node.operands) else outside * right.partials[index](*at[:-2], inside)

    count = len(node.operands) + 1
    key = f"own {operation} {node.name}"
    computed = Operation(key, forward, tuple(partial(slope, index) for index in range(count)))
    instead = Node(node.name, key, (*node.operands, _OWN))
    changed = replaced(graph, position, instead, {key: computed})
    return Graph((*graph.inputs, _OWN), changed.nodes, changed.operations)
