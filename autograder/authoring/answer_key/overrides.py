"""Published inputs from the command line instead of those in the rubric: "task1.x=3"."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace

from msgspec import structs

from autograder.authoring.answer_key.exact import NoKey
from autograder.rubric import Lab
from autograder.schema_errors import unknown_name

EPOCHS = "n_epochs"
MOST_EPOCHS = 1000  # a longer table would not help anyone


def with_inputs(lab: Lab, assignments: Iterable[str]) -> Lab:
    """The lab with some published inputs replaced.

    Args:
        lab: The lab.
        assignments: Each GRAPH.NAME=NUMBER; NAME is an input of the graph, or a setting of a training function.

    Raises:
        NoKey: An assignment is not valid; the message says what is wrong.
    """
    inputs: dict[str, dict[str, float]] = {}
    settings: dict[str, dict[str, float]] = {}
    for each in assignments:
        graph, name, number = _read(lab, each)
        in_the_set = name in lab.rubric.graphs[graph].inputs["published"]  # which may contain settings, too
        (inputs if in_the_set else settings).setdefault(graph, {})[name] = number
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


def _read(lab: Lab, assignment: str) -> tuple[str, str, float]:
    place, equals, text = assignment.partition("=")
    graph, dot, name = place.strip().partition(".")
    if not (equals and dot):
        raise NoKey(f"--set {assignment}: write GRAPH.NAME=NUMBER, for instance --set {_example(lab)}")
    if graph not in lab.graphs:
        raise NoKey(f"--set {assignment}: {unknown_name('graph', graph, lab.graphs)}")
    settings = {
        setting for entry in lab.rubric.functions.values() if entry.graph == graph for setting in entry.settings
    }
    names = {*lab.graphs[graph].inputs, *settings}
    if name not in names:
        raise NoKey(f"--set {assignment}: {unknown_name(f'input of {graph}', name, names)}")
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise NoKey(f"--set {assignment}: {text.strip()!r} is not a decimal number, such as 0.5")
    if name == EPOCHS and not (number == int(number) and 0 < number <= MOST_EPOCHS):
        raise NoKey(f"--set {assignment}: {EPOCHS} must be a whole number from 1 to {MOST_EPOCHS}")
    return graph, name, int(number) if name == EPOCHS else number


def _example(lab: Lab) -> str:
    graph = next(iter(lab.graphs))
    return f"{graph}.{lab.graphs[graph].inputs[0]}=3"
