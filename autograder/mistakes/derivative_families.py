"""Unusual local derivatives: another value in the place of one, or of an operand in it, and difference quotients."""

# ruff: noqa: E501 - a table reads best with one row a line

import math
import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import combinations, combinations_with_replacement

from autograder.graph import OPERATIONS, DerivativeSite, Graph, Link, Node, Rule, derivative_name
from autograder.mistakes.backward import SIGMOID, ratio
from autograder.mistakes.family import Change, Family, Solved, single
from autograder.mistakes.procedure import Mistake, Numbers

AGAIN = "Differentiate {node} = {expression} with respect to {operand} again, holding the other values fixed."
_VARIABLES = "Which variable holds which value? Compare the order in which you unpack them with the order in which they are returned."
_WHOLE = "What is the derivative where {operand} is not a whole number: does a cast to int change it?"
TWO: tuple[tuple[str, str, Callable[[float, float], float]], ...] = (
    ("plus", "{a} + {b}", lambda a, b: a + b),
    ("minus", "{a} - {b}", lambda a, b: a - b),
    ("under", "{b} - {a}", lambda a, b: b - a),
    ("times", "{a} * {b}", lambda a, b: a * b),
)
# Formulas that students write for a derivative: of the operand a and the value y.
FORMULAS: Mapping[str, tuple[tuple[str, str, Rule], ...]] = {
    "sigmoid": (
        ("rest-squared", "(1 - {node}) squared", lambda site: (1 - site.value) ** 2),
        ("second-squared", "{node} times (1 - {node}) squared", lambda site: site.value * (1 - site.value) ** 2),
        ("root", "the square root of {node} (1 - {node})", lambda site: math.sqrt(site.value * (1 - site.value))),
        ("one-minus-twice", "1 - 2 {node}", lambda site: 1 - 2 * site.value),
        ("exp", "exp(-{operand})", lambda site: math.exp(-site.own)),
        ("exp-plus", "exp({operand})", lambda site: math.exp(site.own)),
        ("without-square", "exp(-{operand}) / (1 + exp(-{operand})), without the square", lambda site: 1 - site.value),
        ("cubed", "{node} squared times (1 - {node})", lambda site: site.value**2 * (1 - site.value)),
        ("of-formula", "the sigmoid of {node} (1 - {node})", lambda site: SIGMOID(site.value * (1 - site.value))),
    ),
    "tanh": (("linear", "1 - {node}", lambda site: 1 - site.value),),
    "relu": (
        ("whole", "{operand} cut to a whole number", lambda site: math.trunc(site.own)),
        ("rounded", "{operand} rounded to a whole number", lambda site: round(site.own)),
        ("size", "the absolute value of {operand}", lambda site: abs(site.own)),
        ("whole-value", "{node} cut to a whole number", lambda site: math.trunc(site.value)),
    ),
    "**": (
        ("whole", "2 times {operand} cut to a whole number", lambda site: 2 * math.trunc(site.own)),
        ("root", "the square root of {operand}", lambda site: math.sqrt(site.own)),
    ),
}  # fmt: skip


ATOMS: tuple[tuple[str, Rule], ...] = (  # factors of which students make the derivative of a sigmoid or of tanh
    ("{node}", lambda site: site.value),
    ("{operand}", lambda site: site.own),
    ("sigmoid({node})", lambda site: SIGMOID(site.value)),
    ("sigmoid({operand})", lambda site: SIGMOID(site.own)),
    ("exp(-{operand})", lambda site: math.exp(-site.own)),
    ("exp({operand})", lambda site: math.exp(site.own)),
    ("(1 - {node})", lambda site: 1 - site.value),
    ("(1 + {node})", lambda site: 1 + site.value),
    ("(1 - {operand})", lambda site: 1 - site.own),
    ("(1 + {operand})", lambda site: 1 + site.own),
    ("(1 - sigmoid({node}))", lambda site: 1 - SIGMOID(site.value)),
    ("(1 + exp(-{operand}))", lambda site: 1 + math.exp(-site.own)),
    ("(1 - exp(-{operand}))", lambda site: 1 - math.exp(-site.own)),
    ("{node} ** 2", lambda site: site.value**2),
)


