"""Find where a class of the rubric and the class of the reference do not fit together."""

import ast
from collections.abc import Iterable, Iterator

from autograder.rubric.schema import Function
from autograder.rubric.without_graph import forward
from autograder.schema_errors import unknown_name


def problems(cls: Function, definition: ast.ClassDef) -> Iterator[tuple[str, str]]:
    """What does not fit, as (key within the class, sentence). definition: the class of the reference."""
    methods = {each.name: each for each in definition.body if isinstance(each, ast.FunctionDef)}
    for problem in of_build(cls.build, definition):
        yield "build", problem
    if method := methods.get("forward"):
        known, takes_more = _parameters(method.args)
        given = forward(cls)
        if len(known) < len(given) and not takes_more:
            takes, gives = ", ".join(known) or "nothing", ", ".join(given)
            yield "inputs", f"{definition.name}.forward() takes {takes}, and the rubric gives it {gives}; change one"


def of_build(build: Iterable[str], definition: ast.ClassDef) -> Iterator[str]:
    """Names of arguments that a class of the reference does not take."""
    for each in definition.body:
        if isinstance(each, ast.FunctionDef) and each.name == "__init__":
            known, takes_more = _parameters(each.args)
            for name in build:
                if name not in known and not takes_more:
                    yield unknown_name(f"parameter of {definition.name}.__init__()", name, known)


def _parameters(of: ast.arguments) -> tuple[list[str], bool]:
    """The names of a method's parameters but for the object itself, and whether it takes any number of others."""
    _, *named = [each.arg for each in (*of.posonlyargs, *of.args)] or [""]
    return [*named, *(each.arg for each in of.kwonlyargs)], bool(of.vararg or of.kwarg)
