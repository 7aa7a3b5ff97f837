"""Mistakes of backpropagation: a wrong local derivative, or a chain rule that leaves its path."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from autograder.graph import OPERATIONS, Graph, Link, Node, derivative_name
from autograder.mistakes.procedure import Chain, DerivativeSite, Local, Mistake, Numbers, Rule
from autograder.text import join_names

SIGMOID = OPERATIONS["sigmoid"].forward


@dataclass(frozen=True)
class Slip:
    """A wrong local derivative: what stands in the right one's place."""

    id: str
    name: str
    hint: str
    rule: Rule


def _ratio(numerator: float, denominator: float) -> float:
    return numerator / denominator if denominator else float("inf")


_AGAIN = "Work out the derivative of {node} = {expression} by {operand} again, the other values held fixed."
_SIGMOID = "The sigmoid's derivative takes one value of this node twice: its input, or its output?"
_GATE = "What is ReLU's derivative where {operand} is negative, and where it is positive?"
SLIPS: dict[str, tuple[Slip, ...]] = {
    "*": (
        Slip("own-factor", "{partial} is {operand} itself instead of the other factor", _AGAIN, lambda site: site.own),
        Slip("product", "{partial} is the whole product", _AGAIN, lambda site: site.value),
        Slip("sum", "{partial} is the sum of the factors", _AGAIN, lambda site: site.own + site.other),
    ),
    "**": (
        Slip("factor", "{partial} lacks the factor that the exponent brings down", _AGAIN, lambda site: _ratio(site.right, site.other)),
        Slip("base", "{partial} is the exponent only, without {operand}", _AGAIN, lambda site: site.other),
        Slip("exponent", "in {partial} the exponent is not lowered by one", _AGAIN, lambda site: site.other * site.value),
        Slip("value", "{partial} is {node} itself, not differentiated", _AGAIN, lambda site: site.value),
        Slip("size", "{partial} has lost its sign: it is taken of the size of {operand}", "May {partial} be negative? When?", lambda site: abs(site.right)),
    ),
    "relu": (
        Slip("gate", "the derivative of ReLU is left out of {partial}: it is 1 everywhere", _GATE, lambda site: 1.0),
        Slip("leaky-gate", "{partial} is that of a leaky ReLU", _GATE, lambda site: site.right or 0.01),
        Slip("signed-gate", "{partial} is -1 where ReLU is flat", _GATE, lambda site: site.right or -1.0),
        Slip("turned-gate", "{partial} is 1 where it should be 0, and the reverse", _GATE, lambda site: 1.0 - site.right),
        Slip("value", "{partial} is the value of {node} instead of a derivative", _GATE, lambda site: site.value),
        Slip("input-value", "{partial} is the value of {operand} instead of a derivative", _GATE, lambda site: site.own),
        Slip("zero-gate", "{partial} is 0 everywhere", _GATE, lambda site: 0.0),
    ),
    "sigmoid": (
        Slip("at-its-input", "{partial} is taken with the sigmoid's input, {operand} (1 - {operand})", _SIGMOID, lambda site: site.own * (1 - site.own)),
        Slip("of-its-output", "{partial} is the sigmoid's derivative at {node} instead of at {operand}", _SIGMOID, lambda site: SIGMOID(site.value) * (1 - SIGMOID(site.value))),
        Slip("first-factor", "{partial} is {node} only, its second factor is missing", _SIGMOID, lambda site: site.value),
        Slip("second-factor", "{partial} is 1 - {node} only, its first factor is missing", _SIGMOID, lambda site: 1 - site.value),
        Slip("plus", "{partial} has a plus where the formula has a minus", _SIGMOID, lambda site: site.value * (1 + site.value)),
        Slip("output-squared", "{partial} is {node} squared", _SIGMOID, lambda site: site.value * site.value),
        Slip("mixed", "{partial} takes one factor from the sigmoid's input and one from its output", _SIGMOID, lambda site: site.own * (1 - site.value)),
        Slip("mixed-turned", "{partial} takes one factor from the sigmoid's input and one from its output", _SIGMOID, lambda site: site.value * (1 - site.own)),
        Slip("sigmoid-of-input", "{partial} is the sigmoid's input {operand}, not a derivative", _SIGMOID, lambda site: site.own),
        Slip("tanh", "{partial} is the derivative of tanh", "Which activation does the graph have at {node}?", lambda site: 1 - site.value * site.value),
    ),
    "tanh": (
        Slip("at-its-input", "{partial} is taken with tanh's input instead of its output", _AGAIN, lambda site: 1 - site.own * site.own),
        Slip("sigmoid", "{partial} is the derivative of the sigmoid", "Which activation does the graph have at {node}?", lambda site: site.value * (1 - site.value)),
    ),
    "log": (Slip("value", "{partial} is {node} itself, not differentiated", _AGAIN, lambda site: site.value),),
    "exp": (Slip("input", "{partial} is {operand}, not the exponential", _AGAIN, lambda site: site.own),),
    "-": (
        Slip("difference", "{partial} is the difference itself, not differentiated", _AGAIN, lambda site: site.value),
    ),
    "+": (
        Slip("sum", "{partial} is the sum itself, not differentiated", _AGAIN, lambda site: site.value),
    ),
}  # fmt: skip
ANYWHERE = (  # whatever the operation; last, because the ones above and those of the chain say more
    Slip("sign", "{partial} has the wrong sign", "Which way does {node} move when {operand} grows a little?", lambda site: -site.right),
    Slip("one", "{partial} is 1", _AGAIN, lambda site: 1.0),
    Slip("zero", "{partial} is 0", _AGAIN, lambda site: 0.0),
    Slip("own", "{partial} is {operand} itself", _AGAIN, lambda site: site.own),
    Slip("upside-down", "{partial} is upside down", "d {node} / d {operand}, not d {operand} / d {node}.", lambda site: _ratio(1.0, site.right)),
    Slip("doubled", "{partial} has a factor 2 too many", _AGAIN, lambda site: 2 * site.right),
    Slip("halved", "{partial} has a factor 1/2 too many", _AGAIN, lambda site: site.right / 2),
    Slip("squared", "{partial} is squared", "How often does this derivative stand in the chain?", lambda site: site.right * site.right),
)  # fmt: skip