def unusual_derivatives(graph: Graph, links: Sequence[Link], *, few: bool) -> Iterator[Family]:
    """Each of these local derivatives replaced by a formula of other values. few: whether only by simple ones."""
    nodes = {node.name: node for node in graph.nodes}
    for link in links:
        yield from _formulas(nodes[link[0]], link)
        yield from _of_values(graph, nodes[link[0]], link, few=few)


def _formulas(node: Node, link: Link) -> Iterator[Family]:
    words = {"node": node.name, "operand": link[1]}
    for id, formula, rule in FORMULAS.get(node.operation, ()):
        hint = _WHOLE if "whole number" in formula else AGAIN
        yield _one(f"formula-{id}", formula.format(**words), link, node, rule, hint)
    for one, other in combinations_with_replacement(ATOMS if node.operation in ("sigmoid", "tanh") else (), 2):
        for sign, of in (("*", operator.mul), ("/", ratio)):
            formula = f"{one[0]} {sign} {other[0]}".format(**words)
            yield _one(f"formula {formula}", formula, link, node, partial(_of_two, one[1], other[1], of))
    for id, cut in (("whole", math.trunc), ("nearest", round)):
        rule = partial(_cut, cut)
        yield _one(f"right-{id}", "cut or rounded to a whole number", link, node, rule, _WHOLE)


def _of_two(one: Rule, other: Rule, of: Callable[[float, float], float], site: DerivativeSite) -> float:
    return of(one(site), other(site))


def _cut(cut: Callable[[float], int], site: DerivativeSite) -> float:
    return float(cut(site.right))


def _of_values(graph: Graph, node: Node, link: Link, *, few: bool) -> Iterator[Family]:
    """A derivative computed from values that do not belong into it: a multiple of one, one and a constant, two."""
    near = _near(graph, node)
    for name in graph.names:
        if name != link[1] and not getattr(OPERATIONS[node.operation], "linear", False):
            said = f"the derivative at {name} instead of at {link[1]}"
            yield _one(f"at-{name}", said, link, node, partial(_at, node, link[1], name))
        yield _one(f"value-{name}", name, link, node, partial(_value, name))
        for id, formula, factor, term in (
            ("more", "{} + 1", 1, 1),
            ("less", "{} - 1", 1, -1),
            ("rest", "1 - {}", -1, 1),
        ):
            yield _one(f"one-{id}-{name}", formula.format(name), link, node, partial(_linear, name, factor, term))
        yield _one(
            f"times-{name}", f"multiplied by {name}, which does not belong there", link, node, partial(_times, name)
        )
        yield _one(f"and-{name}", f"too large by {name}", link, node, partial(_plus, name, 1.0))
        yield _one(f"less-{name}", f"too small by {name}", link, node, partial(_plus, name, -1.0))
        if few or name not in near:
            continue
        for id, said, at in (
            ("multiple", f"{{value}} times {name}", lambda p, name=name: lambda site: p * site.values[name]),
            ("shifted", f"{name} plus {{value}}", lambda p, name=name: lambda site: site.values[name] + p),
            ("rest", f"{{value}} minus {name}", lambda p, name=name: lambda site: p - site.values[name]),
        ):
            yield _solved(f"{id}-{name}", f"computed from {name}", said, link, node, at)
        for own in dict.fromkeys((*node.names, node.name)):
            for id, formula, of in TWO if name != own else ():
                rule = partial(_both, own, name, of)
                yield _one(f"{own}-{id}-{name}", formula.format(a=own, b=name), link, node, rule)
    yield _solved(
        "shift",
        "too large or too small by a constant",
        "what it should be plus {value}",
        link,
        node,
        lambda p: lambda site: site.right + p,
    )


