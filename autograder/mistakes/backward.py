"""Mistakes of backpropagation: a wrong local derivative, or local derivatives combined wrongly by the chain rule.

The gradient with respect to a weight w is the product of the local derivatives along the path from the output L to w:

    ∂L/∂w = ∂L/∂a · ∂a/∂b · … · ∂z/∂w        (summed over the paths, if there are several)
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise

from autograder.graph import OPERATIONS, Graph, Link, Node, derivative_name
from autograder.graph.quantities import local_derivatives
from autograder.mistakes.procedure import Chain, DerivativeSite, Local, Mistake, Numbers, Rule
from autograder.text import join_names

SIGMOID = OPERATIONS["sigmoid"].forward


@dataclass(frozen=True)
class Slip:
    """A wrong local derivative. In `name` and `hint`, {partial} is ∂node/∂operand, and {expression} what {node} computes."""

    id: str
    name: str
    hint: str
    rule: Rule  # computes the wrong derivative


def _ratio(numerator: float, denominator: float) -> float:
    return numerator / denominator if denominator else float("inf")


_AGAIN = "Differentiate {node} = {expression} with respect to {operand} again, holding the other values fixed."
_SIGMOID = "One value appears twice in the sigmoid's derivative: is it the sigmoid's input or its output?"
_GATE = "What is the derivative of ReLU when {operand} is negative, and when it is positive?"
SLIPS: dict[str, tuple[Slip, ...]] = {
    "*": (
        Slip("own-factor", "{partial} is {operand} itself instead of the other factor", _AGAIN, lambda site: site.own),
        Slip("product", "{partial} is the whole product instead of one factor", _AGAIN, lambda site: site.value),
        Slip("sum", "{partial} is the sum of the two factors", _AGAIN, lambda site: site.own + site.other),
    ),
    "**": (
        Slip("factor", "{partial} is missing the factor that comes from the exponent", _AGAIN, lambda site: _ratio(site.right, site.other)),
        Slip("base", "{partial} is only the exponent, without {operand}", _AGAIN, lambda site: site.other),
        Slip("exponent", "the exponent in {partial} is not lowered by one", _AGAIN, lambda site: site.other * site.value),
        Slip("value", "{partial} is {node} itself instead of its derivative", _AGAIN, lambda site: site.value),
        Slip("integral", "{node} is integrated instead of differentiated", _AGAIN, lambda site: _ratio(site.value * site.own, site.other + 1)),
        Slip("size", "{partial} is never negative: it uses the absolute value of {operand}", "Can {partial} be negative, and when?", lambda site: abs(site.right)),
    ),
    "relu": (
        Slip("gate", "{partial} is 1 everywhere: the derivative of ReLU is left out", _GATE, lambda site: 1.0),
        Slip("signed-gate", "{partial} is -1 when {operand} is negative", _GATE, lambda site: site.right or -1.0),
        Slip("turned-gate", "{partial} is 1 where it should be 0, and 0 where it should be 1", _GATE, lambda site: 1.0 - site.right),
        Slip("value", "{partial} is the value of {node} instead of a derivative", _GATE, lambda site: site.value),
        Slip("input-value", "{partial} is the value of {operand} instead of a derivative", _GATE, lambda site: site.own),
        Slip("zero-gate", "{partial} is 0 everywhere", _GATE, lambda site: 0.0),
    ),
    "sigmoid": (
        Slip("at-its-input", "{partial} is computed from the sigmoid's input, as {operand} (1 - {operand})", _SIGMOID, lambda site: site.own * (1 - site.own)),
        Slip("of-its-output", "{partial} is the sigmoid's derivative at {node} instead of at {operand}", _SIGMOID, lambda site: SIGMOID(site.value) * (1 - SIGMOID(site.value))),
        Slip("first-factor", "{partial} is only {node}: the second factor is missing", _SIGMOID, lambda site: site.value),
        Slip("second-factor", "{partial} is only 1 - {node}: the first factor is missing", _SIGMOID, lambda site: 1 - site.value),
        Slip("plus", "{partial} has a plus sign where the formula has a minus sign", _SIGMOID, lambda site: site.value * (1 + site.value)),
        Slip("output-squared", "{partial} is {node} squared", _SIGMOID, lambda site: site.value * site.value),
        Slip("mixed", "one factor of {partial} is computed from the sigmoid's input, the other from its output", _SIGMOID, lambda site: site.own * (1 - site.value)),
        Slip("mixed-turned", "one factor of {partial} is computed from the sigmoid's input, the other from its output", _SIGMOID, lambda site: site.value * (1 - site.own)),
        Slip("sigmoid-of-input", "{partial} is {operand}, the sigmoid's input, instead of a derivative", _SIGMOID, lambda site: site.own),
        Slip("tanh", "{partial} is the derivative of tanh", "Which activation function does the graph have at {node}?", lambda site: 1 - site.value * site.value),
    ),
    "tanh": (
        Slip("at-its-input", "{partial} is computed from the input of tanh instead of its output", _AGAIN, lambda site: 1 - site.own * site.own),
        Slip("sigmoid", "{partial} is the derivative of the sigmoid", "Which activation function does the graph have at {node}?", lambda site: site.value * (1 - site.value)),
    ),
    "log": (Slip("value", "{partial} is {node} itself instead of its derivative", _AGAIN, lambda site: site.value),),
    "exp": (Slip("input", "{partial} is {operand} instead of the exponential", _AGAIN, lambda site: site.own),),
    "-": (
        Slip("difference", "{partial} is the difference itself instead of its derivative", _AGAIN, lambda site: site.value),
    ),
    "+": (
        Slip("sum", "{partial} is the sum itself instead of its derivative", _AGAIN, lambda site: site.value),
    ),
}  # fmt: skip
ANYWHERE = (  # for every operation; tried last, because SLIPS and the mistakes of the chain rule are more specific
    Slip("sign", "{partial} has the wrong sign", "Does {node} increase or decrease when {operand} increases a little?", lambda site: -site.right),
    Slip("one", "{partial} is 1", _AGAIN, lambda site: 1.0),
    Slip("zero", "{partial} is 0", _AGAIN, lambda site: 0.0),
    Slip("own", "{partial} is {operand} itself", _AGAIN, lambda site: site.own),
    Slip("upside-down", "{partial} is the reciprocal of what it should be", "Is it d {node} / d {operand} or d {operand} / d {node} that is asked for?", lambda site: _ratio(1.0, site.right)),
    Slip("doubled", "{partial} has an extra factor 2", _AGAIN, lambda site: 2 * site.right),
    Slip("halved", "{partial} has an extra factor 1/2", _AGAIN, lambda site: site.right / 2),
    Slip("squared", "{partial} is squared", "How many times does this derivative appear in the chain rule?", lambda site: site.right * site.right),
)  # fmt: skip


def local_mistakes(graph: Graph, *, usual: bool) -> Iterator[Mistake]:
    """Every local derivative replaced by a wrong one.

    Args:
        graph: The graph of the function.
        usual: Whether to replace them by what students often write for the operation (SLIPS), or by other values of
            the graph.
    """
    for node, operand in _links(graph):
        words = _words(node, operand)
        if usual:
            for slip in SLIPS.get(node.operation, ()):
                yield _local(slip, (node.name, operand), words)
            if node.operation == "*" and operand == node.operands[1] and isinstance(other := node.operands[0], str):
                # After the mistakes in one of the two derivatives, because a function may return only one.
                yield _factors_exchanged(node, other, operand)
            continue
        for name in graph.names:
            if not OPERATIONS[node.operation].linear and name not in (*node.operands, node.name):
                for number, (said, rule) in enumerate(_other_values(name, node.operation)):
                    yield _local(Slip(f"{name}-{number}", said, _AGAIN, rule), (node.name, operand), words)


def slips_anywhere(graph: Graph) -> Iterator[Mistake]:
    """Every local derivative replaced by what students write for any operation (ANYWHERE)."""
    for node, operand in _links(graph):
        for slip in ANYWHERE:
            yield _local(slip, (node.name, operand), _words(node, operand))


def gates_elsewhere(graph: Graph) -> Iterator[Mistake]:
    """The derivative of a ReLU with the condition at another value: the same for most inputs."""
    for node, operand in _links(graph):
        for name in graph.names if node.operation == "relu" else ():
            if name not in (operand, node.name):
                said = f"{{partial}} depends on the sign of {name} instead of {{operand}}"
                slip = Slip(f"sign-of-{name}", said, _AGAIN, partial(_gate, name))
                yield _local(slip, (node.name, operand), _words(node, operand))


def _gate(name: str, site: DerivativeSite) -> float:
    return float(site.values[name] > 0)


def _factors_exchanged(node: Node, first: str, second: str) -> Mistake:
    """The two local derivatives of a product, exchanged."""
    links = {(node.name, first): _own, (node.name, second): _own}
    partials = join_names([derivative_name(*link) for link in links])
    hint = f"Differentiate {node.name} = {node.text} once with respect to {first} and once with respect to {second}, holding the other one fixed."
    return Mistake(
        f"factors@{node.name}",
        f"{partials} are exchanged",
        hint,
        lambda procedure: replace(procedure, local={**procedure.local, **links}),
        by_hand=True,
    )


def _own(site: DerivativeSite) -> float:
    return site.own


def _other_values(name: str, operation: str) -> Iterator[tuple[str, Rule]]:
    """The value `name` instead of a local derivative, or where a sigmoid's or tanh's derivative has another value:
    σ'(a) = σ(a) (1 − σ(a)), tanh'(a) = 1 − tanh²(a)."""
    yield f"{{partial}} is {name}", lambda site: site.values[name]
    if operation == "sigmoid":
        yield (
            f"{{partial}} is computed with {name} where the formula has 1",
            lambda site: site.value * (site.values[name] - site.value),
        )
        yield (
            f"{{partial}} is computed as {name} (1 - {name})",
            lambda site: site.values[name] * (1 - site.values[name]),
        )
        yield (
            f"{{partial}} is the sigmoid's derivative at {name} instead of at {{operand}}",
            lambda site: SIGMOID(site.values[name]) * (1 - SIGMOID(site.values[name])),
        )
    if operation == "tanh":
        yield f"{{partial}} is computed as 1 - {name} squared", lambda site: 1 - site.values[name] ** 2


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
            yield _chained(f"{id}@gradients", name, hint, {weight: _changed(weight, change) for weight in weights})
    for weight in weights:
        gradient = derivative_name(graph.output, weight)
        for id, name, hint, chain in _chains(graph, weight, weights):
            by_hand = hint in (_FACTOR, _path(graph, weight))
            yield _chained(f"{id}@{gradient}", name, hint, {weight: chain}, by_hand=by_hand)


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
            yield _chained(f"{id}@{place}", name, _path(graph, group[-1]), chains, by_hand=True)


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
    return _replaced(weight, link, lambda right, _: _ratio(1.0, right))


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


def _chained(id: str, name: str, hint: str, chains: dict[str, Chain], *, by_hand: bool = False) -> Mistake:
    return Mistake(
        id, name, hint, lambda procedure: replace(procedure, chain={**procedure.chain, **chains}), by_hand=by_hand
    )


def _local(slip: Slip, link: Link, words: dict[str, str]) -> Mistake:
    name, hint = (text.format(**words) for text in (slip.name, slip.hint))
    return Mistake(
        f"{slip.id}@{words['partial']}",
        name,
        hint,
        lambda procedure: replace(procedure, local={**procedure.local, link: slip.rule}),
        by_hand=True,
    )


def _links(graph: Graph) -> Iterator[tuple[Node, str]]:
    """Every node with each of its operands that has a name, in the order of backpropagation."""
    return ((node, operand) for node in reversed(graph.nodes) for operand in node.names)


def _words(node: Node, operand: str) -> dict[str, str]:
    partial = derivative_name(node.name, operand)
    return {"node": node.name, "operand": operand, "partial": partial, "expression": node.text}