def local_mistakes(graph: Graph, *, usual: bool) -> Iterator[Mistake]:
    """Every local derivative replaced by every wrong one that its operation invites, if `usual`; else by other values."""
    for node, operand in _links(graph):
        words = _words(node, operand)
        if usual:
            for slip in SLIPS.get(node.operation, ()):
                yield _local(slip, (node.name, operand), words)
            if node.operation == "*" and operand == node.operands[1] and isinstance(other := node.operands[0], str):
                yield _factors_exchanged(node, other, operand)  # after both alone: not all of a node's may be asked for
            continue
        for position, name in enumerate(graph.names):
            if not OPERATIONS[node.operation].linear and name not in (*node.operands, node.name):
                said = f"{{partial}} is taken with {name}" if position else f"{{partial}} is {name}"
                rules = (lambda site, name=name: site.values[name], _in_place_of_one(name))
                for number, rule in enumerate(rules if node.operation == "sigmoid" else rules[:1]):
                    yield _local(Slip(f"{name}-{number}", said, _AGAIN, rule), (node.name, operand), words)


def slips_anywhere(graph: Graph) -> Iterator[Mistake]:
    """Every local derivative replaced by what students write whatever the operation is."""
    for node, operand in _links(graph):
        for slip in ANYWHERE:
            yield _local(slip, (node.name, operand), _words(node, operand))


