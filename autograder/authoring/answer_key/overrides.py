"""Published inputs from the command line instead of those in the rubric: "task1.x=3", "regression.w=[0.5, -1]"."""

import json
import math
import sys
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from msgspec import structs

from autograder.authoring.answer_key.exact import NoKey
from autograder.graph.operation import Shape
from autograder.rubric import Lab
from autograder.rubric.schema import GraphEntry
from autograder.rubric.validate_arrays import problems, shape_of_lists
from autograder.schema_errors import unknown_name

EPOCHS = "n_epochs"
FEW = 12  # elements of an array that is written as an example
Nested = Any  # lists of numbers, or of lists
MOST_EPOCHS = 1000  # a longer table would not help anyone


def with_inputs(lab: Lab, assignments: Iterable[str]) -> Lab:
    """The lab with some published inputs replaced.

    Args:
        lab: The lab.
        assignments: Each GRAPH.NAME=VALUE; NAME is an input of the graph, or a setting of a training function. A vector
            or a matrix is in nested lists, in the shape that it has in the rubric.

    Raises:
        NoKey: An assignment is not valid; the message says what is wrong.
    """
    inputs: dict[str, dict[str, float | Nested]] = {}
    settings: dict[str, dict[str, float]] = {}
    for each in assignments:
        graph, name, value = _read(lab, each)
        if (
            isinstance(value, list) or name in lab.rubric.graphs[graph].inputs["published"]
        ):  # which may have settings, too
            inputs.setdefault(graph, {})[name] = value
        else:
            settings.setdefault(graph, {})[name] = value
    return _with_settings(lab.with_published(inputs), settings)


def _with_settings(lab: Lab, replaced: Mapping[str, Mapping[str, float]]) -> Lab:
    """The lab with some settings of the functions of some graphs replaced."""
    functions = {
        name: structs.replace(
            entry,
            settings={key: replaced.get(entry.graph, {}).get(key, default) for key, default in entry.settings.items()},
        )
        for name, entry in lab.rubric.functions.items()
    }
    return replace(lab, rubric=structs.replace(lab.rubric, functions=functions))


def _read(lab: Lab, assignment: str) -> tuple[str, str, float | Nested]:
    if not lab.known_graphs:
        raise NoKey(f"--set {assignment}: this lab has no graph, so there is nothing to set")
    place, equals, text = assignment.partition("=")
    graph, dot, name = place.strip().partition(".")
    if not (equals and dot):
        raise NoKey(f"--set {assignment}: write GRAPH.NAME=NUMBER, for instance --set {_example(lab)}")
    if graph not in lab.known_graphs:
        raise NoKey(f"--set {assignment}: {unknown_name('graph', graph, lab.known_graphs)}")
    settings = {
        setting for entry in lab.rubric.functions.values() if entry.graph == graph for setting in entry.settings
    }
    names = {*lab.graphs[graph].inputs, *settings}
    if name not in names:
        raise NoKey(f"--set {assignment}: {unknown_name(f'input of {graph}', name, names)}")
    published = lab.rubric.graphs[graph].inputs["published"].get(name)
    if isinstance(published, list):
        return graph, name, _array(lab, graph, name, assignment)
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise NoKey(f"--set {assignment}: {text.strip()!r} is not a decimal number, such as 0.5")
    if name == EPOCHS and not (number == int(number) and 0 < number <= MOST_EPOCHS):
        raise NoKey(f"--set {assignment}: {EPOCHS} must be a whole number from 1 to {MOST_EPOCHS}")
    return graph, name, int(number) if name == EPOCHS else number


def _array(lab: Lab, graph: str, name: str, assignment: str) -> Nested:
    """The nested lists of an assignment to a vector or a matrix."""
    text = assignment.partition("=")[2].strip()
    wanted = shape_of_lists(lab.rubric.graphs[graph].inputs["published"][name]) or ()
    like = f"{name} has shape {wanted}" + (f", for instance {_zeros(wanted)}" if math.prod(wanted) <= FEW else "")
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        value = None
    found = shape_of_lists(value) if isinstance(value, list) else None
    if found is None:
        raise NoKey(f"--set {assignment}: {text!r} is not a list of numbers; {like}")
    if found != wanted:
        raise NoKey(f"--set {assignment}: a list of shape {found} does not fit; {like}")
    if any(not abs(each) <= sys.float_info.max for each in _flat(value)):
        raise NoKey(f"--set {assignment}: a number in it is not finite")
    if problem := next(problems(lab.graphs[graph], _with(lab, graph, name, value)), None):
        raise NoKey(f"--set {assignment}: {problem[1]}")
    return list(value)


def _with(lab: Lab, graph: str, name: str, value: Nested) -> GraphEntry:
    """The rubric's entry of a graph with another published array, and no other inputs."""
    entry = lab.rubric.graphs[graph]
    return structs.replace(entry, inputs={"published": {**entry.inputs["published"], name: value}})


def _zeros(shape: Shape) -> Nested:
    return [_zeros(shape[1:]) for _ in range(shape[0])] if shape else 0


def _flat(rows: Nested) -> list[float]:
    return [number for row in rows for number in _flat(row)] if isinstance(rows, list) else [rows]


def _example(lab: Lab) -> str:
    """How an input is given, of one that is a number if there is one."""
    graph = next(iter(lab.known_graphs))
    published = lab.rubric.graphs[graph].inputs["published"]
    shapes = {name: shape_of_lists(published[name]) or () for name in lab.graphs[graph].inputs}
    name = min(shapes, key=lambda name: math.prod(shapes[name]))
    return f'"{graph}.{name}={_zeros(shapes[name])}"' if shapes[name] else f"{graph}.{name}=3"
