"""The students' program: the text of the reference without the solution.

ast is used only to locate things. What is kept is copied literally, with comments and formatting.
"""

import ast
import copy
from collections.abc import Iterator
from itertools import pairwise

from autograder.authoring.handout import defaults
from autograder.authoring.handout.source import Edit, Function, Gap, Source
from autograder.rubric import Lab

NOTHING = Gap(0, (), ())


def unwritten(lab: Lab) -> str:
    """The text of the students' program.

    A function that students have to write keeps its signature and its docstring. The parameters of every function get
    the published values as defaults. Left out are names that begin with an underscore, imports that are no longer
    used, and the comment above the module's docstring, which is about the solution.

    Raises:
        FileError: The reference cannot be turned into a template; the message says why, with the line.
    """
    source = Source(lab.reference / lab.rubric.program)
    for one, other in pairwise(source.statements):
        if _first(other) <= (one.end_lineno or 0):
            raise source.error(_first(other), "two statements share a line; put each on its own line")
    _refuse_missing_names(lab, source)
    text = "\n".join([*_lines(lab, source), ""])
    try:
        ast.parse(text)
    except SyntaxError as error:
        problem = f"with the published values as defaults, this is no longer valid Python ({error.msg})"
        raise source.error(1, f"{problem}; give every parameter a default") from None
    return text


def _lines(lab: Lab, source: Source) -> Iterator[str]:
    used = {name.id for node in source.statements for name in _names(lab, node)}
    left, last, cut = NOTHING, 0, False
    for node in source.statements:
        gap = Gap.of(source.lines(last + 1, _first(node) - 1), cut=cut)
        text = _kept(lab, source, node, used)
        if text is None:
            left = gap.left().after(left)
        else:
            yield from [] if not last and _is_text(node) else gap.after(left).lines()
            yield text
            left = NOTHING
        last, cut = node.end_lineno or 0, text is None or to_write(lab, node)
    below = "\n".join(source.lines(last + 1)).rstrip()
    if below:
        yield from Gap.of(below.split("\n"), cut=cut).lines()


def _kept(lab: Lab, source: Source, node: ast.stmt, used: set[str]) -> str | None:
    """The text of a statement in the template; None if it is left out."""
    edits: list[Edit] = []
    if isinstance(node, ast.Import | ast.ImportFrom):
        aliases = [alias for alias in node.names if _needed(node, alias, used)]
        if len(aliases) < len(node.names):
            fewer = copy.copy(node)
            fewer.names = aliases
            return ast.unparse(fewer) if aliases else None
    elif is_private(lab, node):
        return None
    elif isinstance(node, ast.Assign):
        edits += defaults.of_variable(lab, source, node)
    elif isinstance(node, Function) and node.name in lab.rubric.functions:
        edits += defaults.of_function(lab, source, node)
    edits += _stubs(lab, source, node)
    return source.edited(_first(node), node.end_lineno or 0, edits)


def _stubs(lab: Lab, source: Source, node: ast.stmt) -> list[Edit]:
    """The bodies of a function, or of the methods of a class, that students have to write."""
    if not to_write(lab, node):
        return []
    if isinstance(node, ast.ClassDef):
        return [_stub(source, each) for each in node.body if isinstance(each, Function)]
    assert isinstance(node, Function)
    return [_stub(source, node)]


def _stub(source: Source, function: Function) -> Edit:
    """The body of a function that students have to write: its docstring, a call of the base class's constructor, and a
    raise statement."""
    indentation = source.indentation(function.body[0], "    ")
    raising = f'raise NotImplementedError("{function.name}() is still to be written")'
    kept = [source.text[slice(*source.span(each.value))] for each in _kept_first(function)]
    lines = [indentation + line for line in (*kept, raising)]
    return source.colon(function), source.end_of_line(function.end_lineno or 0), "\n" + "\n".join(lines)


def _kept_first(function: Function) -> Iterator[ast.Expr]:
    """The first statements of a body that students get: a docstring, and super().__init__()."""
    for node in function.body[:2]:
        if isinstance(node, ast.Expr) and (_is_text(node) or _is_base_constructor(node.value)):
            yield node


def _is_base_constructor(node: ast.expr) -> bool:
    match node:
        case ast.Call(ast.Attribute(ast.Call(ast.Name("super")), "__init__")):
            return True
    return False


def _refuse_missing_names(lab: Lab, source: Source) -> None:
    """Raise FileError if code that students get uses a name that is left out."""
    gone = {name for node in source.statements if is_private(lab, node) for name in _defined(node)}
    for name in (name for node in source.statements for name in _names(lab, node)):
        if name.id in gone and isinstance(name.ctx, ast.Load):
            problem = f"students get this line, but not {name.id}, because its name begins with an underscore"
            raise source.error(name.lineno, f"{problem}; rename {name.id}, or do not use it here")


def _names(lab: Lab, node: ast.stmt) -> Iterator[ast.Name]:
    """The names in the part of a statement that students see."""
    seen: list[ast.AST] = [] if is_private(lab, node) else [node]
    if to_write(lab, node):
        seen = [part for each in _written(node) for part in _head(each)]
        seen += [*node.decorator_list, *node.bases, *node.keywords] if isinstance(node, ast.ClassDef) else []
    return (each for part in seen for each in ast.walk(part) if isinstance(each, ast.Name))


def _written(node: ast.stmt) -> list[ast.stmt]:
    """The statements of a function or a class that students write: itself, or those of the class's body."""
    return [*node.body] if isinstance(node, ast.ClassDef) else [node]


def _head(node: ast.stmt) -> list[ast.AST]:
    """What students see of a function; all of any other statement."""
    if not isinstance(node, Function):
        return [node]
    return [*node.decorator_list, node.args, *([node.returns] if node.returns else []), *_kept_first(node)]


def to_write(lab: Lab, node: ast.stmt) -> bool:
    """Whether a statement defines a function or a class that students write."""
    return isinstance(node, Function | ast.ClassDef) and node.name in lab.rubric.written


def is_private(lab: Lab, node: ast.stmt) -> bool:
    """Whether a statement is left out, because every name that it defines begins with an underscore."""
    names = _defined(node)
    return bool(names) and all(name.startswith("_") and name not in lab.rubric.functions for name in names)


def _defined(node: ast.stmt) -> list[str]:
    """The names that a definition or an assignment defines."""
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return [name]
        case ast.Assign(targets=targets):
            return [each.id for target in targets for each in ast.walk(target) if isinstance(each, ast.Name)]
        case ast.AnnAssign(target=target) | ast.AugAssign(target=target):
            return [each.id for each in ast.walk(target) if isinstance(each, ast.Name)]
    return []


def _needed(node: ast.Import | ast.ImportFrom, alias: ast.alias, used: set[str]) -> bool:
    future = isinstance(node, ast.ImportFrom) and node.module == "__future__"
    return future or alias.name == "*" or (alias.asname or alias.name.partition(".")[0]) in used


def _is_text(node: ast.stmt) -> bool:
    """Whether a statement is a string, which is a docstring if it comes first."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _first(node: ast.stmt) -> int:
    """The first line of a statement, including its decorators."""
    decorators = node.decorator_list if isinstance(node, Function | ast.ClassDef) else []
    return min([node.lineno, *(each.lineno for each in decorators)])