def _factors_exchanged(node: Node, first: str, second: str) -> Mistake:
    """Both local derivatives of a product in each other's place."""
    links = {(node.name, first): _own, (node.name, second): _own}
    partials = join_names([derivative_name(*link) for link in links])
    hint = f"Differentiate {node.name} = {node.text} once by {first} and once by {second}, the other one held fixed."
    return Mistake(
        f"factors@{node.name}",
        f"{partials} are exchanged",
        hint,
        lambda procedure: replace(procedure, local={**procedure.local, **links}),
    )


def _own(site: DerivativeSite) -> float:
    return site.own


def _in_place_of_one(name: str) -> Rule:
    return lambda site: site.value * (site.values[name] - site.value)


def chain_mistakes(graph: Graph, weights: Sequence[str]) -> Iterator[Mistake]:
    """The gradient of the output with respect to each weight, put together in a wrong way; before that of all of them."""
    if len(weights) > 1:
        for id, name, hint, change in (
            ("sign", "all gradients have the wrong sign", "Which way does the loss move when a weight grows a little?", lambda g, _: -g),
            ("twice", "all gradients are twice what they should be", "How often does backward() run before the gradients are read?", lambda g, _: 2 * g),
            ("half", "all gradients are half of what they should be", "Go through the local derivatives: which factor is missing in all of them?", lambda g, _: g / 2),
            ("zero", "all gradients are 0", "Is backward() called before the gradients are read, and does the loss depend on the weights?", lambda g, _: 0.0),
            ("step", "all gradients are multiplied by a learning rate of 0.01", "Return the gradients themselves; the learning rate belongs to an update.", lambda g, _: 0.01 * g),
            ("loss", "all gradients are the loss", "Which attribute of a tensor holds its gradient?", lambda _, loss: loss),
        ):  # fmt: skip
            yield _chained(f"{id}@gradients", name, hint, {weight: _changed(weight, change) for weight in weights})
    for weight in weights:
        gradient = derivative_name(graph.output, weight)
        for id, name, hint, chain in _chains(graph, weight, weights):
            yield _chained(f"{id}@{gradient}", name, hint, {weight: chain})


def on_the_path(graph: Graph, weight: str) -> list[Link]:
    """The links from the output back to `weight`, in the order of backpropagation."""
    after = graph.with_dependents([weight])
    return [(node.name, name) for node in reversed(graph.nodes) for name in node.names if name in after]


_PATH = "Write the path from {output} back to {weight} down, one derivative for each arrow, and multiply them all."
_Row = tuple[str, str, str, Chain]


def _chains(graph: Graph, weight: str, weights: Sequence[str]) -> Iterator[_Row]:
    """(id, name, hint, chain) of every wrong way to put d output / d weight together."""
    path = on_the_path(graph, weight)
    output, gradient = graph.output, derivative_name(graph.output, weight)
    hint = _PATH.format(output=output, weight=weight)
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
            f"{partial} is in {gradient} twice",
            hint,
            _replaced(weight, link, lambda right, _: right * right),
        )
    nodes = [
        node
        for node in graph.nodes[:-1]
        if (output, node.name) == path[0] or any(node.name == name for name, _ in path)
    ]
    for node in nodes:
        said = f"{gradient} is only d{node.name}_d{weight}: the way from {output} to {node.name} is missing"
        yield f"from-{node.name}", said, hint, _entered(node.name, weight)
        said = f"{gradient} is only d{output}_d{node.name}: the way from {node.name} to {weight} is missing"
        yield f"to-{node.name}", said, hint, _gradient_of(node.name)
    for name, operand in path:
        for other in next(node for node in graph.nodes if node.name == name).names:
            if other != operand:
                said = f"{gradient} goes through {derivative_name(name, other)} instead of {derivative_name(name, operand)}"
                yield f"through-{other}-at-{name}", said, hint, _other_way(weight, (name, operand), (name, other))
    yield (
        "sum",
        f"in {gradient} the local derivatives are added instead of multiplied",
        hint,
        lambda g, local, values: sum(local[link] for link in path),
    )
    for other in weights:
        if other != weight:
            said = f"{gradient} is the gradient of {other}"
            yield f"of-{other}", said, hint, _gradient_of(other)
            for rate in (0.01, 0.1, 1.0):
                said = f"{gradient} is taken with {other} already updated (learning rate {rate:g})"
                mend = "Compute all gradients first, with the weights as they are; only then change the weights."
                yield f"updated-{other}-{rate:g}", said, mend, _updated(weight, other, rate)
    ending = "Which factors of the chain could give that?"
    for id, said, change in (
        ("sign", f"{gradient} has the wrong sign", lambda g, _: -g),
        ("twice", f"{gradient} is twice what it should be", lambda g, _: 2 * g),
        ("half", f"{gradient} is half of what it should be", lambda g, _: g / 2),
        ("size", f"{gradient} has lost its sign", lambda g, _: abs(g)),
        ("zero", f"{gradient} is 0", lambda g, _: 0.0),
        ("loss", f"{gradient} is the loss itself", lambda _, loss: loss),
        ("times-loss", f"{gradient} is multiplied by the loss", lambda g, loss: g * loss),
        ("step", f"{gradient} comes with a learning rate of 0.01", lambda g, _: 0.01 * g),
    ):  # fmt: skip
        yield id, said, ending, _changed(weight, change)
    yield (
        "weight",
        f"{gradient} is {weight} itself",
        "Which attribute of a tensor holds its gradient?",
        lambda g, local, values: values[weight],
    )


