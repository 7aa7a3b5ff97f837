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
from autograder.authoring.answer_key.reference import result_text
from autograder.checks.compare import number_of, numbers
from autograder.checks.parse_result import read
from autograder.graph.descent import descend
from autograder.graph.quantities import derivative, link_name
from autograder.rubric import LOSSES, Lab
from autograder.sandbox.host import protocol
from autograder.sandbox.host.program import ProgramUnderTest
from autograder.sandbox.host.protocol import Value

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
        exact: The exact results of each graph.
        wanted: The derivatives that the key writes out by the chain rule, of each graph.
        reference: The instructor's solution, computing in float64.

    Raises:
        NoKey: Two sources differ in a quantity, or the reference does not return it.
    """
    solutions = _Solutions(lab, reference)
    for name in lab.known_graphs:
        for quantity, said in _graph(exact[name], wanted[name]):
            agree(f"graph {name}, {quantity}", [*said, *solutions.of(name, quantity)])
    for function, entry in lab.rubric.functions.items():
        if entry.trained:
            _training(lab, function, entry.trained, exact[entry.graph], solutions)


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


def _training(lab: Lab, function: str, weights: Sequence[str], exact: Exact, solutions: "_Solutions") -> None:
    """Compare gradient descent, epoch by epoch, with the reference and the closed form."""
    at = lab.defaults(function)
    rate, epochs = float(at.settings["lr"]), int(at.settings[overrides.EPOCHS])
    steps = descend(exact.graph, weights, at.inputs, rate, epochs)
    source = f"the reference's {function}()"
    losses = numbers(solutions.returned(function).get(LOSSES))
    if isinstance(losses, str) or len(losses) != epochs:
        found = losses if isinstance(losses, str) else f"holds {len(losses)}"
        raise NoKey(f"{function}, losses: {epochs} losses are asked for, but what {source} returned {found}")
    closed = closed_form(exact, weights, rate)
    for step in steps:
        told = [Said(source, losses[step.epoch])] if step.epoch < epochs else []
        law = [Said("the closed form", closed.loss(step.epoch))] if closed else []
        agree(f"{function}, loss of epoch {step.epoch}", [Said("gradient descent", step.loss), *told, *law])
    for weight in weights:
        law = [Said("the closed form", closed.weight(epochs))] if closed else []
        told = [Said(source, solutions.number(function, weight))]
        agree(f"{function}, {weight}", [Said("gradient descent", steps[-1].weights[weight]), *told, *law])


class _Solutions:
    """What the reference's functions return at the published inputs."""

    def __init__(self, lab: Lab, reference: ProgramUnderTest) -> None:
        self._lab = lab
        self._reference = reference

    def of(self, graph: str, quantity: str) -> list[Said]:
        """What each function that returns a quantity of a graph gives for it."""
        return [
            Said(f"the reference's {name}()", self.number(name, quantity))
            for name, entry in self._lab.rubric.functions.items()
            if entry.graph == graph and not entry.trained and quantity in entry.returns
        ]

    def number(self, function: str, quantity: str) -> float:
        """A number that a function returns."""
        number: float | None = number_of(self.returned(function).get(quantity))
        if number is None:
            raise NoKey(
                f"{function}, {quantity}: the reference's {function}() returns no number for it; fix the reference"
            )
        return number

    def returned(self, function: str) -> Mapping[str, Value]:
        """Everything that a function returns, by name."""
        entry, at = self._lab.rubric.functions[function], self._lab.defaults(function)
        call = self._reference.call(function, at.inputs, at.settings, entry.returns)
        if not isinstance(call.verdict, protocol.Returned):
            raise NoKey(f"{function}: the reference returns nothing ({result_text(call.verdict)}); fix it")
        return read(call.verdict.value, entry.returns, self._lab.rubric.aliases).values


def _float(exact: object) -> float:
    return float(sympy.N(exact, DIGITS))
