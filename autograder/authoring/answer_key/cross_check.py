"""Before a key is written, check that every way to compute its numbers gives the same result.

Each number is computed in up to four ways that share no code: by the graph engine in float64, by the reference with
torch in float64, exactly by sympy, and, if it is a derivative, by central differences with 60 digits.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import sympy

from autograder.authoring.answer_key import overrides
from autograder.authoring.answer_key.closed_form import closed_form
from autograder.authoring.answer_key.exact import DIGITS, Exact, NoKey
from autograder.authoring.answer_key.solutions import Solutions
from autograder.graph.descent import descend
from autograder.graph.quantities import derivative, link_name
from autograder.rubric import Lab
from autograder.sandbox.host.calls import ProgramUnderTest

TOLERANCE = 1e-9  # of max(1, |value|)
ENGINE, SYMPY, DIFFERENCES = "the graph engine", "sympy", "central differences"


@dataclass(frozen=True)
class Said:
    """What one source gives for a quantity."""

    source: str
    number: float


def check(
    lab: Lab, exact: Mapping[str, Exact], wanted: Mapping[str, Sequence[str]], reference: ProgramUnderTest
) -> None:
    """Compare every number of a key.

    Args:
        lab: The lab.
        exact: The exact results of each graph on numbers; `array_check` is for the others.
        wanted: The derivatives that the key writes out by the chain rule, of each graph.
        reference: The instructor's solution, computing in float64.

    Raises:
        NoKey: Two sources differ in a quantity, or the reference does not return it.
    """
    solutions = Solutions(lab, reference)
    for name in exact:
        for quantity, said in _graph(exact[name], wanted[name]):
            agree(f"graph {name}, {quantity}", [*said, *_by_reference(solutions, name, quantity)])
    for function, entry in lab.rubric.functions.items():
        if entry.trained and entry.graph in exact:
            _training(lab, function, entry.trained, exact[entry.graph], solutions)


def _by_reference(solutions: Solutions, graph: str, quantity: str) -> list[Said]:
    """What each function of the reference that returns a quantity gives for it."""
    names = solutions.functions(graph, quantity)
    return [Said(f"the reference's {name}()", solutions.number(name, quantity)) for name in names]


def agree(where: str, said: Sequence[Said]) -> None:
    """Raise NoKey if two sources differ by more than TOLERANCE."""
    for one, other in combinations(said, 2):
        if not _close(one.number, other.number):
            raise NoKey(
                f"{where}: {one.source} says {one.number!r}, {other.source} {other.number!r}; "
                "one of the two is wrong, so no key is written"
            )


def _close(one: float, other: float) -> bool:
    if not (math.isfinite(one) and math.isfinite(other)):
        return one == other or (math.isnan(one) and math.isnan(other))
    return abs(one - other) <= TOLERANCE * max(1.0, abs(one), abs(other))


def _graph(exact: Exact, wanted: Sequence[str]) -> Iterator[tuple[str, list[Said]]]:
    """Every value, local derivative and wanted gradient, from every source but the reference."""
    graph = exact.graph
    values = graph.values(dict(exact.inputs))
    partials = graph.partials(values)
    for node in graph.nodes:
        yield node.name, [Said(ENGINE, values[node.name]), Said(SYMPY, _float(exact.values[node.name]))]
    for node in graph.nodes:
        for operand in node.names:
            difference = Said(DIFFERENCES, exact.local_difference(node, operand))
            link = node.name, operand
            yield (
                link_name(graph, link),
                [Said(ENGINE, partials[link]), Said(SYMPY, _float(exact.partials[link])), difference],
            )
    for name in wanted:
        of, wrt = derivative(graph, name) or ("", "")
        yield (
            name,
            [
                Said(ENGINE, graph.gradients(values, of)[wrt]),
                Said(SYMPY, _float(exact.gradient(of, wrt))),
                Said(DIFFERENCES, exact.difference(of, wrt)),
            ],
        )


def _training(lab: Lab, function: str, weights: Sequence[str], exact: Exact, solutions: Solutions) -> None:
    """Compare gradient descent, epoch by epoch, with the reference and the closed form."""
    at = lab.defaults(function)
    rate, epochs = float(at.settings["lr"]), int(at.settings[overrides.EPOCHS])
    steps = descend(exact.graph, weights, at.inputs, rate, epochs)
    source = f"the reference's {function}()"
    losses = solutions.losses(function, epochs)
    closed = closed_form(exact, weights, rate)
    for step in steps:
        told = [Said(source, losses[step.epoch])] if step.epoch < epochs else []
        law = [Said("the closed form", closed.loss(step.epoch))] if closed else []
        agree(f"{function}, loss of epoch {step.epoch}", [Said("gradient descent", step.loss), *told, *law])
    for weight in weights:
        law = [Said("the closed form", closed.weight(epochs))] if closed else []
        told = [Said(source, solutions.number(function, weight))]
        agree(f"{function}, {weight}", [Said("gradient descent", steps[-1].weights[weight]), *told, *law])


def _float(exact: object) -> float:
    return float(sympy.N(exact, DIGITS))