def _changed(weight: str, change: Callable[[float, float], float]) -> Chain:
    """A chain whose result, with the loss beside it, is changed in the end."""
    return lambda graph, local, values: change(graph.backward(local)[weight], values[graph.output])


def _replaced(weight: str, link: Link, change: Callable[[float, Numbers], float]) -> Chain:
    """A chain with another factor for one link."""
    return lambda graph, local, values: graph.backward({**local, link: change(local[link], values)})[weight]


def _entered(of: str, weight: str) -> Chain:
    """A chain that begins at another node than the output."""
    return lambda graph, local, values: graph.backward(local, of)[weight]


def _gradient_of(other: str) -> Chain:
    """The gradient with respect to another input or node."""
    return lambda graph, local, values: graph.backward(local)[other]


def _other_way(weight: str, link: Link, instead: Link) -> Chain:
    return lambda graph, local, values: graph.backward({**local, link: local[instead]})[weight]


def _updated(weight: str, other: str, rate: float) -> Chain:
    """The chain after one step of gradient descent of another weight: only the local derivatives that are that weight
    itself change, as they do when the weight is assigned too early."""

    def chain(graph: Graph, local: Local, values: Numbers) -> float:
        new = values[other] - rate * graph.backward(local)[other]
        changed = graph.partials({**values, other: new})
        before = graph.partials(values)
        return graph.backward(
            {link: changed[link] if changed[link] != before[link] else local[link] for link in local}
        )[weight]

    return chain


def _chained(id: str, name: str, hint: str, chains: dict[str, Chain]) -> Mistake:
    return Mistake(id, name, hint, lambda procedure: replace(procedure, chain={**procedure.chain, **chains}))


def _local(slip: Slip, link: Link, words: dict[str, str]) -> Mistake:
    name, hint = (text.format(**words) for text in (slip.name, slip.hint))
    return Mistake(
        f"{slip.id}@{words['partial']}",
        name,
        hint,
        lambda procedure: replace(procedure, local={**procedure.local, link: slip.rule}),
    )


def _links(graph: Graph) -> Iterator[tuple[Node, str]]:
    """Every node with each of its operands, in the order of backpropagation."""
    return ((node, operand) for node in reversed(graph.nodes) for operand in node.names)


def _words(node: Node, operand: str) -> dict[str, str]:
    partial = derivative_name(node.name, operand)
    return {"node": node.name, "operand": operand, "partial": partial, "expression": node.text}
