"""Parentheses lost or in another place: two operations of the graph combined in another order.

In s = y_hat - y, loss = s * s, a student who puts y_hat - y in the place of s computes s * y_hat - y.
"""

from collections.abc import Iterable, Iterator
from functools import partial

from autograder.graph import OPERATIONS, Graph, Node, Operation, parse
from autograder.graph.operation import Operand
from autograder.mistakes.family import Family, single
from autograder.mistakes.forward import in_values

Tree = Operand | tuple["Tree", ...]  # a name, a number, or an operation with what it is applied to
RANK = {"+": 1, "-": 1, "*": 2, "/": 2, "neg": 3, "**": 4}  # which operation Python computes first
_HINT = (
    "What does the graph compute first? Look at the parentheses where {node} is computed, and at what goes into each "
    "operation."
)


def regrouped(graph: Graph, *, by_hand: bool) -> Iterator[Family]:
    """Every node with one of its operands put in without parentheses, or with its function moved; see
    `forward.wrong_operations`."""
    for position, node in enumerate(graph.nodes):
        found = (tree for inner in graph.nodes[:position] for tree in _other_orders(node, inner))
        yield from _computed_as("regrouped", dict.fromkeys(found), graph, position, by_hand)


def _computed_as(id: str, trees: Iterable[Tree], graph: Graph, position: int, by_hand: bool) -> Iterator[Family]:
    """A node computed by each of these formulas."""
    node = graph.nodes[position]
    for number, tree in enumerate(trees):
        names = tuple(dict.fromkeys(_names(tree)))
        key = f"{id} {node.name} {number}"
        computed = {key: operation_of(key, tree, names)}
        said = f"{node.name} is computed as {shown(tree)}"
        instead = Node(node.name, key, names)
        hint = (_HINT if id == "regrouped" else _FORMULA).format(node=node.name)
        for each in in_values(f"{id}-{number}@{node.name}", said, hint, position, instead, by_hand, computed):
            yield single(each)


_FORMULA = "Compare the line that computes {node} with the graph: which operations are there, and on which values?"
INSTEAD = ("+", "-", "*", "/")  # of which each is put in the place of another
FUNCTIONS = ("relu", "sigmoid", "tanh", "exp", "neg")  # to which an operand may be given first


def inner_changed(graph: Graph, *, by_hand: bool) -> Iterator[Family]:
    """Every node computed with the formula of one of its operands changed, while that operand itself is right."""
    for position, node in enumerate(graph.nodes):
        found = (
            (node.operation, *(changed if each == inner.name else each for each in node.operands))
            for inner in graph.nodes[:position]
            if inner.name in node.operands
            for changed in _changed(inner)
        )
        yield from _computed_as("inner", dict.fromkeys(found), graph, position, by_hand)


def _changed(inner: Node) -> Iterator[Tree]:
    """The formula of a node with another operation, its operands exchanged, or a function of one of them."""
    of, parts = inner.operation, inner.operands
    if of in INSTEAD:
        yield from ((each, *parts) for each in INSTEAD if each != of)
        yield of, *reversed(parts)
    for index, part in enumerate(parts):
        if isinstance(part, str):
            functions: list[Tree] = [*((name, part) for name in FUNCTIONS), ("**", part, 2.0)]
            yield from ((of, *parts[:index], each, *parts[index + 1 :]) for each in functions)


def _other_orders(node: Node, inner: Node) -> Iterator[Tree]:
    """What `node` computes with the formula of `inner` in its place, grouped otherwise."""
    of, (first, *more) = node.operation, node.operands
    inside, parts = inner.operation, inner.operands
    if inner.name == first and len(more) == len(parts) - 1 == 1:  # (a . b) : c  →  a . (b : c), (a : c) . b
        yield inside, parts[0], (of, parts[1], more[0])
        yield inside, (of, parts[0], more[0]), parts[1]
    if more == [inner.name] and len(parts) == 2:  # c : (a . b)  →  (c : a) . b
        yield inside, (of, first, parts[0]), parts[1]
    if inner.name == first and not more and len(parts) == 2:  # f(a . b)  →  f(a) . b, a . f(b)
        yield inside, (of, parts[0]), parts[1]
        yield inside, parts[0], (of, parts[1])
    if len(parts) == 1 and inner.name in node.operands and len(node.operands) == 2:  # f(a) : c  →  f(a : c)
        yield inside, (of, *(parts[0] if each == inner.name else each for each in node.operands))
    if of == "**" and first == inner.name and more == [2.0] and inside in ("+", "-"):  # written as a product
        a, b = parts
        yield inside, ("*", inner.name, a), b
        yield inside, a, ("*", b, inner.name)
        yield inside, (inside, a, ("*", b, a)), b


def _names(tree: Tree) -> Iterator[str]:
    if isinstance(tree, str):
        yield tree
    elif isinstance(tree, tuple):
        for part in tree[1:]:
            yield from _names(part)


def shown(tree: Tree) -> str:
    """The formula as a student writes it, with the parentheses that it needs."""
    if not isinstance(tree, tuple):
        return str(tree).removesuffix(".0")
    name, *parts = tree
    rank = RANK.get(str(name))
    texts = [shown(part) for part in parts]
    if rank is not None:
        texts = [
            f"({text})" if isinstance(part, tuple) and RANK.get(str(part[0]), 9) < rank + (index > 0) else text
            for index, (part, text) in enumerate(zip(parts, texts, strict=True))
        ]
    return OPERATIONS[str(name)].source.format(*texts)


def operation_of(key: str, tree: Tree, names: tuple[str, ...]) -> Operation:
    """A formula as one operation, with its derivatives by the chain rule."""
    steps: dict[str, str] = {}

    def add(part: Tree) -> str:
        if not isinstance(part, tuple):
            return str(part)
        text = OPERATIONS[str(part[0])].source.format(*map(add, part[1:]))
        steps[f"step_{len(steps)}"] = text
        return f"step_{len(steps) - 1}"

    output = add(tree)
    inside = parse(steps, names)

    def forward(*at: float) -> float:
        return inside.values(dict(zip(names, at, strict=True)))[output]

    def slope(name: str, *at: float) -> float:
        return inside.gradients(inside.values(dict(zip(names, at[:-1], strict=True))))[name]

    return Operation(key, forward, tuple(partial(slope, name) for name in names))
