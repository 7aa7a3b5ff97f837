"""Before the key of a lab with vectors and matrices is written, check that every way to compute an element gives the
same number.

Each is computed in up to five ways: by the graph engine in float64, as exact fractions, by the reference with torch in
float64 and in float32, and, if it is a derivative, by central differences in float64.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.authoring.answer_key import overrides
from autograder.authoring.answer_key.array_derivation import on_the_way
from autograder.authoring.answer_key.cross_check import DIFFERENCES, ENGINE, TOLERANCE
from autograder.authoring.answer_key.exact import NoKey
from autograder.authoring.answer_key.exact_arrays import ArrayResults
from autograder.authoring.answer_key.solutions import Solutions
from autograder.graph import Node, derivative_name
from autograder.graph.descent import descend
from autograder.graph.operation import Value
from autograder.rubric import Lab
from autograder.sandbox.host.calls import ProgramUnderTest

EXACT = "exact fractions"
SINGLE_TOLERANCE = 1e-3  # of max(1, |value|), for torch in float32, which adds up its errors in training
OVERFLOWS = 1e15  # the square of what is larger may be too large for float32
DIFFERENCE_TOLERANCE = 1e-6  # the same for central differences
STEP = 1e-6  # of central differences, times max(1, |x|): rounding errors are some 1e-10, and those of the formula 1e-12
MOST_DIFFERENCES = 300  # elements of an array that are differentiated so; of a larger one, some all over it

Wanted = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class SaidArray:
    """What one source gives for a quantity."""

    source: str
    value: Value
    tolerance: float = TOLERANCE

    def unsaid(self, right: Any) -> Any:
        """At which elements it says nothing: central differences leave some out, and float32 overflows."""
        if self.source == DIFFERENCES:
            return np.isnan(self.value)
        return ~np.isfinite(self.value) & (abs(right) > OVERFLOWS) & (self.tolerance == SINGLE_TOLERANCE)


def check(
    lab: Lab,
    results: Mapping[str, ArrayResults],
    wanted: Wanted,
    precise: ProgramUnderTest,
    single: ProgramUnderTest,
) -> None:
    """Compare every number of a key.

    Args:
        lab: The lab.
        results: Those of each graph on vectors and matrices.
        wanted: The derivatives that are asked for or needed for training, of each graph.
        precise: The instructor's solution, computing in float64.
        single: The same in float32.

    Raises:
        NoKey: Two sources differ in an element, or the reference does not return it.
    """
    references = [
        ("the reference's {}()", Solutions(lab, precise), TOLERANCE),
        ("the reference's {}() in float32", Solutions(lab, single), SINGLE_TOLERANCE),
    ]
    for name, each in results.items():
        for quantity, said in _graph(each, wanted[name]):
            for called, solutions, tolerance in references:
                for function in solutions.functions(name, quantity):
                    said.append(SaidArray(called.format(function), solutions.array(function, quantity), tolerance))
            agree(f"graph {name}, {quantity}", said)
    for function, entry in lab.rubric.functions.items():
        if entry.trained and entry.graph in results:
            for called, solutions, tolerance in references:
                _training(lab, function, solutions, called.format(function), tolerance)


def agree(where: str, said: Sequence[SaidArray]) -> None:
    """Raise NoKey if a source differs from the first one in shape or in an element, by more than its tolerance."""
    right, *others = said
    for other in others:
        a, b = np.asarray(right.value), np.asarray(other.value)
        if a.shape != b.shape:
            raise NoKey(
                f"{where}: {right.source} gives shape {a.shape}, {other.source} {b.shape}; "
                "one of the two is wrong, so no key is written"
            )
        near = np.isfinite(a) & (abs(a - b) <= other.tolerance * np.maximum(1.0, abs(a)))
        wrong = np.argwhere(~(near | (a == b) | (np.isnan(a) & np.isnan(b)) | other.unsaid(a)))
        if len(wrong):
            place = tuple(map(int, wrong[0]))
            at = f"[{', '.join(map(str, place))}]" if place else ""
            raise NoKey(
                f"{where}{at}: {right.source} says {float(a[place])!r}, {other.source} {float(b[place])!r}; "
                "one of the two is wrong, so no key is written"
            )


def _graph(results: ArrayResults, wanted: Sequence[str]) -> Iterator[tuple[str, list[SaidArray]]]:
    """Every value, elementwise derivative and gradient, from every source but the reference."""
    for node in results.graph.nodes:
        yield node.name, _said(results.values[node.name], results.exact_values.get(node.name))
    nodes = {node.name: node for node in results.graph.nodes}
    for link, value in results.elementwise.items():
        said = _said(value, results.exact_elementwise.get(link))
        difference = _local_difference(results, nodes[link[0]], link[1])
        yield derivative_name(*link), [*said, SaidArray(DIFFERENCES, difference, DIFFERENCE_TOLERANCE)]
    for of, names in on_the_way(results, wanted).items():
        gradients, exact = results.gradients(of), results.exact_gradients(of)
        bound = DIFFERENCE_TOLERANCE * max(1.0, abs(results.values[of]))
        for name in names:
            difference = _difference(results, of, name)
            said = _said(gradients[name], exact.get(name))
            yield derivative_name(of, name), [*said, SaidArray(DIFFERENCES, difference, bound)]


def _said(value: Value, exact: Any) -> list[SaidArray]:
    fractions = [] if exact is None else [SaidArray(EXACT, np.asarray(exact, dtype=np.float64))]
    return [SaidArray(ENGINE, value), *fractions]


def _local_difference(results: ArrayResults, node: Node, operand: str) -> Value:
    """A node's elementwise derivative by an operand of its shape: all elements are moved at once."""
    at = results.values
    step = STEP * np.maximum(1.0, abs(np.asarray(at[operand])))
    above = results.graph.forward(node, {**at, operand: at[operand] + step})
    return (above - results.graph.forward(node, {**at, operand: at[operand] - step})) / (2 * step)


