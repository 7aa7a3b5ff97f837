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
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, get_args

import msgspec

from autograder.rubric.schema import Check, PythonCheck, Rubric, Visibility
from autograder.schema_errors import unknown_name

LAB_TEST = "autograder.checks.lab_test"  # the module of the class that tests are made from
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
        line: int = inspect.unwrap(self.function).__code__.co_firstlineno
        return line

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


def find(folder: Path, check: PythonCheck) -> PythonTest:
    """The test of a check. Raises LookupError."""
    return next(test for test in tests_of(folder / check.file) if test.id == check.test)


def tests_of(path: Path) -> Sequence[PythonTest]:
    """The tests of a file in the order in which they are written. Raises Problem if it cannot be imported."""
    return _loaded(path, path.read_bytes())


def called(folder: Path, check: PythonCheck) -> dict[str, int]:
    """The functions and classes that the file of a check calls in the student's program, each with a line.

    Only names written out are found: self.student.call("flatten", x).
    """
    found: dict[str, int] = {}
    for node in ast.walk(ast.parse((folder / check.file).read_bytes())):
        match node:
            case ast.Call(ast.Attribute(ast.Attribute(attr="student"), "call" | "make"), [ast.Constant(str(name)), *_]):
                found.setdefault(name, node.lineno)
    return found


def files(rubric: Rubric, folder: Path) -> list[Path]:
    """The files with tests, and whatever else is in their folders, if these are not the lab's own folder."""
    named = {folder / check.file for check in rubric.checks if isinstance(check, PythonCheck)}
    beside = {each for file in named if file.parent != folder for each in file.parent.rglob("*")}
    return sorted(each for each in named | beside if each.is_file() and "__pycache__" not in each.parts)


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


@functools.lru_cache(maxsize=64)
def _loaded(path: Path, content: bytes) -> Sequence[PythonTest]:
    """The tests of a file with this content."""
    module = _imported(path, content)
    loader = unittest.TestLoader()
    cases = [each for each in vars(module).values() if isinstance(each, type) and issubclass(each, unittest.TestCase)]
    tests = [PythonTest(case, name) for case in cases for name in loader.getTestCaseNames(case)]
    return sorted(tests, key=lambda test: (cases.index(test.case), test.line))


def _imported(path: Path, content: bytes) -> ModuleType:
    name = f"lab_tests_{hashlib.sha256(bytes(path) + content).hexdigest()[:16]}"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        with _beside(path.parent), without_torch():
            exec(compile(content, path, "exec"), vars(module))
    except Exception as error:
        del sys.modules[name]
        raise Problem((), f"{path.name}{_line(error, path)}: {explained(error)}") from None
    return module


def _line(error: Exception, path: Path) -> str:
    """The innermost line of the file where the error comes from: ", line 3"."""
    if isinstance(error, SyntaxError) and error.filename == str(path):
        return f", line {error.lineno}"
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]
    return f", line {lines[-1]}" if lines else ""


@contextmanager
def _beside(folder: Path) -> Iterator[None]:
    """Let imports find modules in a folder."""
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path.remove(str(folder))


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
            f"there is no module {error.name}; a test does not import the student's program, self.student.call calls it"
        )
    return f"{type(error).__name__}: {error}"
