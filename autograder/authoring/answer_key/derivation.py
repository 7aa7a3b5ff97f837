"""The correct results of a computation graph at its published inputs: values, local derivatives, and gradients by the
chain rule, step by step."""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from autograder.authoring.answer_key.exact import Exact, ExactNumber, number
from autograder.graph import Graph, Link, Node
from autograder.graph.notation import derivative_sign, expression, factor, in_latex, partial, symbol
from autograder.graph.quantities import derivative, link_name, local_derivatives

MOST_PATHS = 8  # written out for one gradient; the sum of the others is one more term


@dataclass(frozen=True)
class Equation:
    """A quantity and how it is computed."""

    name: str  # as in the rubric
    pieces: tuple[str, ...]  # LaTeX; a line may break between two: r"\hat{y}", r"= x \cdot w", r"= 4 \cdot 0.5", "= 2"
    number: ExactNumber


@dataclass(frozen=True)
class Path:
    """One path from a node back to the name that it is differentiated with respect to."""

    factors: tuple[str, ...]  # the local derivatives on it, by name
    value: float  # their product


@dataclass(frozen=True)
class Gradient:
    """A derivative by the chain rule: a sum over all paths of the products of their local derivatives."""

    name: str
    lines: tuple[tuple[str, ...], ...]  # the steps of the derivation, each in pieces of LaTeX as those of an Equation
    paths: tuple[Path, ...]  # at most MOST_PATHS
    of_paths: int  # how many there are
    number: ExactNumber


@dataclass(frozen=True)
class Derived:
    """The results of a graph at `inputs`."""

    inputs: Mapping[str, float]
    values: tuple[Equation, ...]
    partials: tuple[Equation, ...]  # the local derivatives, in the order of backpropagation
    gradients: tuple[Gradient, ...]


def derive(graph: Graph, exact: Exact, wanted: Iterable[str]) -> Derived:
    """Derive everything that can be asked about a graph.

    Args:
        graph: The graph.
        exact: Its exact results at the inputs.
        wanted: The derivatives to write out by the chain rule.

    Raises:
        NoKey: A result is not finite at these inputs.
    """
    numbers = _Numbers(graph, exact)
    return Derived(
        {name: float(exact.inputs[name]) for name in graph.inputs},
        tuple(_value(node, numbers) for node in graph.nodes),
        tuple(_partial(node, operand, numbers) for node in reversed(graph.nodes) for operand in node.names),
        tuple(_gradient(graph, name, numbers) for name in wanted),
    )


class _Numbers:
    """The results of a graph, as they are shown."""

    def __init__(self, graph: Graph, exact: Exact) -> None:
        self.graph = graph
        self.exact = exact
        self.nodes = {node.name: node for node in graph.nodes}
        self.values = {name: number(value) for name, value in exact.values.items()}
        self.partials = {link: number(value) for link, value in exact.partials.items()}
        self.floats = {name: each.value for name, each in self.values.items()}


def _value(node: Node, numbers: _Numbers) -> Equation:
    steps = [expression(node), expression(node, numbers.floats)]
    return _equation(node.name, symbol(node.name), steps, numbers.values[node.name])


def _partial(node: Node, operand: str, numbers: _Numbers) -> Equation:
    steps = [partial(node, operand), partial(node, operand, numbers.floats)]
    name, sign = link_name(numbers.graph, (node.name, operand)), derivative_sign(node.name, operand)
    return _equation(name, sign, steps, numbers.partials[node.name, operand])


def _equation(name: str, sign: str, steps: list[str], result: ExactNumber) -> Equation:
    """The steps, each of them once, and the result only at the end."""
    said = [f"= {step}" for step in steps if step != in_latex(result.value)]
    pieces = dict.fromkeys([*said, *result.equals])
    return Equation(name, (sign, *pieces), result)


def _gradient(graph: Graph, name: str, numbers: _Numbers) -> Gradient:
    pair = derivative(graph, name)
    assert pair is not None  # the rubric has been validated
    of, wrt = pair
    result = number(numbers.exact.gradient(of, wrt))
    many = _ways(graph, of, wrt)[of]
    links = list(islice(_walks(numbers.nodes, of, wrt, _ways(graph, of, wrt)), MOST_PATHS))
    paths = tuple(_path(walk, numbers) for walk in links)
    rest = result.value - sum(path.value for path in paths) if many > len(paths) else None

    def line(text: Iterable[str], more: str) -> tuple[str, ...]:
        return (*text, *([f"+ {more}"] if rest is not None else []))

    signs = _sum([[derivative_sign(*link) for link in walk] for walk in links])
    formulas = _sum([[partial(numbers.nodes[node], operand) for node, operand in walk] for walk in links])
    put_in = _sum([[in_latex(numbers.partials[link].value) for link in walk] for walk in links])
    lines = [line(signs, r"\cdots"), line(formulas, r"\cdots"), line(put_in, in_latex(rest or 0.0))]
    if many > 1:
        lines.append(line(_sum([[in_latex(path.value)] for path in paths]), in_latex(rest or 0.0)))
    steps = dict.fromkeys([*(each for each in lines if each), *((piece,) for piece in result.equals)])
    head, *others = steps
    return Gradient(name, ((derivative_sign(of, wrt), *head), *others), paths, many, result)


def _sum(products: list[list[str]]) -> list[str]:
    """A sum of products in pieces, the first of which starts with "="."""
    pieces = []
    for number_of, product in enumerate(products):
        for place, each in enumerate(product):
            sign = r"\cdot" if place else "+" if number_of else "="
            alone = len(product) == 1
            pieces.append(f"{sign} {each if alone and sign == '=' else factor(each, first=sign == '=')}")
    return pieces


def _path(walk: tuple[Link, ...], numbers: _Numbers) -> Path:
    product = math.prod(numbers.partials[link].value for link in walk)
    return Path(tuple(link_name(numbers.graph, link) for link in walk), product + 0.0)  # not -0.0


def _ways(graph: Graph, of: str, wrt: str) -> Mapping[str, int]:
    """How many paths lead from each name back to `wrt`."""
    ways = {name: int(name == wrt) for name in graph.names}
    for node in graph.nodes:
        if node.name != wrt:
            ways[node.name] = sum(ways[operand] for operand in node.names)
    return ways


def _walks(nodes: Mapping[str, Node], of: str, wrt: str, ways: Mapping[str, int]) -> Iterator[tuple[Link, ...]]:
    """Every path from `of` back to `wrt`, as its links."""
    if of == wrt:
        yield ()
        return
    for operand in nodes[of].names:
        if ways[operand]:
            for rest in _walks(nodes, operand, wrt, ways):
                yield ((of, operand), *rest)


def chained(graph: Graph, name: str) -> bool:
    """Whether a quantity is a derivative that needs the chain rule: more than one local derivative."""
    return derivative(graph, name) is not None and name not in local_derivatives(graph)
