"""The published inputs and the settings as the defaults of parameters in the students' program.

In a lab with vectors and matrices a default may be the name of a variable, as in `X=X`: then its value is written where
it is assigned, in the place of the list in `X = torch.tensor([[1.0, 2.0]])`.
"""

import ast
from collections.abc import Iterator, Mapping

from autograder.authoring.handout.source import Edit, Function, Source
from autograder.graph.array_notation import nested
from autograder.graph.operation import Value
from autograder.rubric import Lab


def of_function(lab: Lab, source: Source, function: Function) -> Iterator[Edit]:
    """Edits that set the published values as defaults of the parameters that are in the rubric.

    Raises FileError where a parameter for a vector or a matrix has no list to set them in.
    """
    arguments = lab.defaults(function.name)
    settings = lab.rubric.functions[function.name].settings
    texts = {name: repr(nested(value)) for name, value in arguments.inputs.items()}
    texts |= {name: _literal(value, like=settings[name]) for name, value in arguments.settings.items()}
    variables = _variables(lab, source)
    for parameter, default in _parameters(function):
        if parameter.arg not in texts or (isinstance(default, ast.Name) and default.id in variables):
            continue
        text = texts[parameter.arg]
        if text.startswith("["):
            yield _list_edit(source, parameter, default, text)
            continue
        sign = " = " if parameter.annotation else "="
        end = source.span(parameter)[1]
        yield (*source.span(default), text) if default else (end, end, sign + text)


def of_variable(lab: Lab, source: Source, node: ast.Assign) -> Iterator[Edit]:
    """Edits that set the published values in an assignment, if a parameter has the variable as its default."""
    variables = _variables(lab, source)
    target = node.targets[0]
    if isinstance(target, ast.Name) and target.id in variables:
        value = nested(variables[target.id])
        old = _list_in(node.value) if isinstance(value, list) else node.value
        if old is None:
            raise source.error(node.lineno, f"{target.id} has no list of numbers in which to write the published ones")
        if not _is_literally(old, value):
            yield (*source.span(old), repr(value))


def _variables(lab: Lab, source: Source) -> Mapping[str, Value]:
    """The published value of each variable of the module that a parameter for an input has as its default."""
    assigned = {
        target.id
        for node in source.statements
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    found: dict[str, Value] = {}
    for node in source.statements:
        entry = lab.rubric.functions.get(node.name) if isinstance(node, Function) else None
        if not isinstance(node, Function) or entry is None or not lab.graphs[entry.graph].has_arrays:
            continue
        inputs = lab.defaults(node.name).inputs
        for parameter, default in _parameters(node):
            if parameter.arg in inputs and isinstance(default, ast.Name) and default.id in assigned:
                value = inputs[parameter.arg]
                if repr(nested(found.setdefault(default.id, value))) != repr(nested(value)):
                    problem = f"{default.id} is the default of two inputs with different published values"
                    raise source.error(default.lineno, f"{problem}; use two variables")
    return found


def _parameters(function: Function) -> Iterator[tuple[ast.arg, ast.expr | None]]:
    signature = function.args
    positional = [*signature.posonlyargs, *signature.args]
    missing = [None] * (len(positional) - len(signature.defaults))
    defaults = [*missing, *signature.defaults, *signature.kw_defaults]
    return zip([*positional, *signature.kwonlyargs], defaults, strict=True)


def _list_edit(source: Source, parameter: ast.arg, default: ast.expr | None, text: str) -> Edit:
    """Set the list in a default such as `torch.tensor([1.0, 2.0])`."""
    old = _list_in(default) if default else None
    if old is None:
        name = parameter.arg
        problem = f"the parameter {name} has no default that holds a list"
        raise source.error(parameter.lineno, f"{problem}; write {name}={name}, and above it {name} = torch.tensor([…])")
    return (*source.span(old), text)


def _list_in(expression: ast.expr) -> ast.List | None:
    """The outermost list in an expression; the first, if there are several."""
    return next((node for node in ast.walk(expression) if isinstance(node, ast.List)), None)


def _is_literally(expression: ast.expr, value: Value) -> bool:
    """Whether an expression is this value already; then it stays as it is written."""
    try:
        return bool(ast.literal_eval(expression) == value)
    except (ValueError, TypeError):
        return False


def _literal(value: float | int, like: float | int) -> str:
    """A setting as a Python literal: a whole number stays one, even if a set of inputs has it as 20.0."""
    return repr(int(value) if isinstance(like, int) and value == int(value) else value)
