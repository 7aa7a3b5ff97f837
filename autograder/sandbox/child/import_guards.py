"""Inside the sandbox: what a program is ready to do without, imports above all, and what not.

`try: import google.colab … except ImportError: …` asks whether a module is there; a stand-in would answer wrongly.
"""

import ast
import functools
import importlib
import importlib.util
import linecache
import sys
from types import FrameType

CAUGHT = frozenset({"ImportError", "ModuleNotFoundError", "Exception", "BaseException"})
GIVING_UP = frozenset(
    {"exit", "quit", "_exit", "abort", "system", "popen", "run", "call", "check_call", "Popen", "main"}
)
IMPORTING = ("<frozen importlib", importlib.__file__.removesuffix("__init__.py"))


def is_expected_to_fail(module: str) -> bool:
    """Whether whoever imports a module now copes without it: looks for its spec, is no student's, or does it in a `try`
    that catches an ImportError and goes on without the module."""
    frame: FrameType | None = sys._getframe(1)
    importer = False  # seen
    while frame is not None:
        file = frame.f_code.co_filename
        if frame.f_code is importlib.util.find_spec.__code__ and frame.f_locals.get("fullname") == module:
            return True
        ours = frame.f_globals.get("__name__", "").startswith("autograder.sandbox.")
        if not ours and not file.startswith(IMPORTING):
            library = file.startswith((sys.prefix, sys.base_prefix))
            if library and not importer:  # it has its own ways to do without
                return True
            if not library and frame.f_lineno in _guarded_lines(file):
                return True
            importer = True
        frame = frame.f_back
    return False


def is_demanded() -> bool:
    """Whether what is asked now has to be so: in an `assert`, or an `if` that gives up."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_globals.get("__name__", "").startswith("autograder.sandbox."):
        frame = frame.f_back
    return frame is not None and frame.f_lineno in _demanding_lines(frame.f_code.co_filename)


@functools.cache
def _demanding_lines(file: str) -> frozenset[int]:
    """The lines of a file at which the program ends unless something is there."""
    nodes = list(ast.walk(_parsed(file)))
    asked = [node.test for node in nodes if isinstance(node, ast.Assert)]
    asked += [node.test for node in nodes if isinstance(node, ast.If) and _ends(node.body)]
    return frozenset(line for test in asked for line in range(test.lineno, (test.end_lineno or 0) + 1))


def _ends(body: list[ast.stmt]) -> bool:
    return any(_gives_up(node) for statement in body for node in ast.walk(statement))


@functools.cache
def _parsed(file: str) -> ast.Module:
    try:
        return ast.parse("".join(linecache.getlines(file)))
    except (SyntaxError, ValueError, RecursionError):
        return ast.Module([], [])


@functools.cache
def _guarded_lines(file: str) -> frozenset[int]:
    """The lines of a file on which an import may fail."""
    lines: set[int] = set()
    for node in ast.walk(_parsed(file)):
        if _guards(node):
            body: list[ast.stmt] = getattr(node, "body")  # noqa: B009  # of a try, or of a with
            lines.update(range(body[0].lineno, (body[-1].end_lineno or body[-1].lineno) + 1))
    return frozenset(lines)


def _guards(node: ast.AST) -> bool:
    """Whether a statement catches what a failing import in its body raises, and goes on without it."""
    if isinstance(node, ast.Try):
        catching = next((each for each in node.handlers if each.type is None or _catches(each.type)), None)
        return catching is not None and not _ends(catching.body)
    if isinstance(node, ast.With):
        calls = [item.context_expr for item in node.items if isinstance(item.context_expr, ast.Call)]
        return any(_name(call.func) == "suppress" and any(map(_catches, call.args)) for call in calls)
    return False


def _catches(type_: ast.expr) -> bool:
    return any(map(_catches, type_.elts)) if isinstance(type_, ast.Tuple) else _name(type_) in CAUGHT


def _gives_up(node: ast.AST) -> bool:
    """Whether the program ends without the module, or installs it, so that it takes for granted that it is there."""
    return isinstance(node, ast.Raise) or (isinstance(node, ast.Call) and _name(node.func) in GIVING_UP)


def _name(node: ast.expr) -> str:
    """The last part of a dotted name."""
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
