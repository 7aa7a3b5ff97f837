"""Find what does not fit in the checks of a rubric: what they ask for, and points that nothing can lose."""

import ast
import math
from collections.abc import Iterator, Mapping

from autograder.graph import Graph, derivative_name
from autograder.graph.operation import Value
from autograder.graph.quantities import derivative, expected, is_ambiguous
from autograder.rubric import python_checks, validate_arrays, validate_learns
from autograder.rubric.lab import Lab
from autograder.rubric.schema import (
    LOSSES,
    Check,
    CodeCheck,
    DeviceCheck,
    LearnsCheck,
    PaperCheck,
    PythonCheck,
    ReceivedCheck,
    TrainingCheck,
    published,
)
from autograder.rubric.without_graph import is_own
from autograder.schema_errors import unknown_name

Problem = tuple[tuple[str | int, ...], str]


def defined_in_reference(lab: Lab) -> dict[str, ast.FunctionDef | ast.ClassDef]:
    """The functions and classes that the reference defines. Raises OSError, SyntaxError and ValueError."""
    tree = ast.parse((lab.reference / lab.rubric.program).read_text(encoding="utf-8"))
    return {each.name: each for each in tree.body if isinstance(each, ast.FunctionDef | ast.ClassDef)}


def check_problems(lab: Lab, index: int, check: Check) -> Iterator[Problem]:
    """What does not fit in a check, which has this index in the rubric."""
    place = ("checks", index)
    if not check.number.strip():
        yield (*place, "number"), 'a check needs a number, such as "4.1"'
    if [other.number for other in lab.rubric.checks].count(check.number) > 1:
        yield (*place, "number"), f"two checks have the number {check.number}; change one of them"
    if isinstance(check, ReceivedCheck):
        if check.points:
            yield (*place, "points"), "this check shows what was submitted and gives no points; set 0"
        if check.award or not check.counts:
            yield (*place, "award" if check.award else "counts"), "this check gives no points; remove this key"
        return
    if check.award and not check.counts:
        yield (*place, "award"), "a check that does not count has no points to award; keep `award` or `counts: false`"
    if not 0 < check.points < math.inf:
        yield (*place, "points"), "a check's points must be a number above 0"
    if round(check.points, 2) != check.points:
        yield (*place, "points"), "points must have at most two decimals"
    if isinstance(check, LearnsCheck):
        for path, problem in validate_learns.problems(lab, check, defined_in_reference(lab)):
            yield (*place, *path), problem
        return
    if isinstance(check, PythonCheck):
        for key, problem in _python_problems(lab, check):
            yield (*place, *key), problem
        return
    if isinstance(check, DeviceCheck):
        for key, problem in _device_problems(lab, index, check):
            yield (*place, *key), problem
        return
    if check.tolerance not in lab.rubric.tolerances:
        yield (*place, "tolerance"), unknown_name("tolerance", check.tolerance, lab.rubric.tolerances)
        return
    problems = list(_answer_problems(lab, check) if isinstance(check, PaperCheck) else _code_problems(lab, check))
    for key, problem in problems:
        yield (*place, *key), problem
    if not problems and _is_known(lab, check) and _never_fails(lab, check):
        yield place, "this check can never fail: with its inputs and tolerance the answer 0 is right everywhere"


def _python_problems(lab: Lab, check: PythonCheck) -> Iterator[Problem]:
    """Functions that a test names, which students would be given with their solution."""
    defined = defined_in_reference(lab)
    for name in check.functions:
        if name not in defined:
            yield ("functions",), unknown_name("function or class of the reference", name, defined)
    for name, where in python_checks.named_in(lab.folder, check).items():
        if name in defined and name not in lab.rubric.written and name not in lab.rubric.functions:
            problem = f"{where}, names {name}; name it here too, or students are given it with its solution"
            yield ("functions",), problem


def _answer_problems(lab: Lab, check: PaperCheck) -> Iterator[Problem]:
    if check.section not in lab.rubric.graphs:
        yield ("section",), unknown_name("graph", check.section, lab.rubric.graphs)
        return
    graph = lab.graphs[check.section]
    if not check.quantities:
        yield ("quantities",), "name at least one quantity"
    for quantity in check.quantities:
        if not in_graph(graph, quantity):
            yield ("quantities",), unknown_name("node or derivative", quantity, names_of(graph))
        elif is_ambiguous(graph, quantity):
            yield ("quantities",), ambiguous(graph, quantity)
        elif problem := validate_arrays.no_derivative(graph, lab.published(check.section), quantity):
            yield ("quantities",), problem


