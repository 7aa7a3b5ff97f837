"""Find what does not fit together in a rubric; each problem comes with its place in the file."""

import ast
import math
from collections.abc import Iterator
from pathlib import PurePath

from autograder.graph import GraphError, parse
from autograder.graph.quantities import derivative, is_ambiguous, local_derivatives
from autograder.rubric import draw, validate_arrays, validate_classes
from autograder.rubric.lab import Lab, parse_graph
from autograder.rubric.schema import (
    DEVICES,
    LOSSES,
    LabMistake,
    Tolerance,
    Visibility,
)
from autograder.rubric.validate_checks import (
    Problem,
    ambiguous,
    check_problems,
    defined_in_reference,
    in_graph,
    names_of,
)
from autograder.rubric.without_graph import is_own
from autograder.schema_errors import unknown_name

LIMITS = {"call": "seconds", "load": "seconds", "submission": "seconds", "memory": "MB", "files": "MB", "output": "KB"}
MOST = 1_000_000  # seconds, MB or KB of a limit
UNTIL: dict[Visibility, str] = {
    "after_due_date": "until the due date",
    "after_published": "until the grades are published",
    "hidden": "always",
}


def problems(lab: Lab) -> Iterator[Problem]:
    """Yield everything that does not fit, in the order in which it should be fixed."""
    rubric = lab.rubric
    if not rubric.key:
        yield (), "the key is missing; add key: with at least 16 characters, or one in the course.yaml of its course"
    elif len(rubric.key) < 16:
        yield ("key",), "the key is too short to be a secret; use at least 16 characters"
    if not DEVICES.fullmatch(rubric.device):
        yield ("device",), unknown_name("device", rubric.device, {"auto", "cpu", "cuda", "cuda:0", "mps"})
    for name, tolerance in rubric.tolerances.items():
        yield from _tolerance_problems(name, tolerance)
    for share in ("right_on_some_inputs", "follow_through", "slips"):
        if not 0 <= getattr(rubric, share) <= 1:
            yield (share,), "this share must be between 0 and 1"
    for name, unit in LIMITS.items():
        if not 0 < getattr(rubric.limits, name) <= MOST:
            yield ("limits", name), f"a limit must be a number of {unit} above 0, and at most {MOST:,}"
    if not 0 <= rubric.limits.search < math.inf:
        yield ("limits", "search"), "a limit of the search must be a number of seconds, 0 or more"
    for name in rubric.graphs:
        yield from _graph_problems(lab, name)
    for name in rubric.functions:
        yield from _function_problems(lab, name)
    for index, mistake in enumerate(rubric.mistakes):
        for key, problem in _mistake_problems(lab, mistake):
            yield ("mistakes", index, *key), problem
    yield from _alias_problems(lab)
    if rubric.answers != PurePath(rubric.answers).name or not rubric.answers.endswith((".yaml", ".yml")):
        yield ("answers",), "this is the name of the file with answers on paper, such as answers.yaml, without a folder"
    yield from _reference_problems(lab)
    for index, check in enumerate(rubric.checks):
        yield from check_problems(lab, index, check)
    if any(check.points for check in rubric.checks) and not any(check.worth for check in rubric.checks):
        yield ("checks",), "no check counts; at least one has to, or there are no points to scale up"
    total = math.fsum(check.points for check in rubric.checks)
    if abs(total - rubric.points) > 1e-6:
        problem = f"the points of the checks add up to {total:g}, not to {rubric.points:g}; change one or the other"
        yield ("points",), problem


def warnings(lab: Lab) -> tuple[str, ...]:
    """Sentences for the instructor about a valid rubric that still deserves attention; not for students."""
    hidden: dict[Visibility, list[str]] = {}
    for check in lab.rubric.checks:
        hidden.setdefault(lab.visibility(check), []).append(check.number)
    groups = [f"{', '.join(hidden[each])} ({UNTIL[each]})" for each in UNTIL if each in hidden]
    if not groups:
        return ()
    return (f"hidden from students: {'; '.join(groups)}. While a check is hidden, Gradescope shows students no total.",)


