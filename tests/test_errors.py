"""The tree of errors is the one that the module shows."""

import importlib
import pickle
import pkgutil
import re
from collections.abc import Iterator

import autograder
from autograder import errors


def tree(kind: type[Exception], depth: int = 0) -> Iterator[tuple[int, str, str]]:
    """Every error below `kind`: how deep it stands, its name and its module."""
    for each in kind.__subclasses__():
        yield depth, each.__name__, each.__module__.removeprefix("autograder.")
        yield from tree(each, depth + 1)


def test_docstring_shows_the_tree() -> None:
    for module in pkgutil.walk_packages(autograder.__path__, "autograder."):
        if not module.name.startswith(("autograder.__main__", "autograder.sandbox.child", "autograder.classroom.cl")):
            importlib.import_module(module.name)
    shown = re.findall(r"^ {6}( *)(\w+) .*\(([\w.]+)\)$", str(errors.__doc__), re.MULTILINE)
    homes = {name: home for _, name, home in shown}
    real = [each for base in (errors.UserError, errors.GraderFault) for each in tree(base)]
    assert {(len(indent) // 2, name) for indent, name, _ in shown} == {(depth, name) for depth, name, _ in real}
    assert all(module.startswith(homes[name]) for _, name, module in real)


def test_errors_travel_between_processes() -> None:
    for error in (errors.UserError("a sentence"), errors.GraderFault("a sentence")):
        assert str(pickle.loads(pickle.dumps(error))) == "a sentence"