def _code_problems(lab: Lab, check: CodeCheck) -> Iterator[Problem]:
    function = lab.rubric.functions.get(check.function)
    if function is None:
        yield ("function",), unknown_name("function", check.function, lab.rubric.functions)
        return
    entry = lab.rubric.graphs[function.graph]
    if not check.inputs:
        yield ("inputs",), "name at least one set of inputs"
    for name in check.inputs:
        if name not in entry.inputs and name not in entry.drawn:
            yield ("inputs",), unknown_name("set of inputs", name, {*entry.inputs, *entry.drawn})
    for quantity in check.quantities:
        if quantity not in function.returns:
            yield ("quantities",), unknown_name(f"value returned by {check.function}", quantity, function.returns)
    for name in check.settings:
        if name not in function.settings:
            yield ("settings",), unknown_name(f"setting of {check.function}", name, function.settings)
    for name in check.inputs:
        epochs = {**entry.inputs.get(name, {}), **check.settings}.get("n_epochs", 1)
        if isinstance(epochs, list) or epochs != int(epochs):
            yield ("settings",), "n_epochs must be a whole number"
    if (LOSSES in function.returns) != isinstance(check, TrainingCheck):
        yield (
            ("kind",),
            "a function that returns losses needs the kind 'convergence', any other 'values' or 'gradients'",
        )
    if isinstance(check, TrainingCheck) and check.compared < 1:
        yield ("compared",), "at least one loss must be compared"


def _device_problems(lab: Lab, index: int, check: DeviceCheck) -> Iterator[Problem]:
    if not check.functions:
        yield ("functions",), "name at least one function"
    hidden = {each.function for each in lab.rubric.checks if isinstance(each, CodeCheck) and not published(each)}
    for name in check.functions:
        if name not in lab.rubric.functions:
            yield ("functions",), unknown_name("function", name, lab.rubric.functions)
        elif not lab.rubric.functions[name].device:
            yield ("functions",), f"{name} takes no device; if it does, write device: true under functions, {name}"
        elif name not in hidden:
            yield (
                ("functions",),
                f"{name} has no check with other than published inputs; add one, or this check gives no points for it",
            )
    if any(isinstance(each, CodeCheck) for each in lab.rubric.checks[index:]):
        yield (), "put this check after all checks that call functions: it leaves traces in global variables"


def _is_known(lab: Lab, check: PaperCheck | CodeCheck) -> bool:
    """Whether a graph says what is right, not the reference alone."""
    return isinstance(check, PaperCheck) or not is_own(lab.rubric.functions[check.function].graph)


def _never_fails(lab: Lab, check: PaperCheck | CodeCheck) -> bool:
    """Whether 0 would be right for every quantity at every set of inputs.

    For a training loop: whether there is nothing to train.
    """
    tolerance = lab.rubric.tolerances[check.tolerance]

    def zero_is_right(graph: str, inputs: Mapping[str, Value], quantities: tuple[str, ...]) -> bool:
        return all(tolerance.allows(0.0 * v, v) for v in expected(lab.graphs[graph], quantities, inputs).values())

    if isinstance(check, PaperCheck):
        return zero_is_right(check.section, lab.published(check.section), check.quantities)
    graph = lab.rubric.functions[check.function].graph
    sets = [lab.arguments(check, name, "") for name in check.inputs]
    if isinstance(check, TrainingCheck):
        output = lab.graphs[graph].output
        return all(min(s.settings.values()) <= 0 or zero_is_right(graph, s.inputs, (output,)) for s in sets)
    return all(zero_is_right(graph, s.inputs, lab.quantities(check)) for s in sets)


def in_graph(graph: Graph, quantity: str) -> bool:
    """Whether a name is that of a node, or of a derivative of one."""
    nodes = {node.name for node in graph.nodes}
    link = derivative(graph, quantity)
    return quantity in nodes or (link is not None and link[0] in nodes)


def ambiguous(graph: Graph, quantity: str) -> str:
    """Why a name that can mean two derivatives is refused, and what to do about it."""
    of, wrt = derivative(graph, quantity) or ("", "")
    node = next(node for node in graph.nodes if node.name == of)
    others = [name for name in node.names if name != wrt and wrt in graph.ancestors[name]]
    return (
        f"{quantity} can mean two derivatives, because {of} = {node.text} uses {wrt} directly and through "
        f"{' and '.join(others)}; let {of} use a node of its own in place of {wrt}, such as {wrt}_1 = {wrt} + 0, "
        f"or leave {quantity} out"
    )


def names_of(graph: Graph) -> set[str]:
    """Names of quantities to choose from: the nodes, and the gradients of the output."""
    return {node.name for node in graph.nodes} | {derivative_name(graph.output, name) for name in graph.inputs}