def _tolerance_problems(name: str, tolerance: Tolerance) -> Iterator[Problem]:
    for field, value in (("rtol", tolerance.rtol), ("coarse", tolerance.coarse or 0)):
        if not 0 <= value < 1:
            yield (
                ("tolerances", name, field),
                "a relative tolerance must be at least 0 and below 1 (at 1 the answer 0 would always be right)",
            )
    if not 0 <= tolerance.atol < math.inf:
        yield ("tolerances", name, "atol"), "an absolute tolerance must be a finite number, 0 or more"
    if tolerance.coarse is not None and tolerance.coarse < tolerance.rtol:
        yield ("tolerances", name, "coarse"), f"the coarse tolerance must be at least rtol ({tolerance.rtol:g})"


def _graph_problems(lab: Lab, name: str) -> Iterator[Problem]:
    entry = lab.rubric.graphs[name]
    if is_own(name):
        return
    try:
        graph = parse_graph(lab.rubric, name)
    except GraphError as error:
        yield ("graphs", name, "nodes", *([error.node] if error.node else [])), str(error)
        return
    settings = {
        setting for function in lab.rubric.functions.values() if function.graph == name for setting in function.settings
    }
    for label, inputs in entry.inputs.items():
        if missing := [wanted for wanted in graph.inputs if wanted not in inputs]:
            yield ("graphs", name, "inputs", label), f"this set lacks {', '.join(missing)}; add them"
        if extra := set(inputs) - set(graph.inputs) - settings:
            yield (
                ("graphs", name, "inputs", label),
                unknown_name("input or setting", min(extra), {*graph.inputs, *settings}),
            )
    for key, problem in validate_arrays.problems(graph, entry):
        yield ("graphs", name, *key), problem
    if "published" not in entry.inputs:
        yield ("graphs", name, "inputs"), "the set 'published' is missing: add the inputs that students are given"
    for label, drawn in entry.drawn.items():
        if label in entry.inputs:
            yield ("graphs", name, "drawn", label), f"'inputs' has a set named {label!r} too; rename one of them"
        for key, problem in draw.problems(drawn, graph, settings):
            yield ("graphs", name, "drawn", label, *key), problem
    if entry.individual:
        for key, problem in draw.problems(entry.individual, graph, ()):
            yield ("graphs", name, "individual", *key), problem


def _function_problems(lab: Lab, name: str) -> Iterator[Problem]:
    function = lab.rubric.functions[name]
    place = ("functions", name)
    if function.graph not in lab.rubric.graphs:
        yield (*place, "graph"), unknown_name("graph", function.graph, lab.rubric.graphs)
        return
    graph = lab.graphs[function.graph]
    if set(function.inputs) != set(graph.inputs):
        yield (*place, "inputs"), f"these must be the inputs of graph {function.graph}: {', '.join(graph.inputs)}"
    *weights, last = function.returns or ("",)
    if LOSSES in function.returns and not (last == LOSSES and weights and set(weights) <= set(graph.inputs)):
        yield (
            (*place, "returns"),
            "a training loop must return the inputs that it trains, then 'losses'",
        )
    if LOSSES in function.returns and not {"lr", "n_epochs"} <= set(function.settings):
        yield (
            (*place, "settings"),
            "a training loop needs the settings lr (the learning rate) and n_epochs (how many losses it returns)",
        )
    for quantity in function.returns:
        if not (in_graph(graph, quantity) or quantity == LOSSES or quantity in graph.inputs):
            yield (
                (*place, "returns"),
                unknown_name("node, derivative or 'losses' named", quantity, {*names_of(graph), LOSSES}),
            )
        elif is_ambiguous(graph, quantity):
            yield (*place, "returns"), ambiguous(graph, quantity)
        elif problem := validate_arrays.no_derivative(graph, lab.defaults(name).inputs, quantity):
            yield (*place, "returns"), problem
    if set(function.inputs) == set(graph.inputs):
        yield from _without_gradient(lab, name)


