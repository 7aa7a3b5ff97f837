"""Derivatives approximated by a difference quotient whose step is too large, or that is not divided by its step.

(f(a + h) - f(a)) / h is only near the derivative; the larger h, the farther from it.
"""

# ruff: noqa: E501 - a table reads best with one row a line

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from autograder.graph import OPERATIONS, DerivativeSite, Graph, Link, Node, derivative_name
from autograder.mistakes.chains import with_chains
from autograder.mistakes.family import Change, Family, Solved
from autograder.mistakes.procedure import Local, Numbers

_HINT = "How far is the quotient from the derivative when its step is smaller, and what is the difference divided by?"
Function = Callable[[float], float]  # of one number, all others held


@dataclass(frozen=True)
class Quotient:
    """An approximation of f'(a) with the step h."""

    id: str
    said: str  # with the step as {value}
    of: Callable[[Function, float, float], float]  # of f, a and h


QUOTIENTS = (
    Quotient("quotient", "a difference quotient with a step of {value}", lambda f, a, h: (f(a + h) - f(a)) / h),
    Quotient("quotient-central", "a central difference quotient with a step of {value} to each side", lambda f, a, h: (f(a + h) - f(a - h)) / (2 * h)),
    Quotient("quotient-difference", "a difference that is not divided by its step, {value}", lambda f, a, h: f(a + h) - f(a)),
    Quotient("quotient-undivided", "a central difference that is not divided by its step, {value} to each side", lambda f, a, h: f(a + h) - f(a - h)),
    Quotient("quotient-halved", "a difference quotient with a step of {value}, divided by twice the step", lambda f, a, h: (f(a + h) - f(a)) / (2 * h)),
)  # fmt: skip


def quotients(graph: Graph, weights: Sequence[str], links: Mapping[str, Link]) -> Iterator[Family]:
    """All gradients by difference quotients, then each one, then local derivatives."""
    groups = [("all gradients", "gradients", tuple(weights))] if len(weights) > 1 else []
    groups += [(name, name, (weight,)) for weight in weights for name in (derivative_name(graph.output, weight),)]
    nodes = {node.name: node for node in graph.nodes}
    for quotient in QUOTIENTS:
        for name, place, group in groups:
            are = "are each" if len(group) > 1 else "is"
            yield _family(quotient, name, are, place, partial(_gradients, quotient, group))
        for name, link in links.items():
            if not getattr(OPERATIONS[nodes[link[0]].operation], "linear", False):
                yield _family(quotient, name, "is", name, partial(_derivative, quotient, nodes[link[0]], link[1]))


def _family(quotient: Quotient, name: str, are: str, place: str, at: Callable[[float], Change]) -> Family:
    said = f"{name} {are} {quotient.said}"
    vague = said.replace(" with a step of {value}", "").replace(", {value}", "").replace(" to each side", "")
    return Family(f"{quotient.id}@{place}", vague, said, _HINT, at, Solved((0.1371, 0.2173)), (0.0,))


def _gradients(quotient: Quotient, weights: Sequence[str], step: float) -> Change:
    return partial(with_chains, {weight: partial(_gradient, quotient, weight, step) for weight in weights})


def _gradient(quotient: Quotient, weight: str, step: float, graph: Graph, local: Local, values: Numbers) -> float:
    inputs = {name: values[name] for name in graph.inputs}

    def output(at: float) -> float:
        return graph.values({**inputs, weight: at})[graph.output]

    return quotient.of(output, values[weight], step)


def _derivative(quotient: Quotient, node: Node, operand: str, step: float) -> Change:
    link, operation = (node.name, operand), OPERATIONS[node.operation]

    def rule(site: DerivativeSite) -> float:
        def value(at: float) -> float:
            return operation.forward(
                *(at if each == operand else now for each, now in zip(node.operands, site.operands, strict=True))
            )

        return quotient.of(value, site.own, step)

    return lambda work: replace(work, local={**work.local, link: rule})
