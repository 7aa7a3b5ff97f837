"""Functions and classes without a graph: only the reference says what is right.

Each gets a graph of its own, whose nodes are what it returns. No program computes them but the reference.
"""

import re
from collections.abc import Iterator

import msgspec

from autograder.graph import Graph, shape_of
from autograder.rubric.draw import Drawn, draw
from autograder.rubric.draw import problems as draw_problems
from autograder.rubric.schema import LOSSES, CodeCheckEntry, Function, GraphEntry, Rubric

PUBLISHED = "published"
LOSS = re.compile(r"(\w+)\((\w+), *(\w+)\)")
TORCH_LOSSES = {  # by their names here: functions of torch.nn.functional
    "mse": "mse_loss",
    "cross_entropy": "cross_entropy",
    "mse_loss": "mse_loss",
    "l1_loss": "l1_loss",
    "smooth_l1_loss": "smooth_l1_loss",
    "nll_loss": "nll_loss",
    "binary_cross_entropy": "binary_cross_entropy",
    "binary_cross_entropy_with_logits": "binary_cross_entropy_with_logits",
}
ENDING = "()"  # of the name of such a graph; no name in rubric.yaml has it


def problems(rubric: Rubric) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """What does not fit in functions without a graph, as (keys, sentence)."""
    for name, function in rubric.functions.items():
        place = ("functions", name)
        for class_key, problem in _class_problems(function):
            yield (*place, class_key), problem
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
    own = {name: _whole(each) for name, each in rubric.functions.items() if isinstance(each.takes, dict)}
    functions = {name: msgspec.structs.replace(function, graph=f"{name}{ENDING}") for name, function in own.items()}
    graphs = {f"{name}{ENDING}": _entry(rubric, name, function) for name, function in own.items()}
    return msgspec.structs.replace(
        rubric, functions={**rubric.functions, **functions}, graphs={**rubric.graphs, **graphs}
    )


def loss_of(cls: Function) -> tuple[str, ...]:
    """The function of torch.nn.functional that a class is differentiated by, and its two arguments; () if none."""
    found = LOSS.fullmatch(cls.loss)
    return (TORCH_LOSSES[found[1]], found[2], found[3]) if found else ()


def forward(cls: Function) -> tuple[str, ...]:
    """The inputs that a class's objects are called with: all but those that the loss compares with."""
    return tuple(name for name in cls.inputs if name not in loss_of(cls))


def outputs(cls: Function) -> tuple[str, ...]:
    """What a class's objects return: its results without the loss and the gradients."""
    return tuple(name for name in cls.returns if name != "loss" and name not in _gradients(cls))


def _gradients(cls: Function) -> tuple[str, ...]:
    """The names of the gradients that are compared."""
    return tuple(f"{name}.grad" for name in cls.parameters) if cls.loss else ()


def _class_problems(cls: Function) -> Iterator[tuple[str, str]]:
    """What does not fit in a class, as (key, sentence)."""
    if not cls.is_class:
        for key in ("build", "parameters", "loss"):
            if getattr(cls, key):
                yield key, f"only a class has `{key}`; write class: true"
        return
    if cls.settings:
        yield "settings", "a class has no settings; `build` has the arguments that it is built with"
    if not cls.parameters:
        example = "{ hidden.weight: [3, 2], hidden.bias: [3] }"
        yield "parameters", f"name the parameters of the class with their shapes: {example}"
    for name, shape in cls.parameters.items():
        if not all(size > 0 for size in shape):
            yield "parameters", f"the sizes of {name} must be above 0"
    if not cls.loss:
        return
    found = LOSS.fullmatch(cls.loss)
    if not found or found[1] not in TORCH_LOSSES:
        allowed = ", ".join(TORCH_LOSSES)
        yield "loss", f"write a loss with two arguments, such as cross_entropy(logits, y); it is one of {allowed}"
    elif not (found[2] in cls.returns and found[3] in cls.inputs):
        yield "loss", f"{found[1]} takes a name under `returns`, then a name under `inputs`"
    elif "loss" in cls.returns:
        yield "returns", "the loss is returned without being named here"


def own_graph(entry: GraphEntry) -> Graph:
    """The graph of a function that has none in the rubric."""
    return _reference_graph(tuple(entry.inputs[PUBLISHED]), tuple(entry.nodes))


def _whole(function: Function) -> Function:
    """A function with all that is compared: for a class with a loss, this and the gradients too."""
    more = ("loss", *_gradients(function)) if function.loss else ()
    return msgspec.structs.replace(function, returns=(*function.returns, *more))


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
