"""What is right: the reference's numbers, which have to agree with the computation graph of rubric.yaml.

They are kept, because a class is called with the same inputs but for those that are drawn for each submission.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from autograder import lab
from autograder.checks.compare import compare, numbers
from autograder.checks.returned import read, read_training
from autograder.lab import LOSSES, Arguments, Lab
from autograder.sandbox import protocol
from autograder.sandbox.protocol import Value
from autograder.sandbox.student import Answering
from autograder.sandbox.wall import GraderFault

# How far the reference (float32) may lie from the graph (float64) before one of the two must be wrong.
REFERENCE_TOLERANCE = lab.Tolerance(rtol=1e-3, atol=1e-5)
MOST_REMEMBERED = 500  # results

_Right = TypeVar("_Right")


@dataclass(frozen=True)
class Trajectory:
    """The losses before each update and after the last one (n + 1 values for n epochs), and the final weights."""

    losses: Sequence[float]
    weights: Mapping[str, float]

    @property
    def epochs(self) -> int:
        """How many updates there were."""
        return len(self.losses) - 1


@dataclass(frozen=True)
class Truth:
    """The right results of a lab's functions. Every method raises GraderFault where the reference gives no answer, or
    another one than the graph: one of the two would mark wrongly."""

    lab: Lab
    reference: Answering
    _known: dict[object, object] = field(default_factory=dict)

    def values(self, function: str, arguments: Arguments) -> Mapping[str, float]:
        """Every quantity that a function returns, by name."""
        return self._kept(function, arguments, self._values)

    def trajectory(self, function: str, arguments: Arguments) -> Trajectory:
        """What a training function does."""
        return self._kept(function, arguments, self._trajectory)

    def _kept(self, function: str, arguments: Arguments, compute: Callable[[str, Arguments], _Right]) -> _Right:
        key = function, *arguments.inputs.items(), *arguments.settings.items()
        if key not in self._known:
            self._known[key] = compute(function, arguments)
            if len(self._known) > MOST_REMEMBERED:
                del self._known[next(iter(self._known))]
        return self._known[key]  # type: ignore[return-value]  # a function has results of one kind

    def _values(self, function: str, arguments: Arguments) -> Mapping[str, float]:
        entry = self.lab.rubric.functions[function]
        returned = read(self._returned(function, arguments), entry.returns, self.lab.rubric.aliases)
        by_graph = lab.expected(self.lab.graphs[entry.graph], entry.returns, arguments.inputs)
        right = {}
        for name, value in by_graph.items():
            found = compare(returned.values.get(name), value, REFERENCE_TOLERANCE, none_is_zero=True)
            if not found.right or found.value is None:
                raise self._disagreement(
                    function, f"{name} {found.text or 'is missing'} ({found.value} against {value:.6g})"
                )
            right[name] = found.value
        return right

    def _trajectory(self, function: str, arguments: Arguments) -> Trajectory:
        """The reference's weights, and its losses for one epoch more, whose last is the loss after the last update."""
        entry = self.lab.rubric.functions[function]
        returned = read_training(self._returned(function, arguments), entry.returns, {}).values
        weights = entry.trained
        final = {name: value.number() for name in weights if isinstance(value := returned.get(name), protocol.Number)}
        longer = self._returned(function, arguments, n_epochs=int(arguments.settings["n_epochs"]) + 1)
        kept = numbers(read_training(longer, entry.returns, {}).values.get(LOSSES))
        graph = self.lab.graphs[entry.graph]
        first = lab.expected(graph, [graph.output], arguments.inputs)[graph.output]
        if (
            len(final) < len(weights)
            or isinstance(kept, str)
            or not compare(protocol.Number(kept[0], ""), first, REFERENCE_TOLERANCE).right
        ):
            raise self._disagreement(function, f"its first loss is not {first:.6g}")
        return Trajectory(kept, final)

    def _returned(self, function: str, arguments: Arguments, **settings: float | int) -> Value:
        returns = self.lab.rubric.functions[function].returns
        call = self.reference.call(function, arguments.inputs, {**arguments.settings, **settings}, returns)
        if not isinstance(call.verdict, protocol.Returned):
            raise GraderFault(f"the reference's {function}() gave no answer: {call.verdict}")
        return call.verdict.value

    def _disagreement(self, function: str, where: str) -> GraderFault:
        graph = self.lab.rubric.functions[function].graph
        return GraderFault(f"the reference's {function}() and the graph {graph} in rubric.yaml disagree: {where}")