def _difference(results: ArrayResults, of: str, wrt: str) -> Value:
    """The gradient of a number, by moving one element at a time; nan at those that are left out."""
    right = np.asarray(results.values[wrt], dtype=np.float64)
    found = np.full(right.shape, np.nan)
    places = list(np.ndindex(right.shape))
    for place in places[:: -(-len(places) // MOST_DIFFERENCES)]:
        step = STEP * max(1.0, abs(right[place]))
        ends = []
        for sign in (1, -1):
            moved = right.copy()
            moved[place] += sign * step
            ends.append(_with(results, wrt, moved if moved.ndim else float(moved), of))
        found[place] = (ends[0] - ends[1]) / (2 * step)
    return found


def _with(results: ArrayResults, name: str, value: Value, of: str) -> float:
    """The value of the node `of`, a number, with another value of an input or a node."""
    values = {**results.values, name: value}
    after = results.graph.with_dependents([name])
    for node in results.graph.nodes:
        if node.name in after and node.name != name:
            values[node.name] = results.graph.forward(node, values)
    return float(values[of])


def _training(lab: Lab, function: str, solutions: Solutions, source: str, tolerance: float) -> None:
    """Compare gradient descent, epoch by epoch, with the reference."""
    entry, at = lab.rubric.functions[function], lab.defaults(function)
    rate, epochs = float(at.settings["lr"]), int(at.settings[overrides.EPOCHS])
    steps = descend(lab.graphs[entry.graph], entry.trained, at.inputs, rate, epochs)
    losses = solutions.losses(function, epochs, arrays=True)
    for step, loss in zip(steps, losses, strict=False):
        said = [SaidArray("gradient descent", step.loss), SaidArray(source, loss, tolerance)]
        agree(f"{function}, loss of epoch {step.epoch}", said)
    for weight in entry.trained:
        found = SaidArray(source, solutions.array(function, weight), tolerance)
        agree(f"{function}, {weight}", [SaidArray("gradient descent", steps[-1].weights[weight]), found])
