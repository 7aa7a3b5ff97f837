"""Mistakes of backpropagation: local derivatives combined wrongly by the chain rule.

The gradient with respect to a weight w is the product of the local derivatives along the path from the output L to w:

    ∂L/∂w = ∂L/∂a · ∂a/∂b · … · ∂z/∂w        (summed over the paths, if there are several)
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import pairwise

from autograder.graph import Graph, Link, derivative_name
from autograder.graph.quantities import local_derivatives
from autograder.mistakes.backward import ratio
from autograder.mistakes.procedure import Chain, Local, Mistake, Numbers, Procedure


def chain_mistakes(graph: Graph, weights: Sequence[str]) -> Iterator[Mistake]:
    """Gradients of the output combined wrongly from the local derivatives: of all weights at once, then of each one."""
    if len(weights) > 1:
        for id, name, hint, change in (
            ("sign", "all gradients have the wrong sign", "Does the loss increase or decrease when a weight increases a little?", lambda g, _: -g),
            ("twice", "all gradients are twice what they should be", "Is a factor used twice, or does backward() run twice before the gradients are read?", lambda g, _: 2 * g),
            ("half", "all gradients are half of what they should be", "Check the local derivatives that all gradients share: where is a factor missing?", lambda g, _: g / 2),
            ("zero", "all gradients are 0", "Does the loss depend on the weights, and is backward() called before the gradients are read?", lambda g, _: 0.0),
            ("step", "all gradients are multiplied by a learning rate of 0.01", "Return the gradients themselves; the learning rate belongs in the update.", lambda g, _: 0.01 * g),
            ("times-loss", "all gradients are multiplied by the loss", "What is passed to backward()? It starts with 1.", lambda g, loss: g * loss),
            ("loss", "all gradients are equal to the loss", "Which attribute of a tensor holds its gradient?", lambda _, loss: loss),
        ):  # fmt: skip
            yield chained(f"{id}@gradients", name, hint, {weight: _changed(weight, change) for weight in weights})
    for weight in weights:
        gradient = derivative_name(graph.output, weight)
        for id, name, hint, chain in _chains(graph, weight, weights):
            by_hand = hint in (_FACTOR, _path(graph, weight))
            yield chained(f"{id}@{gradient}", name, hint, {weight: chain}, by_hand=by_hand)


def on_the_path(graph: Graph, weight: str) -> list[Link]:
    """The links from the output back to `weight`, in the order of backpropagation."""
    after = graph.with_dependents([weight])
    return [(node.name, name) for node in reversed(graph.nodes) for name in node.names if name in after]


_FACTOR = "Which factor in the chain rule could cause that?"


_Row = tuple[str, str, str, Chain]


def _path(graph: Graph, weight: str) -> str:
    return (
        f"Write down the path from {graph.output} back to {weight}, with one local derivative for each arrow, and "
        "multiply them all."
    )


def _chains(graph: Graph, weight: str, weights: Sequence[str]) -> Iterator[_Row]:
    """(id, name, hint, chain) of every wrong way to compute ∂output/∂weight from the local derivatives."""
    path = on_the_path(graph, weight)
    output, gradient = graph.output, derivative_name(graph.output, weight)
    hint = _path(graph, weight)
    for link in path:
        partial = derivative_name(*link)
        yield (
            f"without-{partial}",
            f"{partial} is left out of {gradient}",
            hint,
            _replaced(weight, link, lambda right, _: 1.0),
        )
        yield (
            f"twice-{partial}",
            f"{partial} appears twice in {gradient}",
            hint,
            _replaced(weight, link, lambda right, _: right * right),
        )
    passed = {name for name, _ in path}
    for node in (node.name for node in graph.nodes[:-1] if node.name in passed):
        said = f"{gradient} is only d{node}_d{weight}: the path from {output} to {node} is missing"
        yield f"from-{node}", said, hint, _started_at(node, weight)
        said = f"{gradient} is only d{output}_d{node}: the path from {node} to {weight} is missing"
        yield f"to-{node}", said, hint, _gradient_of(node)
    for name, operand in path:
        for other in next(node for node in graph.nodes if node.name == name).names:
            if other != operand:
                said = f"{gradient} uses {derivative_name(name, other)} instead of {derivative_name(name, operand)}"
                yield f"through-{other}-at-{name}", said, hint, _detour(weight, (name, operand), (name, other))
    yield (
        "sum",
        f"the local derivatives in {gradient} are added instead of multiplied",
        hint,
        lambda g, local, values: sum(local[link] for link in path),
    )
    for other in weights:
        if other != weight:
            said = f"{gradient} is the gradient with respect to {other}"
            yield f"of-{other}", said, hint, _gradient_of(other)
            for rate in (0.01, 0.1, 1.0):
                said = f"{gradient} is computed after {other} has been updated (learning rate {rate:g})"
                order = "Compute all gradients first, with the old weights, and only then update the weights."
                yield f"updated-{other}-{rate:g}", said, order, _updated(weight, other, rate)
    for id, said, change in (
        ("sign", f"{gradient} has the wrong sign", lambda g, _: -g),
        ("twice", f"{gradient} is twice what it should be", lambda g, _: 2 * g),
        ("half", f"{gradient} is half of what it should be", lambda g, _: g / 2),
        ("size", f"{gradient} has lost its minus sign", lambda g, _: abs(g)),
        ("zero", f"{gradient} is 0", lambda g, _: 0.0),
        ("loss", f"{gradient} is the loss itself", lambda _, loss: loss),
        ("times-loss", f"{gradient} is multiplied by the loss", lambda g, loss: g * loss),
        ("step", f"{gradient} is multiplied by a learning rate of 0.01", lambda g, _: 0.01 * g),
    ):  # fmt: skip
        yield id, said, _FACTOR, _changed(weight, change)
    yield (
        "weight",
        f"{gradient} is {weight} itself",
        "Which attribute of a tensor holds its gradient?",
        lambda g, local, values: values[weight],
    )


def unusual_chains(graph: Graph, weights: Sequence[str]) -> Iterator[Mistake]:
    """Gradients with a factor that does not belong there, or that is divided by or added; all of them, or one."""
    groups = [(weights, "all gradients", "gradients")] if len(weights) > 1 else []
    named = [(weight, derivative_name(graph.output, weight)) for weight in weights]
    for group, said, place in [*groups, *(((weight,), name, name) for weight, name in named)]:
        for id, name, chain in _unusual(graph, group, said):
            chains = {weight: chain(weight) for weight in group}
            yield chained(f"{id}@{place}", name, _path(graph, group[-1]), chains, by_hand=True)


def _unusual(graph: Graph, weights: Sequence[str], said: str) -> Iterator[tuple[str, str, Callable[[str], Chain]]]:
    """(id, name, chain by the weight) of what may be wrong in the gradients with respect to these weights.

    said: what the gradients are called.
    """
    are, have = ("are", "have") if len(weights) > 1 else ("is", "has")
    shared = [link for link in on_the_path(graph, weights[0]) if all(link in on_the_path(graph, w) for w in weights)]
    for name, link in local_derivatives(graph).items():
        if link not in shared:
            yield f"times-{name}", f"{said} {have} an extra factor {name}", partial(_times_local, link)
            continue
        yield f"divided-by-{name}", f"{said} {are} divided by {name} instead of multiplied", partial(_divided, link)
        yield f"plus-{name}", f"{name} is added in {said} instead of multiplied", partial(_added, link)
        if len(weights) > 1:
            yield f"without-{name}", f"{name} is left out of {said}", partial(_left_out, link)
    for one, other in pairwise(shared):
        names = derivative_name(*one), derivative_name(*other)
        added = f"{names[0]} and {names[1]} are added in {said} instead of multiplied"
        yield f"{names[0]}-plus-{names[1]}", added, partial(_two_added, one, other)
    for name in graph.names[:-1]:  # the output is a factor in `chain_mistakes`
        yield f"times-{name}", f"{said} {have} an extra factor {name}", partial(_times_value, name)
    yield "sum-and-1", f"the local derivatives in {said} are added to 1 instead of multiplied", _sum_and_1


def _two_added(one: Link, other: Link, weight: str) -> Chain:
    return lambda graph, local, values: graph.backward({**local, one: local[one] + local[other], other: 1.0})[weight]


def _left_out(link: Link, weight: str) -> Chain:
    return _replaced(weight, link, lambda right, _: 1.0)


def _sum_and_1(weight: str) -> Chain:
    return lambda graph, local, values: 1.0 + sum(local[link] for link in on_the_path(graph, weight))


def _divided(link: Link, weight: str) -> Chain:
    return _replaced(weight, link, lambda right, _: ratio(1.0, right))


def _added(link: Link, weight: str) -> Chain:
    without = _left_out(link, weight)
    return lambda graph, local, values: without(graph, local, values) + local[link]


def _times_local(link: Link, weight: str) -> Chain:
    return lambda graph, local, values: graph.backward(local)[weight] * local[link]


def _times_value(name: str, weight: str) -> Chain:
    return lambda graph, local, values: graph.backward(local)[weight] * values[name]


def _changed(weight: str, change: Callable[[float, float], float]) -> Chain:
    """A chain whose result g is changed at the end: change(g, loss)."""
    return lambda graph, local, values: change(graph.backward(local)[weight], values[graph.output])


def _replaced(weight: str, link: Link, change: Callable[[float, Numbers], float]) -> Chain:
    """A chain with one local derivative replaced: change(derivative, values)."""
    return lambda graph, local, values: graph.backward({**local, link: change(local[link], values)})[weight]


def _started_at(of: str, weight: str) -> Chain:
    """A chain that starts at the node `of` instead of the output."""
    return lambda graph, local, values: graph.backward(local, of)[weight]


def _gradient_of(other: str) -> Chain:
    """The gradient with respect to another input or node."""
    return lambda graph, local, values: graph.backward(local)[other]


def _detour(weight: str, link: Link, instead: Link) -> Chain:
    """A chain that uses the local derivative of another link."""
    return lambda graph, local, values: graph.backward({**local, link: local[instead]})[weight]


def _updated(weight: str, other: str, rate: float) -> Chain:
    """A chain computed after `other` has been updated by gradient descent with learning rate `rate`.

    Only the local derivatives that depend on `other` directly change: the node values are still the old ones.
    """

    def chain(graph: Graph, local: Local, values: Numbers) -> float:
        new = values[other] - rate * graph.backward(local)[other]
        changed = graph.partials({**values, other: new})
        before = graph.partials(values)
        return graph.backward(
            {link: changed[link] if changed[link] != before[link] else local[link] for link in local}
        )[weight]

    return chain


def chained(id: str, name: str, hint: str, chains: Mapping[str, Chain], *, by_hand: bool = False) -> Mistake:
    """A mistake with other chains, by the weight."""
    return Mistake(id, name, hint, partial(with_chains, chains), by_hand=by_hand)


def with_chains(chains: Mapping[str, Chain], work: Procedure) -> Procedure:
    """The procedure with other chains, by the weight."""
    return replace(work, chain={**work.chain, **chains})
