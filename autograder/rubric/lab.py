"""The lab as the rest of the grader sees it: parsed graphs, and what each check needs."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import get_args

import msgspec

from autograder.graph import OPERATIONS, ArrayOperation, Graph, parse, shape_of
from autograder.graph.array_notation import nested
from autograder.graph.operation import Shape, Value
from autograder.graph.quantities import expected
from autograder.rubric.draw import DrawnArray, draw
from autograder.rubric.schema import (
    Check,
    CodeCheck,
    CodeCheckEntry,
    DeviceCheck,
    GraphEntry,
    PaperCheck,
    Rubric,
    Tolerance,
    Visibility,
    published,
)
from autograder.rubric.without_graph import is_own, own_graph

LATER = get_args(Visibility)  # the later word hides longer


@dataclass(frozen=True)
class Lab:
    """A valid rubric, and the folder that holds it and the reference."""

    folder: Path
    rubric: Rubric
    digest: str = ""  # SHA-256 (hex) of rubric.yaml, tests and data; "" if it was not read from a file

    @cached_property
    def graphs(self) -> Mapping[str, Graph]:
        """The parsed computation graphs by name."""
        return {name: parse_graph(self.rubric, name) for name in self.rubric.graphs}

    @property
    def known_graphs(self) -> Mapping[str, Graph]:
        """Those that the rubric writes down, without those of functions that have none."""
        return {name: graph for name, graph in self.graphs.items() if graph.is_known}

    @property
    def module(self) -> str:
        """The name under which the program is loaded: "Lab4" for Lab4.py."""
        return Path(self.rubric.program).stem

    @property
    def reference(self) -> Path:
        """The folder of the instructor's solution."""
        return self.folder / "reference"

    @property
    def template(self) -> Path:
        """The folder of what students are given."""
        return self.folder / "student_template"

    def with_published(self, values: Mapping[str, Mapping[str, Value]]) -> "Lab":
        """The lab with other published inputs, by graph and by name; inputs that are not in `values` stay."""
        lists = {name: {each: nested(value) for each, value in own.items()} for name, own in values.items()}
        graphs = {
            name: msgspec.structs.replace(
                entry, inputs={**entry.inputs, "published": {**entry.inputs["published"], **lists.get(name, {})}}
            )
            for name, entry in self.rubric.graphs.items()
        }
        return replace(self, rubric=msgspec.structs.replace(self.rubric, graphs=graphs))

    def with_limits(self, **limits: float) -> "Lab":
        """The lab with other limits, by name; those that are not given stay."""
        changed = msgspec.structs.replace(self.rubric.limits, **limits)
        return replace(self, rubric=msgspec.structs.replace(self.rubric, limits=changed))

    def shape(self, function: str, quantity: str) -> Shape:
        """The shape that a quantity of a function has with the published inputs; () if it is a number."""
        graph = self.graphs[self.rubric.functions[function].graph]
        if not (graph.has_arrays and graph.is_known):
            return ()
        found = expected(graph, [quantity], self.defaults(function).inputs)[quantity]
        return shape_of(found)

    def shapes(self, graph: str) -> Mapping[str, Shape]:
        """The shapes of a graph's vectors and matrices with the published inputs, by name; numbers are left out."""
        parsed = self.graphs[graph]
        if not parsed.has_arrays:
            return {}
        values = parsed.values({name: self.published(graph)[name] for name in parsed.inputs})
        return {name: value.shape for name, value in values.items() if hasattr(value, "shape")}

    def visibility(self, check: Check) -> Visibility:
        """When students see a check."""
        if check.visibility:
            return check.visibility
        # A device check shows whether its functions are right for hidden inputs.
        hidden_inputs = isinstance(check, DeviceCheck) or (isinstance(check, CodeCheckEntry) and not published(check))
        choices = (self.rubric.visibility, self.rubric.hidden_inputs if hidden_inputs else "visible")
        return max(choices, key=LATER.index)

    @cached_property
    def scale(self) -> float:
        """By what the sum of all points is multiplied, so that checks that do not count leave the maximum as it is."""
        counted = math.fsum(check.worth for check in self.rubric.checks)
        return self.rubric.points / counted if any(not check.counts for check in self.rubric.checks) else 1.0

    def quantities(self, check: CodeCheck) -> tuple[str, ...]:
        """The names of the values that a check compares."""
        return check.quantities or self.rubric.functions[check.function].returns

    def arguments(self, check: CodeCheck, inputs: str, digest: str) -> "CallArguments":
        """The arguments of a check's function call.

        Args:
            check: the check.
            inputs: the name of the input set.
            digest: of the program, for drawn sets.
        """
        return self.arguments_from(check, self.inputs(self.rubric.functions[check.function].graph, inputs, digest))

    def arguments_from(self, check: CodeCheck, values: Mapping[str, Value]) -> "CallArguments":
        """The arguments of a check's function call. values: an input set with its settings, as `inputs` returns it."""
        return self._arguments(check.function, {**values, **check.settings})

    def inputs(self, graph: str, name: str, digest: str) -> Mapping[str, Value]:
        """A graph's input set with its settings. digest: as for `arguments`."""
        entry = self.rubric.graphs[graph]
        if name not in entry.drawn:
            return self.graphs[graph].given(entry.inputs[name])
        return draw(entry.drawn[name], self.graphs[graph], self.rubric.key, f"{graph}/{name}/{digest}")

    def published(self, graph: str) -> Mapping[str, Value]:
        """The inputs of a graph that students are given, with settings that belong to them."""
        return self.graphs[graph].given(self.rubric.graphs[graph].inputs["published"])

    def defaults(self, function: str) -> "CallArguments":
        """The arguments in the handout: the published inputs of the function's graph, and its settings."""
        return self._arguments(function, self.published(self.rubric.functions[function].graph))

    def _arguments(self, name: str, values: Mapping[str, Value]) -> "CallArguments":
        function = self.rubric.functions[name]
        settings = {setting: values.get(setting, default) for setting, default in function.settings.items()}
        return CallArguments({name: _argument(values[name]) for name in function.inputs}, settings)

    def paper(self) -> dict[str, tuple[str, ...]]:
        """The quantities that students work out on paper, each once, for each section in the order of the graphs."""
        return self._paper

    @cached_property
    def _paper(self) -> dict[str, tuple[str, ...]]:
        found = {name: tuple(self.paper_tolerances(name)) for name in self.rubric.graphs}
        return {name: quantities for name, quantities in found.items() if quantities}

    @property
    def answers(self) -> str | None:
        """The file for the answers worked out on paper; None where none are asked for."""
        return self.rubric.answers if self.paper() else None

    @property
    def paper_arrays(self) -> bool:
        """Whether an answer on paper may be a vector or a matrix."""
        return any(self.graphs[section].has_arrays for section in self.paper())

    def paper_tolerances(self, section: str) -> dict[str, Tolerance]:
        """The tolerance for each paper answer of a section; if two checks ask for an answer, the last one's."""
        asked = [check for check in self.rubric.checks if isinstance(check, PaperCheck) and check.section == section]
        return {name: self.rubric.tolerances[check.tolerance] for check in asked for name in check.quantities}


