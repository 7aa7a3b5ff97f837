"""Trusted and untrusted code share nothing: sandbox/child imports nothing of ours, and nobody imports sandbox/child."""

import ast
import sys
from collections.abc import Iterator

import pytest
from conftest import ROOT

CHILD = "autograder.sandbox.child"
LIBRARIES = {"torch", "numpy", "landlockpy", "pyseccomp"}  # the last two confine the process
MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in (ROOT / "autograder").rglob("*.py")
}


def imports(code: str, package: str) -> Iterator[str]:
    """The full names of all modules that a module imports, or may import: `from a import b` may import a.b."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.rsplit(".", node.level - 1)[0] if node.level else ""
            start = ".".join(filter(None, (above, node.module)))
            yield from (f"{start}.{alias.name}" for alias in node.names)


def lies_in(name: str, package: str) -> bool:
    return f"{name}.".startswith(f"{package}.")


def violations(module: str, code: str, *, is_package: bool = False) -> list[str]:
    """The imports with which a module crosses the trust boundary."""
    found = imports(code, module if is_package else module.rpartition(".")[0])
    if not lies_in(module, CHILD):
        return [name for name in found if lies_in(name, CHILD)]
    allowed = LIBRARIES | sys.stdlib_module_names
    return [name for name in found if not lies_in(name, CHILD) and name.partition(".")[0] not in allowed]


@pytest.mark.parametrize("module", sorted(MODULES))
def test_no_import_crosses_the_boundary(module: str) -> None:
    path = MODULES[module]
    assert violations(module, path.read_text(), is_package=path.name == "__init__.py") == []


def test_both_sides_are_looked_at() -> None:
    assert {"autograder.sandbox.host.process", "autograder.sandbox.child.server", "autograder.grader"} <= set(MODULES)


@pytest.mark.parametrize(
    ("module", "code"),
    [
        ("autograder.sandbox.host.made_up", "from autograder.sandbox.child import server"),
        ("autograder.sandbox.host.made_up", "from autograder.sandbox import child"),
        ("autograder.sandbox.host.made_up", "from ..child import server"),
        ("autograder.sandbox.host.made_up", "def f():\n    import autograder.sandbox.child.load"),
        ("autograder.checks.made_up", "from autograder.sandbox.child.encode import encode"),
        ("autograder.sandbox.child.made_up", "import autograder.rubric"),
        ("autograder.sandbox.child.made_up", "from autograder.sandbox.host import protocol"),
        ("autograder.sandbox.child.made_up", "from ...text import clean"),
        ("autograder.sandbox.child.made_up", "if True:\n    import msgspec"),
    ],
)
def test_a_made_up_module_would_be_found(module: str, code: str) -> None:
    assert len(violations(module, code)) == 1


@pytest.mark.parametrize(
    ("module", "code"),
    [
        ("autograder.sandbox.host.made_up", "SERVER = 'from autograder.sandbox.child import server'"),
        ("autograder.sandbox.child.made_up", "import os, torch.nn\nfrom . import confine\nimport numpy as np"),
    ],
)
def test_what_is_allowed_is_not_found(module: str, code: str) -> None:
    assert violations(module, code) == []