def _near(graph: Graph, node: Node) -> set[str]:
    """The node, and all values one or two links from it: those that a student may mistake for each other."""
    beside = [each for each in graph.nodes if node.name in each.names or each.name in node.names]
    return {node.name, *node.names}.union(*({each.name, *each.names} for each in beside))


def _linear(name: str, factor: float, term: float, site: DerivativeSite) -> float:
    return factor * site.values[name] + term


def _value(name: str, site: DerivativeSite) -> float:
    return site.values[name]


def _times(name: str, site: DerivativeSite) -> float:
    return site.right * site.values[name]


def _plus(name: str, sign: float, site: DerivativeSite) -> float:
    return site.right + sign * site.values[name]


def _both(own: str, name: str, of: Callable[[float, float], float], site: DerivativeSite) -> float:
    return of(site.values[own], site.values[name])


def _at(node: Node, operand: str, name: str, site: DerivativeSite) -> float:
    """The local derivative with the value `name` in the place of an operand."""
    return _partial(node, operand, {**site.values, operand: site.values[name]}, None)


def _partial(node: Node, operand: str, values: Numbers, value: float | None) -> float:
    """The local derivative ∂node/∂operand at these values. value: of the node itself, if it is not computed again."""
    operation = OPERATIONS[node.operation]
    at = [values[each] if isinstance(each, str) else each for each in node.operands]
    y = operation.forward(*at) if value is None else value
    pairs = zip(node.operands, operation.partials, strict=True)
    return sum(slope(*at, y) for each, slope in pairs if each == operand)


def values_exchanged(graph: Graph) -> Iterator[Family]:
    """All derivatives computed with two values in each other's place, or with one in the place of another."""
    for one, other in combinations(graph.names, 2):
        yield _with_values(
            graph,
            f"swapped@{one},{other}",
            f"the derivatives are computed with {one} and {other} exchanged",
            {one: other, other: one},
        )
        for name, instead in ((one, other), (other, one)):
            yield _with_values(
                graph,
                f"{instead}-as@{name},values",
                f"the derivatives are computed with {instead} in the place of {name}",
                {name: instead},
            )
    names = [node.name for node in graph.nodes]
    for first, second, third in zip(names, names[1:], names[2:], strict=False):
        for a, b, c in ((first, second, third), (third, second, first)):
            said = f"the derivatives are computed with {first}, {second} and {third} in each other's place"
            yield _with_values(graph, f"turned@{a},{b},{c}", said, {a: b, b: c, c: a})


def _with_values(graph: Graph, id: str, said: str, instead: Mapping[str, str]) -> Family:
    rules = {
        (node.name, operand): partial(_among, node, operand, instead) for node in graph.nodes for operand in node.names
    }
    return single(
        Mistake(id, said, _VARIABLES, lambda work: replace(work, local={**work.local, **rules}), by_hand=True)
    )


def _among(node: Node, operand: str, instead: Mapping[str, str], site: DerivativeSite) -> float:
    values = {name: site.values[instead.get(name, name)] for name in (*node.names, node.name)}
    return _partial(node, operand, values, values[node.name])


def _one(id: str, said: str, link: Link, node: Node, rule: Rule, hint: str = AGAIN) -> Family:
    name = derivative_name(*link)
    return single(
        Mistake(f"{id}-as@{name}", f"{name} is {said}", _words(hint, node, link), _change(link, rule), by_hand=True)
    )


def _solved(id: str, name: str, said: str, link: Link, node: Node, at: Callable[[float], Rule]) -> Family:
    partial_name = derivative_name(*link)
    return Family(
        f"{id}@{partial_name}",
        f"{partial_name} is {name}",
        f"{partial_name} is {said}",
        _words(AGAIN, node, link),
        lambda p: _change(link, at(p)),
        Solved(searched=False),
        (0.0,),
        by_hand=True,
    )


def _words(hint: str, node: Node, link: Link) -> str:
    return hint.format(node=node.name, operand=link[1], expression=node.text)


def _change(link: Link, rule: Rule) -> Change:
    return lambda work: replace(work, local={**work.local, link: rule})
