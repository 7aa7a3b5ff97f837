"""rubric.yaml as typed, validated data: the lab's graphs, inputs, functions, tolerances and checks."""

import ast
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

import msgspec

from autograder import draw, typed_yaml
from autograder.graph import Graph, GraphError, parse, split_derivative
from autograder.typed_yaml import FileError, unknown

Visibility = Literal["visible", "hidden", "after_due_date", "after_published"]
Inputs = dict[str, float]


class Tolerance(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Right when |returned - expected| <= atol + rtol * |expected|; with `coarse` in rtol's place still credit, and a word on it."""

    rtol: float
    atol: float
    coarse: float | None = None


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Seconds of wall time."""

    call: float = 10
    load: float = 20
    submission: float = 240


class GraphEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A computation graph, one operation a node, and named sets of inputs (which may carry settings of a function too)."""

    nodes: dict[str, str | float]
    inputs: dict[str, Inputs]
    drawn: dict[str, draw.Drawn] = {}


class Function(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A function that students write. Parameters: the graph's inputs, then the settings, with their published values.

    by: how its gradients are meant to be obtained, if that matters.
    """

    graph: str
    inputs: tuple[str, ...]
    returns: tuple[str, ...]
    settings: dict[str, float | int] = {}
    device: bool = False
    by: Literal["hand", "autograd"] | None = None


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="kind"):
    """What every check has."""

    number: str
    name: str
    points: float
    tags: tuple[str, ...] = ()
    visibility: Visibility | None = None


class Found(Entry, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="found"):
    """Says what was handed in; gives no points."""


class Answers(Entry, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="answers"):
    """Compares answers worked out on paper with the graph's values at its published inputs."""

    section: str
    quantities: tuple[str, ...]
    tolerance: str


class CodeEntry(Entry, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Calls a function and compares what it returns with what the reference returns. quantities: () means all."""

    function: str
    inputs: tuple[str, ...]
    quantities: tuple[str, ...] = ()
    settings: dict[str, float | int] = {}
    tolerance: str = "code"


class Values(CodeEntry, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="values"):
    """Node values of the graph."""


class Gradients(CodeEntry, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="gradients"):
    """Partial derivatives (and node values): None counts as 0."""


class Convergence(CodeEntry, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="convergence"):
    """A training loop, judged by its trajectory: the first `compared` losses and the final weight."""

    compared: int = 10


Check = Found | Answers | Values | Gradients | Convergence
CodeCheck = Values | Gradients | Convergence


class Rubric(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file as it is written."""

    lab: str
    points: float
    key: str
    graphs: dict[str, GraphEntry]
    functions: dict[str, Function]
    tolerances: dict[str, Tolerance]
    checks: tuple[Check, ...]
    program: str = "Lab4.py"
    answers: str = "answers.yaml"
    visibility: Visibility = "visible"
    limits: Limits = Limits()
    right_on_some_inputs: float = 0.5
    aliases: dict[str, tuple[str, ...]] = {}


@dataclass(frozen=True)
class Lab:
    """A rubric that fits together, and the folder that holds it and the reference."""

    folder: Path
    rubric: Rubric

    @cached_property
    def graphs(self) -> Mapping[str, Graph]:
        """The parsed computation graphs by name."""
        return {name: parse(_texts(entry), _inputs(self.rubric, name)) for name, entry in self.rubric.graphs.items()}

    @property
    def module(self) -> str:
        """The name under which the program is loaded: "Lab4" for Lab4.py."""
        return Path(self.rubric.program).stem

    @property
    def reference(self) -> Path:
        """The folder of the instructor's solution."""
        return self.folder / "reference"

    def visibility(self, check: Check) -> Visibility:
        """Who sees a check, and when."""
        return check.visibility or self.rubric.visibility

    def quantities(self, check: CodeCheck) -> tuple[str, ...]:
        """The names that a check compares."""
        return check.quantities or self.rubric.functions[check.function].returns

    def arguments(self, check: CodeCheck, inputs: str, digest: str) -> "Arguments":
        """What `check` calls its function with for the input set named `inputs`; digest: of the program, for drawn sets."""
        function = self.rubric.functions[check.function]
        entry = self.rubric.graphs[function.graph]
        if inputs in entry.drawn:
            seed = f"{function.graph}/{inputs}/{digest}"
            values = draw.draw(entry.drawn[inputs], self.graphs[function.graph], self.rubric.key, seed)
        else:
            values = entry.inputs[inputs]
        settings = {
            name: check.settings.get(name, values.get(name, default)) for name, default in function.settings.items()
        }
        return Arguments({name: float(values[name]) for name in function.inputs}, settings)


@dataclass(frozen=True)
class Arguments:
    """The graph's inputs and the settings of one call, each in the order of the function's parameters."""

    inputs: Mapping[str, float]
    settings: Mapping[str, float | int]


def load(folder: Path) -> Lab:
    """The lab in `folder`. Raises FileError for the first thing in rubric.yaml that does not fit, with its line."""
    document = typed_yaml.read(folder / "rubric.yaml")
    rubric = typed_yaml.typed(document, Rubric)
    lab = Lab(folder, rubric)
    for place, problem in _problems(lab):
        raise document.error(place, problem)
    return lab


Problem = tuple[tuple[str | int, ...], str]


def _problems(lab: Lab) -> Iterator[Problem]:
    """Everything that does not fit, in the order in which it is worth mending."""
    rubric = lab.rubric
    if len(rubric.key) < 16:
        yield ("key",), "the key is too short to be a secret; use at least 16 characters"
    for name, tolerance in rubric.tolerances.items():
        yield from _tolerance_problems(name, tolerance)
    if not 0 <= rubric.right_on_some_inputs <= 1:
        yield ("right_on_some_inputs",), "this share has to lie between 0 and 1"
    for seconds in ("call", "load", "submission"):
        if not 0 < getattr(rubric.limits, seconds) < math.inf:
            yield ("limits", seconds), "a limit is a number of seconds above 0"
    for name in rubric.graphs:
        yield from _graph_problems(lab, name)
    for name in rubric.functions:
        yield from _function_problems(lab, name)
    yield from _reference_problems(lab)
    for index, check in enumerate(rubric.checks):
        yield from _check_problems(lab, index, check)
    total = math.fsum(check.points for check in rubric.checks)
    if abs(total - rubric.points) > 1e-6:
        yield ("points",), f"the checks' points add up to {total:g}, not to {rubric.points:g}; change one or the other"


def _tolerance_problems(name: str, tolerance: Tolerance) -> Iterator[Problem]:
    for field, value in (("rtol", tolerance.rtol), ("coarse", tolerance.coarse or 0)):
        if not 0 <= value < 1:
            yield (
                ("tolerances", name, field),
                "a relative tolerance lies between 0 and 1 (at 1 the answer 0 is always right)",
            )
    if not 0 <= tolerance.atol < math.inf:
        yield ("tolerances", name, "atol"), "an absolute tolerance is a number from 0 up"
    if tolerance.coarse is not None and tolerance.coarse < tolerance.rtol:
        yield ("tolerances", name, "coarse"), f"the coarse tolerance has to be at least rtol ({tolerance.rtol:g})"


def _graph_problems(lab: Lab, name: str) -> Iterator[Problem]:
    entry = lab.rubric.graphs[name]
    try:
        graph = parse(_texts(entry), _inputs(lab.rubric, name))
    except GraphError as error:
        yield ("graphs", name, "nodes", *([error.node] if error.node else [])), str(error)
        return
    settings = {
        setting for function in lab.rubric.functions.values() if function.graph == name for setting in function.settings
    }
    for label, inputs in entry.inputs.items():
        if missing := [wanted for wanted in graph.inputs if wanted not in inputs]:
            yield ("graphs", name, "inputs", label), f"this set lacks {', '.join(missing)}"
        if extra := set(inputs) - set(graph.inputs) - settings:
            yield ("graphs", name, "inputs", label), unknown("input or setting", min(extra), {*graph.inputs, *settings})
    if "published" not in entry.inputs:
        yield ("graphs", name, "inputs"), "the set named 'published' is missing: the inputs that the handout gives"
    for label, drawn in entry.drawn.items():
        if label in entry.inputs:
            yield ("graphs", name, "drawn", label), f"'inputs' has a set named {label!r} too; rename one of them"
        for key, problem in draw.problems(drawn, graph, settings):
            yield ("graphs", name, "drawn", label, *key), problem


def _function_problems(lab: Lab, name: str) -> Iterator[Problem]:
    function = lab.rubric.functions[name]
    place = ("functions", name)
    if function.graph not in lab.rubric.graphs:
        yield (*place, "graph"), unknown("graph", function.graph, lab.rubric.graphs)
        return
    graph = lab.graphs[function.graph]
    if set(function.inputs) != set(graph.inputs):
        yield (*place, "inputs"), f"these have to be the inputs of graph {function.graph}: {', '.join(graph.inputs)}"
    for quantity in function.returns:
        if not (_in_graph(graph, quantity) or quantity == "losses" or quantity in graph.inputs):
            yield (*place, "returns"), unknown("node, derivative or 'losses' named", quantity, _names(graph))


def _reference_problems(lab: Lab) -> Iterator[Problem]:
    path = lab.reference / lab.rubric.program
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"))
    except (OSError, SyntaxError, ValueError) as error:
        yield ("program",), f"the reference solution {path} cannot be read: {error}"
        return
    defined = {statement.name for statement in tree.body if isinstance(statement, ast.FunctionDef)}
    for name in lab.rubric.functions:
        if name not in defined:
            yield (
                ("functions", name),
                f"the reference solution {path} does not define it; " + unknown("function", name, defined),
            )


def _check_problems(lab: Lab, index: int, check: Check) -> Iterator[Problem]:
    place = ("checks", index)
    if [other.number for other in lab.rubric.checks].count(check.number) > 1:
        yield (*place, "number"), f"two checks have the number {check.number}"
    if isinstance(check, Found):
        if check.points:
            yield (*place, "points"), "this check says what was found and gives no points; set 0"
        return
    if not 0 < check.points < math.inf:
        yield (*place, "points"), "a check has a number of points above 0"
    if check.tolerance not in lab.rubric.tolerances:
        yield (*place, "tolerance"), unknown("tolerance", check.tolerance, lab.rubric.tolerances)
        return
    problems = list(_answer_problems(lab, check) if isinstance(check, Answers) else _code_problems(lab, check))
    for key, problem in problems:
        yield (*place, *key), problem
    if not problems and _never_fails(lab, check):
        yield place, "this check could never fail: with its inputs and tolerance the answer 0 is right everywhere"


def _answer_problems(lab: Lab, check: Answers) -> Iterator[Problem]:
    if check.section not in lab.rubric.graphs:
        yield ("section",), unknown("graph", check.section, lab.rubric.graphs)
        return
    graph = lab.graphs[check.section]
    if not check.quantities:
        yield ("quantities",), "name at least one quantity"
    for quantity in check.quantities:
        if not _in_graph(graph, quantity):
            yield ("quantities",), unknown("node or derivative", quantity, _names(graph))


def _code_problems(lab: Lab, check: CodeCheck) -> Iterator[Problem]:
    function = lab.rubric.functions.get(check.function)
    if function is None:
        yield ("function",), unknown("function", check.function, lab.rubric.functions)
        return
    entry = lab.rubric.graphs[function.graph]
    if not check.inputs:
        yield ("inputs",), "name at least one set of inputs"
    for name in check.inputs:
        if name not in entry.inputs and name not in entry.drawn:
            yield ("inputs",), unknown("set of inputs", name, {*entry.inputs, *entry.drawn})
    for quantity in check.quantities:
        if quantity not in function.returns:
            yield ("quantities",), unknown(f"value returned by {check.function}", quantity, function.returns)
    for name in check.settings:
        if name not in function.settings:
            yield ("settings",), unknown(f"setting of {check.function}", name, function.settings)
    if ("losses" in function.returns) != isinstance(check, Convergence):
        yield (
            ("kind",),
            "a function that returns losses is marked by 'convergence', any other by 'values' or 'gradients'",
        )
    if isinstance(check, Convergence) and check.compared < 1:
        yield ("compared",), "at least one loss has to be compared"


def _never_fails(lab: Lab, check: Answers | CodeCheck) -> bool:
    """Whether 0 would be right for every quantity at every set of inputs (for a training loop: whether there is nothing to train)."""
    tolerance = lab.rubric.tolerances[check.tolerance]

    def zero_is_right(graph: str, inputs: Mapping[str, float], quantities: tuple[str, ...]) -> bool:
        return all(abs(expected(lab.graphs[graph], name, inputs)) <= tolerance.atol for name in quantities)

    if isinstance(check, Answers):
        return zero_is_right(check.section, lab.rubric.graphs[check.section].inputs["published"], check.quantities)
    graph = lab.rubric.functions[check.function].graph
    sets = [lab.arguments(check, name, "") for name in check.inputs]
    if isinstance(check, Convergence):
        output = lab.graphs[graph].output
        return all(min(s.settings.values()) <= 0 or zero_is_right(graph, s.inputs, (output,)) for s in sets)
    return all(zero_is_right(graph, s.inputs, lab.quantities(check)) for s in sets)


def expected(graph: Graph, quantity: str, inputs: Mapping[str, float]) -> float:
    """The value of a node, or of a derivative named like "dloss_dw", at `inputs` (float64)."""
    values = graph.values({name: inputs[name] for name in graph.inputs})
    derivative = split_derivative(quantity, values)
    return values[quantity] if derivative is None else graph.gradients(values, derivative[0])[derivative[1]]


def _in_graph(graph: Graph, quantity: str) -> bool:
    nodes = {node.name for node in graph.nodes}
    derivative = split_derivative(quantity, {*nodes, *graph.inputs})
    return quantity in nodes or (derivative is not None and derivative[0] in nodes)


def _names(graph: Graph) -> set[str]:
    return {node.name for node in graph.nodes} | {f"d{graph.output}_d{name}" for name in graph.inputs}


def _texts(entry: GraphEntry) -> dict[str, str]:
    return {name: str(expression) for name, expression in entry.nodes.items()}


def _inputs(rubric: Rubric, graph: str) -> tuple[str, ...] | None:
    """The graph's inputs in the order of the first function that takes them."""
    return next((function.inputs for function in rubric.functions.values() if function.graph == graph), None)


__all__ = [
    "Answers",
    "Arguments",
    "Check",
    "CodeCheck",
    "Convergence",
    "FileError",
    "Found",
    "Gradients",
    "Lab",
    "Rubric",
    "Values",
]
