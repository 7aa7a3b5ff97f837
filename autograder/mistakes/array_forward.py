"""Mistakes of the forward pass that only vectors and matrices invite: what is computed in the place of a node."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial, reduce
from math import prod
from typing import Any

import numpy as np

from autograder.graph import OPERATIONS, ArrayOperation, Graph, Node, parse
from autograder.graph.array_graph import ArrayGraph, on_arrays
from autograder.graph.array_operations import softmax
from autograder.mistakes import forward, losses
from autograder.mistakes.array_backward import MEANS
from autograder.mistakes.procedure import Mistake, Numbers, Procedure
from autograder.text import join_names


@dataclass(frozen=True)
class Instead:
    """What students compute instead of an operation on {a} and {b}: graphs of one or several nodes, the last is n.

    In `name` and `hint`, {node} is the node.
    """

    id: str
    nodes: Mapping[str, str]
    name: str
    hint: str


_PRODUCT = "Write down the shapes of both operands of {node}: which axis of the one meets which axis of the other?"
_SIZE = "Is {node} a sum or a mean, over which axis, and what is it divided by?"
_AXIS = "Along which axis do the numbers of one sample lie? They have to add up to 1."
_LOGITS = "What does cross_entropy expect: probabilities, or the numbers before softmax?"
_FIXED = "Which number in the line that computes {node} is only right for the lab sheet's samples?"
_SUMS = "Which inputs are added in the graph, and where does your program add them?"
_COUNT = {"z": "a * 0", "o": "z + 1", "k": "sum(o)"}  # k is how many elements a has
_LABELS = {"z": "b * 0", "o": "z + 1", "k": "sum(o)"}  # k is how many labels b has

TABLE: Mapping[str, tuple[Instead, ...]] = {
    "@": (
        Instead("turned", {"n": "b @ a"}, "the two operands of the product {node} are in the wrong order", _PRODUCT),
        Instead("first-transposed", {"t": "a.T", "n": "t @ b"}, "{a} is transposed in the product {node}", _PRODUCT),
        Instead("second-transposed", {"t": "b.T", "n": "a @ t"}, "{b} is transposed in the product {node}", _PRODUCT),
        Instead("elementwise", {"n": "a * b"}, "{node} multiplies element by element, with * instead of @", _PRODUCT),
        Instead("elementwise-summed", {"p": "a * b", "n": "sum(p, axis=0)"}, "{node} sums the elementwise products over the first axis", _PRODUCT),
    ),
    "T": (Instead("left-out", {"n": "a + 0"}, "{a} is not transposed at {node}", _PRODUCT),),
    "sum": (
        Instead("mean", {"n": "mean(a)"}, "{node} is a mean instead of a sum", _SIZE),
        Instead("of-axis-0", {"n": "sum(a, axis=0)"}, "{node} is summed over the first axis only", _SIZE),
        Instead("left-out", {"n": "a + 0"}, "the sum at {node} is left out", _SIZE),
    ),
    "mean": (
        Instead("sum", {"n": "sum(a)"}, "{node} is a sum instead of a mean", _SIZE),
        Instead("twice", {**_COUNT, "m": "mean(a)", "n": "m / k"}, "{node} is divided by the number of elements twice", _SIZE),
        Instead("half", {"m": "mean(a)", "n": "m / 2"}, "{node} is half of the mean", "Some textbooks halve the mean squared error; does this graph?"),
        Instead("root", {"m": "mean(a)", "n": "sqrt(m)"}, "{node} is the square root of the mean", _SIZE),
        Instead("of-axis-0", {"n": "mean(a, axis=0)"}, "{node} is averaged over the first axis only", _SIZE),
        Instead("left-out", {"n": "a + 0"}, "the mean at {node} is left out", _SIZE),
    ),
    "sum axis 0": (
        Instead("axis-1", {"n": "sum(a, axis=1)"}, "{node} is summed over the other axis", _SIZE),
        Instead("mean", {"n": "mean(a, axis=0)"}, "{node} is a mean instead of a sum", _SIZE),
        Instead("of-all", {"n": "sum(a)"}, "{node} is summed over all axes", _SIZE),
    ),
    "sum axis 1": (
        Instead("axis-0", {"n": "sum(a, axis=0)"}, "{node} is summed over the other axis", _SIZE),
        Instead("mean", {"n": "mean(a, axis=1)"}, "{node} is a mean instead of a sum", _SIZE),
        Instead("of-all", {"n": "sum(a)"}, "{node} is summed over all axes", _SIZE),
    ),
    "mean axis 0": (
        Instead("axis-1", {"n": "mean(a, axis=1)"}, "{node} is averaged over the other axis", _SIZE),
        Instead("sum", {"n": "sum(a, axis=0)"}, "{node} is a sum instead of a mean", _SIZE),
        Instead("of-all", {"n": "mean(a)"}, "{node} is averaged over all axes", _SIZE),
    ),
    "mean axis 1": (
        Instead("axis-0", {"n": "mean(a, axis=0)"}, "{node} is averaged over the other axis", _SIZE),
        Instead("sum", {"n": "sum(a, axis=1)"}, "{node} is a sum instead of a mean", _SIZE),
        Instead("of-all", {"n": "mean(a)"}, "{node} is averaged over all axes", _SIZE),
    ),
    "softmax": (
        Instead("axis-0", {"t": "a.T", "s": "softmax(t)", "n": "s.T"}, "the softmax at {node} is taken over the wrong axis", _AXIS),
        Instead("left-out", {"n": "a + 0"}, "the softmax at {node} is left out", "How does the graph compute {node} from {a}?"),
        Instead("log", {"n": "log_softmax(a)"}, "{node} is the logarithm of the softmax", "How does the graph compute {node} from {a}?"),
        Instead("twice", {"s": "softmax(a)", "n": "softmax(s)"}, "the softmax at {node} is applied twice", "How many times does the graph apply softmax?"),
        Instead("exp", {"n": "exp(a)"}, "the sum under the softmax at {node} is left out", _AXIS),
        Instead("of-all", {"p": "exp(a)", "t": "sum(p)", "n": "p / t"}, "the softmax at {node} is taken over all elements at once", _AXIS),
        Instead("sigmoid", {"n": "sigmoid(a)"}, "{node} is computed with a sigmoid instead of softmax", _AXIS),
    ),
    "log_softmax": (
        Instead("axis-0", {"t": "a.T", "s": "log_softmax(t)", "n": "s.T"}, "the softmax at {node} is taken over the wrong axis", _AXIS),
        Instead("no-log", {"n": "softmax(a)"}, "the logarithm at {node} is left out", "How does the graph compute {node} from {a}?"),
        Instead("twice", {"s": "softmax(a)", "n": "log_softmax(s)"}, "the softmax at {node} is applied twice", "How many times does the graph apply softmax?"),
        Instead("left-out", {"n": "a + 0"}, "the log-softmax at {node} is left out", "How does the graph compute {node} from {a}?"),
    ),
    "cross_entropy": (
        Instead("of-softmax", {"p": "softmax(a)", "n": "cross_entropy(p, b)"}, "softmax is applied before {node}, which applies it again", _LOGITS),
        Instead("of-log-softmax-exp", {"p": "exp(a)", "n": "cross_entropy(p, b)"}, "the exponential is applied before {node}, which applies it again", _LOGITS),
        Instead("sum", {**_LABELS, "c": "cross_entropy(a, b)", "n": "c * k"}, "{node} is a sum over the samples instead of a mean", _SIZE),
        Instead("twice", {**_LABELS, "c": "cross_entropy(a, b)", "n": "c / k"}, "{node} is divided by the number of samples twice", _SIZE),
        Instead("sign", {"c": "cross_entropy(a, b)", "n": "-c"}, "{node} has the wrong sign", "A logarithm of a probability is negative: which sign does the loss have?"),
    ),
    "mse": (
        Instead("sum", {"e": "a - b", "q": "e ** 2", "n": "sum(q)"}, "{node} is a sum instead of a mean", _SIZE),
        Instead("twice", {**_COUNT, "m": "mse(a, b)", "n": "m / k"}, "{node} is divided by the number of elements twice", _SIZE),
        Instead("half", {"m": "mse(a, b)", "n": "m / 2"}, "{node} is half of the mean squared error", "Some textbooks halve the mean squared error; does this graph?"),
        Instead("root", {"m": "mse(a, b)", "n": "sqrt(m)"}, "{node} is the square root of the mean squared error", _SIZE),
        Instead("absolute", {"e": "a - b", "q": "abs(e)", "n": "mean(q)"}, "{node} is the mean of the absolute errors", "What does the graph do with each error before it takes the mean?"),
    ),
}  # fmt: skip


def _operation(name: str, array: Callable[..., Any], pulls: tuple[Callable[..., Any], ...]) -> ArrayOperation:
    """What students compute in the place of an operation. It is never written as a formula, or checked for shapes."""
    unwritten: Any = (None, (None,) * len(pulls), "", (), str, None)
    return ArrayOperation(name, *unwritten, array=array, pulls=pulls, shape=tuple)


def _pairs(apply: Callable[[Any, Any], Any], signs: tuple[float, float], name: str) -> ArrayOperation:
    """An operation on a vector that stands upright, of shape (n, 1), and one of shape (n,): each with every other."""
    pulls = (lambda np, g, a, b, y: signs[0] * g.sum(-1), lambda np, g, a, b, y: signs[1] * g.sum(-2))
    return _operation(name, lambda np, a, b: apply(a[..., :, None], b[..., None, :]), pulls)


_GROWN = "Print the shapes of both operands of {node}, and of {node}: does (n, 1) meet (n,) somewhere?"
PAIRWISE: Mapping[str, ArrayOperation] = {
    "-": _pairs(lambda a, b: a - b, (1.0, -1.0), "pairwise -"),
    "+": _pairs(lambda a, b: a + b, (1.0, 1.0), "pairwise +"),
}


def _on_other_axis(name: str, sign: float) -> ArrayOperation:
    """A matrix and a vector, of which one element belongs to each row instead of to each column: for square ones."""

    def upright(array: Any) -> Any:
        return array[:, None] if array.ndim == 1 else array

    def back(gradient: Any, operand: Any) -> Any:
        return gradient.sum(1) if operand.ndim == 1 else gradient

    return _operation(
        f"{name} on the other axis",
        lambda np, a, b: upright(a) + sign * upright(b),
        (lambda np, g, a, b, y: back(g, a), lambda np, g, a, b, y: back(sign * g, b)),
    )


_COLUMNS = "Does each element of the vector in {node} belong to one row or to one column? Add it to a matrix of zeros."
OTHER_AXIS: Mapping[str, ArrayOperation] = {"+": _on_other_axis("+", 1.0), "-": _on_other_axis("-", -1.0)}


def array_mistakes(graph: Graph, published: Numbers, *, by_hand: bool) -> Iterator[Mistake]:
    """What is computed in the place of a node where values are arrays; see `forward.wrong_operations`.

    published: the graph's inputs on the lab sheet.
    """
    shapes = graph.shapes({name: np.shape(published[name]) for name in graph.inputs})
    for position, node in enumerate(graph.nodes):
        words = dict(zip("ab", map(str, node.operands), strict=False))
        for row in TABLE.get(node.operation, ()):
            operation = _composed(row, len(node.operands))
            yield from _instead(row.id, row.name, row.hint, position, node, words, by_hand, operation)
        if node.operation in PAIRWISE and len(node.names) == 2:
            said = "{node} has grown by broadcasting: a shape (n, 1) meets a shape (n,), which pairs all with all"
            grown = PAIRWISE[node.operation]
            yield from _instead("grown", said, _GROWN, position, node, words, by_hand, grown)
            turned = Node(node.name, node.operation, node.operands[::-1])
            yield from _instead("grown-turned", said, _GROWN, position, turned, words, by_hand, _turned(grown))
        if node.operation in OTHER_AXIS and sorted(len(shapes[name]) for name in node.names) == [1, 2]:
            vector = next(name for name in node.names if len(shapes[name]) == 1)
            said = f"{vector} is on the wrong axis in {{node}}: it has one element for each column, not for each row"
            aside = OTHER_AXIS[node.operation]
            yield from _instead("other-axis", said, _COLUMNS, position, node, words, by_hand, aside)
        if node.operation in MEANS and isinstance(first := node.operands[0], str) and shapes[first]:
            size = shapes[first][0] if node.operation == "cross_entropy" else prod(shapes[first])
            said = f"{{node}} is a sum that is divided by {size}, however many samples there are"
            yield from _instead(
                "fixed-n", said, _FIXED, position, node, words, by_hand, _fixed_size(node.operation, size)
            )
        for own in OPERATIONS_OF_THEIR_OWN.get(node.operation, ()):
            yield from _instead(own.id, own.name, own.hint, position, node, words, by_hand, own.operation)
    yield from _no_biases(graph, by_hand=by_hand)


def _fixed_size(name: str, published: int) -> ArrayOperation:
    """A mean that divides by the number of elements that the lab sheet has."""
    mean: Any = OPERATIONS[name]

    def share(np: Any, a: Any) -> float:
        return (len(a) if name == "cross_entropy" else np.size(a)) / published

    def pull(right: Callable[..., Any]) -> Callable[..., Any]:
        return lambda np, g, a, *rest: right(np, g * share(np, a), a, *rest)

    return _operation(
        f"{name} of {published}",
        lambda np, a, *rest: share(np, a) * mean.array(np, a, *rest),
        tuple(pull(right) for right in mean.pulls),
    )


def _no_biases(graph: Graph, *, by_hand: bool) -> Iterator[Mistake]:
    """Every input that is added somewhere is left out."""
    sums = [
        (position, node, operand)
        for position, node in enumerate(graph.nodes)
        for operand in node.names
        if node.operation == "+" and operand in graph.inputs
    ]
    if len(sums) < 2:
        return
    names = join_names([operand for _, _, operand in sums])
    for suffix in ("", "/values") if by_hand else ("",):
        parts = []
        for position, node, operand in sums:
            rest = next(name for name in node.operands if name != operand)
            alone = Node(node.name, "same", (rest,))
            parts.append(
                {each.id: each for each in forward.in_values("x", "", "", position, alone, by_hand)}[f"x{suffix}"]
            )
        yield Mistake(f"no-biases@{graph.output}{suffix}", f"{names} are left out", _SUMS, partial(_all_of, parts))


def _all_of(mistakes: Sequence[Mistake], procedure: Procedure) -> Procedure:
    return reduce(lambda changed, mistake: mistake.apply(changed), mistakes, procedure)


def other_losses(graph: Graph, *, by_hand: bool) -> Iterator[Mistake]:
    """The output computed as the mean of another loss; see `losses.other_losses`."""
    means = {name: _mean_of(operation) for name, operation in losses.OPERATIONS_OF_LOSSES.items()}
    return losses.other_losses(graph, by_hand=by_hand, operations=means)


def _instead(
    id: str, name: str, hint: str, position: int, node: Node, words: Mapping[str, str], by_hand: bool, operation: Any
) -> Iterator[Mistake]:  # fmt: skip
    said, leads = (text.format(node=node.name, **words) for text in (name, hint))
    wrong = Node(node.name, operation.name, node.operands)
    place = f"{id}@{node.name}"
    yield from forward.in_values(place, said, leads, position, wrong, by_hand, {operation.name: operation})


def _composed(row: Instead, arity: int) -> ArrayOperation:
    """A graph of several nodes as one operation. A gradient g of the last node is pulled back as that of sum(g · n)."""
    names = ("a", "b")[:arity]
    inside = parse(dict(row.nodes), names)
    graph = ArrayGraph(inside.inputs, inside.nodes)
    weighed = parse({**row.nodes, "weighed": f"{inside.output} * g", "total": "sum(weighed)"}, (*names, "g"))
    back = ArrayGraph(weighed.inputs, weighed.nodes)

    def forward(np: Any, *operands: Any) -> Any:
        return graph.values(dict(zip(names, operands, strict=True)))[graph.output]

    def pull(name: str) -> Callable[..., Any]:
        def pulled(np: Any, g: Any, *operands_and_value: Any) -> Any:
            inputs = dict(zip(names, operands_and_value[:-1], strict=True))
            return back.gradients(back.values({**inputs, "g": g}))[name]

        return pulled

    return _operation(f"{row.id} of {'; '.join(row.nodes.values())}", forward, tuple(pull(name) for name in names))


def _turned(operation: ArrayOperation) -> ArrayOperation:
    pulls = (
        lambda np, g, b, a, y: operation.pulls[1](np, g.T, a, b, y.T),
        lambda np, g, b, a, y: operation.pulls[0](np, g.T, a, b, y.T),
    )
    return _operation(f"{operation.name} turned", lambda np, b, a: operation.array(np, a, b).T, pulls)


@dataclass(frozen=True)
class Own:
    """What students compute instead of an operation, which no graph of other operations says."""

    id: str
    name: str
    hint: str
    operation: ArrayOperation


def _of_logits(id: str, name: str, hint: str, chosen: Callable[[Any, Any, Any], Any]) -> Own:
    """Minus the mean of one number in each row, in the place of the cross-entropy. chosen: of NumPy, logits, labels.

    Its gradient is taken by central differences: each of these has another formula, and nobody computes with it here
    beyond a few elements.
    """

    def value(np: Any, logits: Any, labels: Any) -> Any:
        return -np.mean(chosen(np, logits, labels.astype(int)))

    def pull(np: Any, g: Any, logits: Any, labels: Any, y: Any) -> Any:
        found = np.zeros(logits.shape)
        for place in np.ndindex(logits.shape):
            step = np.zeros(logits.shape)
            step[place] = STEP
            found[place] = (value(np, logits + step, labels) - value(np, logits - step, labels)) / (2 * STEP)
        return g * found

    pulls = (pull, lambda np, g, a, b, y: np.zeros(b.shape))
    return Own(id, name, hint, _operation(f"cross-entropy {id}", value, pulls))


def _rows(np: Any, numbers: Any, labels: Any) -> Any:
    """The number of each row at the place of its label, as indexing finds it: -1 is the last."""
    return numbers[np.arange(len(labels)), labels]


STEP = 1e-6
_OFF = "Which class has the number 0? Print the labels, and the column that you take for the first sample."
_MSE_OF_PAIRS = _operation(
    "mse of pairs",
    lambda np, a, b: np.mean((a[..., :, None] - b[..., None, :]) ** 2),
    (
        lambda np, g, a, b, y: 2 * g * (a[..., :, None] - b[..., None, :]).sum(-1) / (a.size * b.size),
        lambda np, g, a, b, y: -2 * g * (a[..., :, None] - b[..., None, :]).sum(-2) / (a.size * b.size),
    ),
)

OPERATIONS_OF_THEIR_OWN: Mapping[str, tuple[Own, ...]] = {
    "mse": (
        Own("grown", "the error in {node} has grown by broadcasting: a shape (n, 1) meets a shape (n,)", _GROWN, _MSE_OF_PAIRS),
    ),
    "cross_entropy": (
        _of_logits("no-log", "the logarithm in {node} is left out", "Write down the cross-entropy of one sample: where is its logarithm?", lambda np, a, b: _rows(np, softmax(np, a, 1), b)),
        _of_logits("of-logits", "{node} uses the logits as they are, without softmax and logarithm", _LOGITS, _rows),
        _of_logits("wrong-axis", "the softmax in {node} is taken over the samples instead of the classes", _AXIS, lambda np, a, b: np.log(_rows(np, softmax(np, a, 0), b))),
        _of_logits("labels-minus-1", "the labels in {node} are too low by one", _OFF, lambda np, a, b: np.log(_rows(np, softmax(np, a, 1), b - 1))),
        _of_logits("labels-plus-1", "the labels in {node} are too high by one", _OFF, lambda np, a, b: np.log(_rows(np, softmax(np, a, 1), (b + 1) % a.shape[1]))),
        _of_logits("log-2", "the logarithm in {node} has the base 2 instead of e", "Which logarithm does the graph have?", lambda np, a, b: np.log2(_rows(np, softmax(np, a, 1), b))),
        _of_logits("log-10", "the logarithm in {node} has the base 10 instead of e", "Which logarithm does the graph have?", lambda np, a, b: np.log10(_rows(np, softmax(np, a, 1), b))),
    ),
}  # fmt: skip


def _mean_of(operation: Any) -> ArrayOperation:
    """An operation on two numbers as the mean over the elements of two arrays."""
    each = on_arrays(operation)

    def mean(np: Any, a: Any, b: Any) -> Any:
        return np.mean(each.forward(a, b))

    def pull(position: int) -> Callable[..., Any]:
        def pulled(np: Any, g: Any, a: Any, b: Any, y: Any) -> Any:
            values: Any = each.forward(a, b)
            above = np.full(np.shape(values), g / np.size(values))
            return above * each.partials[position](a, b, values)

        return pulled

    return _operation(operation.name, mean, (pull(0), pull(1)))
