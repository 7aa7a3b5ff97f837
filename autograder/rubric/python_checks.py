"""Checks in Python: a file beside rubric.yaml with unittest cases and gradescope-utils' decorators.

An entry `{ kind: python, file: checks/shapes.py }` stands for all tests of the file; each becomes a check of its own.
The file is the instructor's, so it is imported here. It must not import torch: a program's torch is in the sandbox.
"""

import ast
import functools
import hashlib
import importlib.util
import inspect
import math
import sys
import traceback
import unittest
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any, get_args

import msgspec

from autograder import limited
from autograder.rubric.schema import Check, PythonCheck, Rubric, Visibility
from autograder.schema_errors import unknown_name

LAB_TEST = "autograder.checks.lab_test"  # the module of the class that tests are made from
OWN = "lab_tests_"  # the names of modules with tests begin like this
IMPORTING = 10.0  # seconds for executing a file of tests
LONGEST_PATH = 200  # characters of a text that may name a file
NEVER_RUN = (inspect.iscoroutinefunction, inspect.isgeneratorfunction, inspect.isasyncgenfunction)
Place = tuple[str | int, ...]


class Problem(Exception):
    """Something in a file of tests, or in its entry, does not fit. place: keys of rubric.yaml."""

    def __init__(self, place: Place, sentence: str) -> None:
        super().__init__(sentence)
        self.place = place


@dataclass(frozen=True)
class PythonTest:
    """One test method of a file."""

    case: type[unittest.TestCase]
    method: str

    @property
    def id(self) -> str:
        """The name by which rubric.yaml selects it: "Flatten.test_keeps_the_batch"."""
        return f"{self.case.__name__}.{self.method}"

    @property
    def function(self) -> Callable[..., Any]:
        """The method, with the attributes that gradescope-utils' decorators set."""
        found: Callable[..., Any] = getattr(self.case, self.method)
        return found

    @property
    def line(self) -> int:
        """The line where the method begins."""
        code = getattr(inspect.unwrap(self.function), "__code__", None)
        return code.co_firstlineno if code else 0  # no function: @weight without brackets, for example

    def said(self, decorator: str, default: Any = None) -> Any:
        """What a decorator of gradescope-utils says: weight, number, visibility, tags or hide_errors."""
        return getattr(self.function, f"__{decorator}__", default)


def with_tests(rubric: Rubric, folder: Path) -> tuple[Rubric, list[int]]:
    """The rubric with a check for each test of its files, and the place that each check has in rubric.yaml.

    Raises Problem, with the entry's place in rubric.yaml and, if it is in the file, its line there.
    """
    checks: list[Check] = []
    origins: list[int] = []
    for index, entry in enumerate(rubric.checks):
        own = [*_checks(entry, folder, ("checks", index))] if isinstance(entry, PythonCheck) else [entry]
        checks += own
        origins += [index] * len(own)
    return msgspec.structs.replace(rubric, checks=tuple(checks)), origins


def tests_of(path: Path) -> Sequence[PythonTest]:
    """The tests of a file in the order in which they are written. Raises Problem if it cannot be imported.

    The file and what it imports from its folder are executed each time: what they keep in variables must not pass from
    one submission to the next.
    """
    module = _imported(path, path.read_bytes())
    loader = unittest.TestLoader()
    cases = [each for each in vars(module).values() if isinstance(each, type) and issubclass(each, unittest.TestCase)]
    tests = [PythonTest(case, name) for case in cases for name in loader.getTestCaseNames(case)]
    return sorted(tests, key=lambda test: (cases.index(test.case), test.line))


def named_in(folder: Path, check: PythonCheck) -> dict[str, str]:
    """The names in the texts of a check's file, and of what is beside it, each with a place ("shapes.py, line 3").

    A test names by a text what it calls in a program: self.student.call("flatten", x), or in a loop over several names.
    """
    found: dict[str, str] = {}
    for file in _with_beside(folder / check.file, folder):
        for text, line in _texts(file.read_bytes()) if file.suffix == ".py" else ():
            found.setdefault(text.partition(".")[0], f"{file.relative_to(folder)}, line {line}")
    return found


