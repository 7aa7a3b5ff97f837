"""What the name of a quantity means and what it is worth: `y_hat` is a node's value, `dloss_dw` a derivative.

`dA_dB` is the total derivative d A / d B, along all ways from A back to B. Where A uses B directly and in no other way,
it is at the same time the local derivative of A's operation. Where A uses B directly and through another node as well
(`Graph.bypassed`), the two differ: the graph then has no name for the local one, and a rubric must not ask for the
total one, because students could mean either.
"""

import functools
from collections.abc import Collection, Iterable, Iterator, Mapping

from autograder.graph.engine import Graph, Link, Node
from autograder.graph.operation import ArrayOperation, Value


def derivative_name(of: str, wrt: str) -> str:
    """The name of d of / d wrt, for instance "dloss_dw"."""
    return f"d{of}_d{wrt}"


def split_derivative(name: str, known: Collection[str]) -> Link | None:
    """("loss", "w") from "dloss_dw" if both are known names, None if it is no such derivative."""
    if not name.startswith("d"):
        return None
    parts = name[1:].split("_d")  # a name may hold "_d" itself: every place to split is tried
    splits = (("_d".join(parts[:n]), "_d".join(parts[n:])) for n in range(1, len(parts)))
    return next(((of, wrt) for of, wrt in splits if of in known and wrt in known), None)


def derivative(graph: Graph, name: str) -> Link | None:
    """What the name of a derivative is a derivative of, and by what; None of a node, an input and any other name."""
    return None if name in graph.names else _split(name, graph.names)


@functools.lru_cache(maxsize=4096)
def _split(name: str, known: tuple[str, ...]) -> Link | None:
    """`split_derivative`, remembered: the checks ask for each name of a lab again and again."""
    return split_derivative(name, known)


def is_ambiguous(graph: Graph, name: str) -> bool:
    """Whether a name could be the local derivative or the total one, and the two differ."""
    return derivative(graph, name) in graph.bypassed


def local_derivatives(graph: Graph) -> dict[str, Link]:
    """The names that stand for a local derivative, each with its link, in the order of the graph."""
    links = (
        (node.name, operand)
        for node in graph.nodes
        for operand in node.names
        if not graph.has_arrays or _has_value(graph, node, operand)
    )
    return {derivative_name(*link): link for link in links if link not in graph.bypassed}


def _has_value(graph: Graph, node: Node, operand: str) -> bool:
    """Whether a local derivative in a graph of arrays can be one number for each element."""
    operation = graph.operations[node.operation]
    return operand not in graph.labels and (not isinstance(operation, ArrayOperation) or operation.to_number)


def depends_on(graph: Graph, name: str) -> set[str]:
    """The quantities that one is computed from, directly or not: nothing for an input."""
    found: dict[str, None] = {}
    waiting = [name]
    for each in waiting:  # it grows
        new = [operand for operand in _operands(graph, each) if operand not in found]
        found.update(dict.fromkeys(new))
        waiting += new
    return set(found)


def _operands(graph: Graph, name: str) -> Iterator[str]:
    """What a quantity is computed from: a node from its operands; its derivative by one of them from all these; a
    derivative by something further back from the derivative by what uses that, and the local one."""
    link = derivative(graph, name)
    of, wrt = link or (name, None)
    node = next((node for node in graph.nodes if node.name == of), None)
    if node is None:
        return
    if wrt is None or wrt in node.names:
        yield from node.names
        yield from [node.name] if wrt else []
        return
    for user in graph.nodes:
        if wrt in user.names:
            yield derivative_name(of, user.name)
            yield derivative_name(user.name, wrt)


def in_order(graph: Graph, names: Iterable[str]) -> list[str]:
    """Names of quantities in the order of computation: values forward, local derivatives back from the output, then
    the gradients."""
    forward = {name: position for position, name in enumerate(graph.names)}
    local = local_derivatives(graph)

    def place(name: str) -> tuple[int, int]:
        pair = derivative(graph, name)
        if pair is None:
            return 0, forward.get(name, 0)
        of, wrt = pair
        return (1, -forward[of]) if name in local else (2, -forward[wrt])

    return sorted(names, key=place)


def chain(graph: Graph, name: str) -> tuple[str, ...]:
    """The local derivatives that a derivative of the output is a product of, from the output backward; of a local
    derivative, those before it and itself.

    () for a value, and where several ways lead back or a local derivative has no name. With arrays it is no product of
    numbers, so it is () as well.
    """
    link = derivative(graph, name)
    if link is None or graph.has_arrays:
        return ()
    local = {pair: each for each, pair in local_derivatives(graph).items()}
    of, at = link
    found: list[str] = []
    if link in local and of != graph.output:
        found, at = [local[link]], of
    while at != graph.output:
        users = [node.name for node in graph.nodes if at in node.names]
        if len(users) != 1 or (users[0], at) not in local:
            return ()
        found.insert(0, local[users[0], at])
        at = users[0]
    return tuple(found)


def link_name(graph: Graph, link: Link) -> str:
    """What a local derivative is called where each has to be called something: if it has no name, in words."""
    name = derivative_name(*link)
    return f"{name} along its arrow" if link in graph.bypassed else name


def expected(graph: Graph, quantities: Iterable[str], inputs: Mapping[str, Value]) -> dict[str, Value]:
    """The right values of quantities at `inputs` (float64), by name. Raises LookupError for a derivative that has none,
    because it would need an axis for each axis of both."""
    values = graph.values({name: inputs[name] for name in graph.inputs})
    local: Mapping[Link, float] = {}
    gradients: dict[str, dict[str, Value]] = {}
    found: dict[str, Value] = {}
    for quantity in quantities:
        link = derivative(graph, quantity)
        if link is None:
            found[quantity] = values[quantity]
        else:
            of, wrt = link
            if of not in gradients:
                local = local or graph.partials(values)
                gradients[of] = graph.backward(local, of)
            found[quantity] = gradients[of][wrt]
    return found
