"""Mistakes of backpropagation: a wrong local derivative; `chains` has those of how they are combined."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

from autograder.graph import OPERATIONS, DerivativeSite, Graph, Link, Node, Rule, derivative_name
from autograder.mistakes.procedure import Mistake
from autograder.text import join_names

SIGMOID = OPERATIONS["sigmoid"].forward


@dataclass(frozen=True)
class Slip:
    """A wrong local derivative. In `name` and `hint`, {partial} is ∂node/∂operand, and {expression} what {node} computes."""

    id: str
    name: str
    hint: str
    rule: Rule  # computes the wrong derivative


def ratio(numerator: float, denominator: float) -> float:
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
        Slip("factor", "{partial} is missing the factor that comes from the exponent", _AGAIN, lambda site: ratio(site.right, site.other)),
        Slip("base", "{partial} is only the exponent, without {operand}", _AGAIN, lambda site: site.other),
        Slip("exponent", "the exponent in {partial} is not lowered by one", _AGAIN, lambda site: site.other * site.value),
        Slip("value", "{partial} is {node} itself instead of its derivative", _AGAIN, lambda site: site.value),
        Slip("integral", "{node} is integrated instead of differentiated", _AGAIN, lambda site: ratio(site.value * site.own, site.other + 1)),
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
    Slip("upside-down", "{partial} is the reciprocal of what it should be", "Is it d {node} / d {operand} or d {operand} / d {node} that is asked for?", lambda site: ratio(1.0, site.right)),
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