def files(rubric: Rubric, folder: Path) -> list[Path]:
    """The files with tests, and what is beside them; see `_with_beside`."""
    named = {folder / check.file for check in rubric.checks if isinstance(check, PythonCheck)}
    return sorted({each for file in named for each in _with_beside(file, folder)})


def _with_beside(file: Path, folder: Path) -> set[Path]:
    """A file of tests with all that is in its folder; if that is the lab's own, with what is named in it: modules that
    it imports, and files whose path stands in a text."""
    if file.parent != folder:
        return {each for each in file.parent.rglob("*") if each.is_file() and "__pycache__" not in each.parts}
    found, new = set[Path](), {file}
    while new:
        found |= new
        named = {name for each in new if each.suffix == ".py" for name in _named(each)}
        inside = (path for name in named if (path := folder / name).is_relative_to(folder) and ".." not in path.parts)
        new = {path for path in inside if path.is_file()} - found
    return found


def _named(file: Path) -> Iterator[str]:
    """The paths of files that a module may need."""
    content = file.read_bytes()
    for node in ast.walk(_tree(content)):
        match node:
            case ast.Import(names):
                yield from (f"{each.name.partition('.')[0]}.py" for each in names)
            case ast.ImportFrom(module=str(name)):
                yield f"{name.partition('.')[0]}.py"
    yield from (text for text, _ in _texts(content) if "\0" not in text and len(text) < LONGEST_PATH)


@functools.lru_cache(maxsize=64)  # each check of a file asks for them
def _texts(content: bytes) -> Sequence[tuple[str, int]]:
    """The texts in a module, each with its line, but for docstrings, decorators, such as tags, and what is asked of the
    reference."""
    found = []
    left_out: set[ast.AST] = set()
    for node in ast.walk(_tree(content)):  # from the outside in
        match node:
            case ast.FunctionDef() | ast.ClassDef():
                left_out.update(inner for each in node.decorator_list for inner in ast.walk(each))
            case ast.Expr(ast.Constant() as docstring):
                left_out.add(docstring)
            case ast.Call(ast.Attribute(ast.Attribute(attr="reference")), [ast.Constant() as name, *_]):
                left_out.add(name)
            case ast.Constant(str(text)) if node not in left_out:
                found.append((text, node.lineno))
    return found


def _tree(content: bytes) -> ast.Module:
    """A module's syntax tree; an empty one if it cannot be parsed."""
    with suppress(SyntaxError, ValueError):
        return ast.parse(content)
    return ast.Module([], [])


def _checks(entry: PythonCheck, folder: Path, place: Place) -> Iterator[PythonCheck]:
    if entry.name or entry.points:
        key = "name" if entry.name else "points"
        says = {"name": "the first line of its docstring", "points": "its decorator @weight(3)"}[key]
        raise Problem((*place, key), f"a test in Python has its {key} from {says}; remove {key}")
    path = folder / entry.file
    if not path.resolve().is_relative_to(folder.resolve()):
        raise Problem((*place, "file"), f"{entry.file} is outside of the lab's folder; put it beside rubric.yaml")
    if not path.is_file():
        raise Problem((*place, "file"), f"there is no file {entry.file} in {folder}; write it, or correct the name")
    try:
        tests = tests_of(path)
    except Problem as problem:
        raise Problem((*place, "file"), str(problem)) from None
    chosen = [test for test in tests if entry.test in ("", test.id)]
    if not tests:
        fix = "write a class made from autograder.testing.LabTest, with methods whose names begin with test"
        raise Problem((*place, "file"), f"{entry.file} has no test; {fix}")
    if not chosen:
        raise Problem((*place, "test"), unknown_name("test", entry.test, {test.id for test in tests}))
    for count, test in enumerate(chosen, 1):
        yield _check(entry, test, count if len(chosen) > 1 else 0, (*place, "file"))