def _without_gradient(lab: Lab, name: str) -> Iterator[Problem]:
    """A function that differentiates, or trains, by an output that is no single number."""
    function = lab.rubric.functions[name]
    graph = lab.graphs[function.graph]
    pairs = [derivative(graph, quantity) for quantity in function.returns]
    differentiates = function.trained or any(pair and pair[0] == graph.output for pair in pairs)
    shape = validate_arrays.output_shape(graph, lab.defaults(name).inputs) if differentiates else ()
    if shape:
        yield (
            ("graphs", function.graph, "nodes", graph.output),
            f"the last node is what {name} differentiates, so it must be one number; it has shape {shape}. "
            f"Take its mean or its sum in a further node, such as mean({graph.output})",
        )


def _mistake_problems(lab: Lab, mistake: LabMistake) -> Iterator[Problem]:
    if mistake.graph not in lab.rubric.graphs:
        yield ("graph",), unknown_name("graph", mistake.graph, lab.rubric.graphs)
        return
    graph = lab.graphs[mistake.graph]
    links = local_derivatives(graph)
    nodes = [node.name for node in graph.nodes]
    if mistake.instead_of in nodes and graph.has_arrays:
        yield ("instead_of",), "in a graph with vectors or matrices, only a local derivative can be named here"
        return
    if is_ambiguous(graph, mistake.instead_of):
        yield ("instead_of",), ambiguous(graph, mistake.instead_of)
    elif mistake.instead_of not in (*links, *nodes):
        yield ("instead_of",), unknown_name("local derivative or node", mistake.instead_of, {*links, *nodes})
    before = graph.names[: graph.names.index(mistake.instead_of)] if mistake.instead_of in nodes else graph.names
    try:
        parse({name: str(expression) for name, expression in mistake.nodes.items()}, before)
    except GraphError as error:
        yield ("nodes", *([error.node] if error.node else [])), str(error)


def _alias_problems(lab: Lab) -> Iterator[Problem]:
    """Other names for what is returned: of nothing, or with a meaning of their own."""
    returned = [function.returns for function in lab.rubric.functions.values()]
    known = {name for names in returned for name in names} | {
        each for graph in lab.graphs.values() for each in names_of(graph)
    }
    for name, others in lab.rubric.aliases.items():
        if name not in known:
            yield ("aliases", name), unknown_name("value that a function returns", name, known)
        for other in others:
            if any({name, other} <= set(names) for names in returned) and other != name:
                yield ("aliases", name), f"{other} is another value that the same function returns; leave it out here"


def _reference_problems(lab: Lab) -> Iterator[Problem]:
    path = lab.reference / lab.rubric.program
    try:
        defined = defined_in_reference(lab)
    except OSError as error:
        fix = "correct the name, or write the file"
        yield ("program",), f"the reference solution {path} cannot be read ({error.strerror}); {fix}"
        return
    except SyntaxError as error:
        yield ("program",), f"the reference solution {path} cannot be read: {error.msg} in line {error.lineno}"
        return
    except ValueError as error:
        yield ("program",), f"the reference solution {path} cannot be read: {error}"
        return
    for name, function in lab.rubric.functions.items():
        if name not in defined:
            problem = f"the reference solution {path} does not define this function; " + unknown_name(
                "function", name, defined
            )
            yield ("functions", name), problem
            continue
        asked = [*function.inputs, *function.settings]
        definition = defined[name]
        if isinstance(definition, ast.ClassDef) != function.is_class:
            there = "a class" if isinstance(definition, ast.ClassDef) else "a function"
            yield ("functions", name), f"{path} defines {there} of this name; `class: true` is for classes alone"
            continue
        if isinstance(definition, ast.ClassDef):
            for key, problem in validate_classes.problems(function, definition):
                yield ("functions", name, key), problem
            continue
        taken = [argument.arg for argument in definition.args.args if argument.arg != "device"]
        if taken != asked:
            here, there = f"{name}({', '.join(asked)})", f"{name}({', '.join(taken)})"
            problem = f"the rubric asks for {here}, but {path} defines {there}; change one or the other"
            yield ("functions", name, "inputs"), problem