@dataclass(frozen=True)
class CallArguments:
    """The graph's inputs and the settings of one call, each in the order of the function's parameters."""

    inputs: Mapping[str, Value]
    settings: Mapping[str, float | int]


def parse_graph(rubric: Rubric, name: str) -> Graph:
    """Parse the computation graph called `name`. Raises GraphError."""
    expressions = {node: str(expression) for node, expression in rubric.graphs[name].nodes.items()}
    # The inputs have the order of the first function that takes them.
    inputs = next((function.inputs for function in rubric.functions.values() if function.graph == name), None)
    if is_own(name):
        return own_graph(rubric.graphs[name])
    graph = parse(expressions, inputs)
    if not _has_arrays(rubric.graphs[name], graph):
        return graph
    from autograder.graph.array_graph import ArrayGraph  # imports NumPy, which takes a tenth of a second

    return ArrayGraph(graph.inputs, graph.nodes)


def _has_arrays(entry: GraphEntry, graph: Graph) -> bool:
    """Whether a graph computes with vectors or matrices."""
    given = [value for inputs in entry.inputs.values() for value in inputs.values()]
    rules = [*entry.drawn.values(), *([entry.individual] if entry.individual else [])]
    drawn = [how for rule in rules for how in rule.intervals.values()]
    return (
        any(isinstance(value, list) for value in given)
        or any(isinstance(how, DrawnArray) for how in drawn)
        or any(isinstance(OPERATIONS[node.operation], ArrayOperation) for node in graph.nodes)
    )


def _argument(value: Value) -> Value:
    return float(value) if isinstance(value, float | int) else value