def _check(entry: PythonCheck, test: PythonTest, count: int, place: Place) -> PythonCheck:
    """The check of one test. count: its place among those of the entry, from 1; 0 if it is the only one."""
    where = f"{entry.file}, line {test.line}, {test.id}"
    if any(kind(inspect.unwrap(test.function)) for kind in NEVER_RUN):
        raise Problem(place, f"{where}: unittest does not run a test that is async or has a yield; write a plain one")
    if not any(each.__module__ == LAB_TEST for each in test.case.__mro__):
        name = test.case.__name__
        raise Problem(place, f"{entry.file}: {name} has no program to test; write class {name}(LabTest)")
    points, number, visibility = test.said("weight"), test.said("number"), test.said("visibility")
    if not isinstance(points, int | float) or not 0 < points < math.inf:
        raise Problem(place, f"{where}: a test needs points above 0; write @weight(3) above it")
    if number is None and not entry.number:
        fix = 'write @number("9.1") above it, or give the entry in rubric.yaml a number'
        raise Problem(place, f"{where}: a test needs a number; {fix}")
    if visibility is not None and visibility not in get_args(Visibility):
        raise Problem(place, f"{where}: {unknown_name('visibility', str(visibility), get_args(Visibility))}")
    docstring = inspect.getdoc(test.function) or ""
    return msgspec.structs.replace(
        entry,
        number=str(number) if number is not None else f"{entry.number}.{count}" if count else entry.number,
        name=docstring.split("\n")[0].strip() or test.method.removeprefix("test_").replace("_", " "),
        points=float(points),
        test=test.id,
        visibility=visibility or entry.visibility,
        tags=(*entry.tags, *map(str, test.said("tags", ()))),
    )


def _imported(path: Path, content: bytes) -> ModuleType:
    name = f"{OWN}{hashlib.sha256(bytes(path) + content).hexdigest()[:16]}"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # where unittest looks for setUpModule
    limit = limited.wall_time(IMPORTING, _imported.__code__, Path(limited.__file__))
    try:
        with limit, _beside(path.parent), without_torch():
            exec(_compiled(path, content), vars(module))
    except (Exception, SystemExit) as error:
        del sys.modules[name]
        raise Problem((), f"{path.name}{_line(error, path)}: {explained(error)}") from None
    return module


@functools.lru_cache(maxsize=64)
def _compiled(path: Path, content: bytes) -> CodeType:
    return compile(content, path, "exec")


def _line(error: BaseException, path: Path) -> str:
    """The innermost line of the file where the error comes from: ", line 3"."""
    if isinstance(error, SyntaxError) and error.filename == str(path):
        return f", line {error.lineno}"
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]
    return f", line {lines[-1]}" if lines else ""


@contextmanager
def _beside(folder: Path) -> Iterator[None]:
    """Let imports find modules and packages in a folder, which are forgotten afterwards."""
    before = set(sys.modules)
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path.remove(str(folder))
        for name in set(sys.modules) - before:
            top = name.partition(".")[0]
            if top not in before and _place(sys.modules[name]).startswith((f"{folder / top}.py", f"{folder / top}/")):
                del sys.modules[name]


def _place(module: ModuleType) -> str:
    """A module's file, or the folder of a package without __init__.py; "" if it has neither."""
    folders = [f"{each}/" for each in getattr(module, "__path__", ())]
    return getattr(module, "__file__", None) or next(iter(folders), "")


@contextmanager
def without_torch() -> Iterator[None]:
    """Let imports of torch fail: it would cost each run a second, and the judge hundreds of megabytes."""
    before = sys.modules.get("torch")
    vars(sys)["modules"]["torch"] = None
    try:
        yield
    finally:
        del sys.modules["torch"]
        if before is not None:
            sys.modules["torch"] = before


def explained(error: BaseException) -> str:
    """An exception of a file with tests in words."""
    if isinstance(error, ImportError) and (error.name or "").partition(".")[0] == "torch":
        return "tests run outside of the sandbox, where there is no torch; use NumPy, and call the student's program"
    if isinstance(error, ModuleNotFoundError):
        return (
            f"there is no module {error.name}; tests have NumPy, Python's own modules and what is beside them. The "
            "student's program is not imported, self.student.call calls it"
        )
    if isinstance(error, SystemExit):
        return "it ends the program; leave out sys.exit() and unittest.main(), the grader runs the tests"
    if isinstance(error, limited.TooMuch):
        return f"it has not ended after {IMPORTING:g} s; leave what takes long to the tests"
    return f"{type(error).__name__}: {error}"
