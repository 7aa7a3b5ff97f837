"""Mistakes of backpropagation that only vectors and matrices invite: transposes, and means and sums over the batch."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from autograder.graph import OPERATIONS, ArrayOperation, DerivativeSite, Graph, Link, Node, Rule, derivative_name
from autograder.graph.array_operations import one_hot, softmax
from autograder.graph.local_map import LocalMap, WholeRule
from autograder.mistakes.procedure import Chain, Local, Mistake, Numbers


@dataclass(frozen=True)
class Step:
    """A wrong way of a gradient back from a node {node} to its operand {operand}."""

    id: str
    name: str
    hint: str
    pull: Callable[..., Any]  # of the node's gradient, and the operands
    position: int | None = None  # of the operand; None for each


_SHAPES = "Write down the shapes of {node}'s gradient and of {operand}: which product has the shape of {operand}?"
_CLASSES = (
    "Differentiate the cross-entropy by one logit: what is subtracted from the probabilities, and for which class?"
)
STEPS: dict[str, tuple[Step, ...]] = {
    "@": (
        Step("other-transposed", "the other factor has a wrong transpose in the gradient of {operand}", _SHAPES, lambda g, a, b: a @ g, 1),
        Step("other-transposed", "the other factor has a wrong transpose in the gradient of {operand}", _SHAPES, lambda g, a, b: g @ b, 0),
        Step("order", "the two factors of the gradient of {operand} are in the wrong order", _SHAPES, lambda g, a, b: g @ a.T, 1),
        Step("order", "the two factors of the gradient of {operand} are in the wrong order", _SHAPES, lambda g, a, b: b.T @ g, 0),
        Step("transposed", "the gradient of {operand} is transposed", _SHAPES, lambda g, a, b: (a.T @ g).T, 1),
        Step("transposed", "the gradient of {operand} is transposed", _SHAPES, lambda g, a, b: (g @ b.T).T, 0),
        Step("elementwise", "the gradient of {operand} multiplies element by element, with * instead of @", _SHAPES, lambda g, a, b: _upright(g, a) * a, 1),
        Step("row-sums", "the gradient of {operand} sums the other factor without {node}'s gradient", _SHAPES, lambda g, a, b: a.sum(0), 1),
    ),
    "cross_entropy": (
        Step("no-one-hot", "the gradient of {operand} is softmax alone: 1 is not subtracted at the right class", _CLASSES, lambda g, a, b: g * softmax(np, a) / len(a), 0),
        Step("logits-for-softmax", "the gradient of {operand} uses the logits instead of their softmax", _CLASSES, lambda g, a, b: g * (a - one_hot(np, b, a.shape[1])) / len(a), 0),
        Step("one-hot-only", "the gradient of {operand} lacks the softmax", _CLASSES, lambda g, a, b: -g * one_hot(np, b, a.shape[1]) / len(a), 0),
        Step("over-elements", "the gradient of {operand} is divided by the number of all logits instead of samples", _CLASSES, lambda g, a, b: g * (softmax(np, a) - one_hot(np, b, a.shape[1])) / a.size, 0),
        Step("shifted-classes", "1 is subtracted at the wrong class in the gradient of {operand}: the labels are off by one", _CLASSES, lambda g, a, b: g * (softmax(np, a) - one_hot(np, b - 1, a.shape[1])) / len(a), 0),
        Step("classes-plus-1", "1 is subtracted at the wrong class in the gradient of {operand}: the labels are off by one", _CLASSES, lambda g, a, b: g * (softmax(np, a) - one_hot(np, (b + 1) % a.shape[1], a.shape[1])) / len(a), 0),
        Step("wrong-axis", "the softmax in the gradient of {operand} is taken over the samples instead of the classes", _CLASSES, lambda g, a, b: g * (softmax(np, a, 0) - one_hot(np, b, a.shape[1])) / len(a), 0),
        Step("ones", "1 is subtracted at every class in the gradient of {operand}", _CLASSES, lambda g, a, b: g * (softmax(np, a) - 1) / len(a), 0),
    ),
    "relu": (
        Step("gate-of-gradient", "the gate of the ReLU at {node} looks at the sign of the gradient instead of {operand}", "Which values decide where the ReLU at {node} lets a gradient through?", lambda g, a: g * (g > 0)),
    ),
}  # fmt: skip


def array_slips(graph: Graph, weights: Sequence[str], published: Numbers) -> Iterator[Mistake]:
    """Every step back through an operation on arrays, taken wrongly.

    Args:
        graph: The graph of the function.
        weights: The inputs that it differentiates by; the first other one has a row for each sample.
        published: The graph's inputs on the lab sheet.
    """
    batch = next((name for name in graph.inputs if name not in weights), "")
    for node in reversed(graph.nodes):
        if node.operation == "@":
            yield from _other_factors(graph, node)
        if batch and isinstance(OPERATIONS[node.operation], ArrayOperation):
            yield from _sizes(node, batch, np.shape(published[batch])[:1])
        for step in STEPS.get(node.operation, ()):
            for position, operand in enumerate(node.operands):
                if isinstance(operand, str) and step.position in (None, position):
                    words = {"node": node.name, "operand": operand}
                    place = f"{step.id}@{derivative_name(node.name, operand)}"
                    link = (node.name, operand)
                    yield _local(
                        place, step.name.format(**words), step.hint.format(**words), link, partial(_step, step.pull)
                    )


def _other_factors(graph: Graph, node: Node) -> Iterator[Mistake]:
    """The gradient of one factor of a product, computed with another value than the other factor."""
    for position, operand in enumerate(node.operands):
        other = node.operands[1 - position]
        for name in graph.names:
            if isinstance(operand, str) and isinstance(other, str) and name not in node.names and name != node.name:
                said = f"the gradient of {operand} is computed with {name} instead of {other}"
                place = f"{name}-for-{other}@{derivative_name(node.name, operand)}"
                hint = _SHAPES.format(node=node.name, operand=operand)
                yield _local(place, said, hint, (node.name, operand), partial(_with_factor, name))


def _with_factor(name: str, site: DerivativeSite) -> Any:
    instead = np.asarray(site.values[name])
    if instead.shape != np.shape(site.other):
        raise LookupError(name)
    turned = (lambda above: above @ instead.T) if site.position == 0 else (lambda above: instead.T @ above)
    return LocalMap(turned, np.shape(site.own))


def _sizes(node: Node, batch: str, published: tuple[int, ...]) -> Iterator[Mistake]:
    """The number of samples as a factor too many on the way back to one operand, and on to all before it; or that of
    the lab sheet in its place."""
    for operand in node.names:
        place = derivative_name(node.name, operand)
        for id, what, change in (
            ("times-n", "multiplied", _times_samples),
            ("over-n", "divided", _over_samples),
        ):
            said = f"the gradient is {what} by the number of samples on its way from {node.name} to {operand}"
            yield _local(f"{id}@{place}", said, _BATCH, (node.name, operand), partial(_sized, change, batch))
        for samples in published if node.operation in MEANS else ():
            said = f"the gradient of {operand} is divided by {samples}, however many samples there are"
            rule = partial(_sized, partial(_of_the_sheet, samples), batch)
            yield _local(f"fixed-n@{place}", said, _SIZES, (node.name, operand), rule)


def _of_the_sheet(published: int, gradient: Any, samples: int) -> Any:
    return gradient * (samples / published)


def _sized(change: Callable[[Any, int], Any], batch: str, site: DerivativeSite) -> Any:
    samples = np.shape(site.values[batch])[:1]
    if not samples:
        raise LookupError(batch)
    return change(site.right, samples[0])


def batch_mistakes(graph: Graph, weights: Sequence[str]) -> Iterator[Mistake]:
    """Gradients of the output that are summed where the graph takes a mean, averaged where it sums, or not at all.

    First of all of them, then of each one.
    """
    batch = next((name for name in graph.inputs if name not in weights), None)
    if batch is None:
        return
    gradients = [derivative_name(graph.output, weight) for weight in weights]
    groups = [(tuple(weights), "all gradients are", "gradients")] if len(weights) > 1 else []
    groups += [((weight,), f"{name} is", name) for weight, name in zip(weights, gradients, strict=True)]
    for group, said, place in groups:
        for id, what, change in (
            ("times-n", "multiplied by the number of samples: a mean is missing", _times_samples),
            ("over-n", "divided by the number of samples once too often", _over_samples),
        ):
            chains: dict[str, Chain] = {weight: partial(_of_batch, change, batch, weight) for weight in group}
            yield _chained(f"{id}@{place}", f"{said} {what}", _BATCH, chains)
        for weight in group if len(group) == 1 else ():
            transposed = partial(_transposed, weight)
            said_so = f"{place} is transposed: rows and columns are exchanged"
            yield _chained(f"transposed@{place}", said_so, _TURNED, {weight: transposed})
    if len(weights) > 1:  # after each one: where only one is a matrix, that one is named
        said = "all gradients are transposed: rows and columns are exchanged"
        chains = {weight: partial(_transposed, weight) for weight in weights}
        yield _chained("transposed@gradients", said, _TURNED, chains)
    for node, weight in _broadcast(graph, weights):
        name = derivative_name(graph.output, weight)
        said = f"{name} is not summed: {weight} is added to every sample, and each sends a gradient back"
        yield _chained(f"not-summed@{name}", said, _BATCH, {weight: partial(_unsummed, node.name)})
        for id, over, axis in (("wrong-axis", "the other axis", -1), ("all-axes", "all axes", None)):
            said = f"{name} is summed over {over}, not over the samples"
            yield _chained(f"{id}@{name}", said, _BATCH, {weight: partial(_summed, node.name, axis)})


_SIZES = "Which number in your program is only right for the lab sheet's samples?"
MEANS = ("mean", "mse", "cross_entropy")
_TURNED = "A gradient has the shape of what it belongs to: print both."
_BATCH = "Which axes does the loss average over, how often is each sample counted, and what is summed on the way back?"


def _broadcast(graph: Graph, weights: Sequence[str]) -> Iterator[tuple[Node, str]]:
    """The sums in which a weight may be added to many samples at once."""
    return (
        (node, name)
        for node in graph.nodes
        if node.operation in ("+", "-") and len(node.names) == 2
        for name in node.names
        if name in weights
    )


def _unsummed(node: str, graph: Graph, local: Local, values: Numbers) -> Any:
    return graph.backward(local)[node]


def _summed(node: str, axis: int | None, graph: Graph, local: Local, values: Numbers) -> Any:
    found = np.asarray(graph.backward(local)[node])
    if found.ndim < 2:
        raise LookupError(node)
    return found.sum(axis)


def _transposed(weight: str, graph: Graph, local: Local, values: Numbers) -> Any:
    return np.transpose(graph.backward(local)[weight])


def _times_samples(gradient: Any, samples: int) -> Any:
    return gradient * samples


def _over_samples(gradient: Any, samples: int) -> Any:
    return gradient / samples


def _of_batch(
    change: Callable[[Any, int], Any], batch: str, weight: str, graph: Graph, local: Local, values: Numbers
) -> Any:
    samples = np.shape(values[batch])[:1]
    if not samples:
        raise LookupError(batch)
    return change(graph.backward(local)[weight], samples[0])


def _step(pull: Callable[..., Any], site: DerivativeSite) -> Any:
    """The wrong step as a map; its result keeps the shape that it has."""
    operands = [np.asarray(each) for each in site.operands]
    return LocalMap(lambda above: pull(np.asarray(above), *operands), None)


def _upright(gradient: Any, like: Any) -> Any:
    return gradient[:, None] if gradient.ndim < like.ndim else gradient


def _local(id: str, name: str, hint: str, link: Link, rule: Rule) -> Mistake:
    rules = {link: WholeRule(rule)}
    return Mistake(
        id, name, hint, lambda procedure: replace(procedure, local={**procedure.local, **rules}), by_hand=True
    )


def _chained(id: str, name: str, hint: str, chains: dict[str, Chain]) -> Mistake:
    return Mistake(
        id, name, hint, lambda procedure: replace(procedure, chain={**procedure.chain, **chains}), by_hand=True
    )
