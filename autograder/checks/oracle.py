"""What is right: the numbers of the computation graph in rubric.yaml, after the reference has agreed with them.

Most inputs are drawn for each submission, so calling the reference for all of them would cost as much as the student's
own calls. The difference between the graph's float64 and a program's float32 is much smaller than any tolerance.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from autograder import rubric
from autograder.checks.compare import compare, compare_numbers, is_finite, number_of, numbers
from autograder.checks.failures import of_reference
from autograder.checks.parse_result import read, read_training
from autograder.errors import GraderFault
from autograder.graph import Graph
from autograder.graph.descent import descend
from autograder.graph.operation import Value
from autograder.rubric import LOSSES, CallArguments, CodeCheck, Lab
from autograder.sandbox.host import protocol
from autograder.sandbox.host.calls import ProgramUnderTest
from autograder.text import join_names

# If the reference (float32) differs more than this from the graph (float64), one of the two must be wrong.
REFERENCE_TOLERANCE = rubric.Tolerance(rtol=1e-3, atol=1e-5)


@dataclass(frozen=True)
class Trajectory:
    """The losses before each update and after the last one (n + 1 values for n epochs), and the final weights."""

    losses: Sequence[float]
    weights: Mapping[str, Value]

    @property
    def epochs(self) -> int:
        """How many updates there were."""
        return len(self.losses) - 1


def descent(graph: Graph, weights: Sequence[str], arguments: CallArguments) -> Trajectory:
    """The trajectory of gradient descent on a graph, with these inputs and settings."""
    rate, epochs = float(arguments.settings["lr"]), int(arguments.settings["n_epochs"])
    found = descend(graph, weights, arguments.inputs, rate, epochs)
    return Trajectory([each.loss for each in found], found[-1].weights)


@dataclass(frozen=True)
class Oracle:
    """The right results of a lab's functions.

    The reference is called when a function is first graded: with the published inputs, and with one draw of each set
    that a check uses, the same in every run. Every method raises GraderFault if the reference gives no answer, or
    disagrees with the graph: one of the two would grade wrongly.
    """

    lab: Lab
    reference: ProgramUnderTest
    _plain: dict[str, bool] = field(default_factory=dict)  # by function, as `_descends` says

    def values(self, function: str, arguments: CallArguments) -> Mapping[str, Value]:
        """Every quantity that a function returns, by name."""
        if not self._graph(function).is_known:
            return self._by_reference(function, arguments)
        if function not in self._plain:
            for tried in self._tried(function):
                self._compare_values(function, tried)
            self._plain[function] = True
        return self._by_graph(function, arguments)

    def knows(self, function: str, arguments: CallArguments) -> bool:
        """Whether there is something to compare with: always, or it is a fault."""
        return True

    def quantities(self, function: str, names: Sequence[str], arguments: CallArguments) -> Mapping[str, float]:
        """Quantities of a function's graph by name, without derivatives that no array holds."""
        graph = self._graph(function)
        if not graph.is_known:
            return {}
        if not graph.has_arrays:
            return rubric.expected(graph, names, arguments.inputs)
        found: dict[str, Value] = {}
        for name in names:
            with suppress(LookupError):
                found |= rubric.expected(graph, [name], arguments.inputs)
        return found

    def trajectory(self, function: str, arguments: CallArguments) -> Trajectory:
        """What a training function does. One whose reference does more than gradient descent is called each time."""
        if function not in self._plain:
            self._plain[function] = all([self._descends(function, tried) for tried in self._tried(function)])
        if self._plain[function]:
            return descent(self._graph(function), self.lab.rubric.functions[function].trained, arguments)
        return self._trained(function, arguments)

    def _tried(self, function: str) -> Iterator[CallArguments]:
        yield self.lab.defaults(function)
        for check in self.lab.rubric.checks:
            if isinstance(check, CodeCheck) and check.function == function:
                yield from (self.lab.arguments(check, name, "reference") for name in check.inputs)

    def _graph(self, function: str) -> Graph:
        return self.lab.graphs[self.lab.rubric.functions[function].graph]

    def _by_graph(self, function: str, arguments: CallArguments) -> dict[str, float]:
        return rubric.expected(self._graph(function), self.lab.rubric.functions[function].returns, arguments.inputs)

    def _by_reference(self, function: str, arguments: CallArguments) -> dict[str, Value]:
        """What the reference returns, where nothing else says what is right."""
        returns = self.lab.rubric.functions[function].returns
        parsed = read(self._returned(function, arguments), returns, self.lab.rubric.aliases, arrays=True)
        found = {name: number_of(parsed.values.get(name), arrays=True) for name in returns}
        right = {name: value for name, value in found.items() if value is not None and is_finite(value)}
        if missing := [name for name in returns if name not in right]:
            raise GraderFault(f"the reference's {function}() returns no finite numbers as {join_names(missing)}")
        return right

    def _compare_values(self, function: str, arguments: CallArguments) -> None:
        """Raise GraderFault where the reference returns other values than the graph has."""
        returns = self.lab.rubric.functions[function].returns
        arrays = self._graph(function).has_arrays
        returned = read(self._returned(function, arguments), returns, self.lab.rubric.aliases, arrays=arrays)
        for name, value in self._by_graph(function, arguments).items():
            found = compare(returned.values.get(name), value, REFERENCE_TOLERANCE, none_is_zero=True)
            if not found.right:
                more = f"{found.value} against {value:.6g}" if isinstance(value, float) else found.detail
                raise self._disagreement(function, f"{name} {found.text or 'is missing'} ({more})")

    def _descends(self, function: str, arguments: CallArguments) -> bool:
        """Whether the reference trains as gradient descent on the graph does."""
        found = self._trained(function, arguments)
        right = descent(self._graph(function), self.lab.rubric.functions[function].trained, arguments)
        losses = zip(found.losses, right.losses, strict=False)
        weights = [(found.weights[name], weight) for name, weight in right.weights.items()]
        atol = REFERENCE_TOLERANCE.atol * max(1.0, right.losses[0])  # near 0 a loss is rounding noise of the first
        near = rubric.Tolerance(REFERENCE_TOLERANCE.rtol, atol)
        return (
            found.epochs == right.epochs
            and all(compare_numbers(*pair, near).right for pair in losses)
            and all(near.allows(*pair) for pair in weights)
        )

    def _trained(self, function: str, arguments: CallArguments) -> Trajectory:
        """The reference's weights, and its losses for one epoch more, whose last is the loss after the last update."""
        entry = self.lab.rubric.functions[function]
        arrays = self._graph(function).has_arrays
        returned = read_training(self._returned(function, arguments), entry.returns, {}, arrays=arrays).values
        weights = entry.trained
        found = {name: number_of(returned.get(name), arrays=arrays) for name in weights}
        final = {name: value for name, value in found.items() if value is not None}
        longer = self._returned(function, arguments, n_epochs=int(arguments.settings["n_epochs"]) + 1)
        kept = numbers(read_training(longer, entry.returns, {}, arrays=arrays).values.get(LOSSES))
        graph = self._graph(function)
        first = rubric.expected(graph, [graph.output], arguments.inputs)[graph.output]
        if (
            len(final) < len(weights)
            or isinstance(kept, str)
            or not compare(protocol.Number(kept[0], ""), first, REFERENCE_TOLERANCE).right
        ):
            raise self._disagreement(function, f"its first loss is not {first:.6g}")
        return Trajectory(kept, final)

    def _returned(self, function: str, arguments: CallArguments, **settings: float | int) -> protocol.Value:
        entry = self.lab.rubric.functions[function]
        call = self.reference.call(function, arguments.inputs, {**arguments.settings, **settings}, entry.returns)
        if not isinstance(call.verdict, protocol.Returned):
            raise of_reference(function, call, self.reference.loading, entry.parameters)
        return call.verdict.value

    def _disagreement(self, function: str, where: str) -> GraderFault:
        graph = self.lab.rubric.functions[function].graph
        return GraderFault(f"the reference's {function}() and the graph {graph} in rubric.yaml disagree: {where}")
