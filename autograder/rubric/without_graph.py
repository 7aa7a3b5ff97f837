"""Functions without a graph: only the reference says what is right.

Each gets a graph of its own, whose nodes are what it returns. No program computes them but the reference.
"""

from collections.abc import Iterator

import msgspec

from autograder.graph import Graph, shape_of
from autograder.rubric.draw import Drawn, draw
from autograder.rubric.draw import problems as draw_problems
from autograder.rubric.schema import LOSSES, CodeCheckEntry, Function, GraphEntry, Rubric

PUBLISHED = "published"
ENDING = "()"  # of the name of such a graph; no name in rubric.yaml has it


def problems(rubric: Rubric) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """What does not fit in functions without a graph, as (keys, sentence)."""
    for name, function in rubric.functions.items():
        place = ("functions", name)
        if isinstance(function.takes, dict) == bool(function.graph):
            yield (
                (*place, "inputs"),
                "with a graph, these are the names of its inputs: [x, w]; without one, each is said how it is drawn: "
                "{ x: { shape: [2, 3] } }, or { x: [[-2, 2]] } for a number",
            )
        elif isinstance(function.takes, dict):
            if not function.takes or not function.returns:
                yield (*place, "inputs" if function.returns else "returns"), "name at least one"
                continue
            if LOSSES in function.returns:
                yield (*place, "returns"), "a training loop needs a graph, whose output is the loss"
            graph = _reference_graph(function.inputs, function.returns)
            for key, problem in draw_problems(Drawn(function.takes), graph, ()):
                yield (*place, "inputs", *key[1:]), problem


def with_graphs(rubric: Rubric) -> Rubric:
    """The rubric with a graph for each function that has none. Raises ValueError if its inputs cannot be drawn."""
    own = {name: function for name, function in rubric.functions.items() if isinstance(function.takes, dict)}
    functions = {name: msgspec.structs.replace(function, graph=f"{name}{ENDING}") for name, function in own.items()}
    graphs = {f"{name}{ENDING}": _entry(rubric, name, function) for name, function in own.items()}
    return msgspec.structs.replace(
        rubric, functions={**rubric.functions, **functions}, graphs={**rubric.graphs, **graphs}
    )


def own_graph(entry: GraphEntry) -> Graph:
    """The graph of a function that has none in the rubric."""
    return _reference_graph(tuple(entry.inputs[PUBLISHED]), tuple(entry.nodes))


def _reference_graph(inputs: tuple[str, ...], returns: tuple[str, ...]) -> Graph:
    from autograder.graph.reference_graph import reference_graph  # imports NumPy, which takes a tenth of a second

    return reference_graph(inputs, returns)


def is_own(graph: str) -> bool:
    """Whether the graph of this name is that of a function that has none in the rubric."""
    return graph.endswith(ENDING)


def _entry(rubric: Rubric, name: str, function: Function) -> GraphEntry:
    """The checks of the function name sets of inputs as they like: each is another draw by the same rule, and those
    that are published are the same for everybody."""
    assert isinstance(function.takes, dict)
    drawn = Drawn(function.takes)
    entry = GraphEntry(dict.fromkeys(function.returns, ""), {PUBLISHED: dict.fromkeys(function.takes, 0.0)})
    published = {
        each: value.tolist() if shape_of(value) else value
        for each, value in draw(drawn, own_graph(entry), PUBLISHED, name).items()
    }
    checks = [each for each in rubric.checks if isinstance(each, CodeCheckEntry) and each.function == name]
    sets = {each for check in checks for each in check.inputs if each != PUBLISHED}
    return msgspec.structs.replace(entry, inputs={PUBLISHED: published}, drawn=dict.fromkeys(sorted(sets), drawn))
