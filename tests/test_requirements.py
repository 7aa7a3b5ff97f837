"""What is installed is what was tried: locked versions, and a Python from 3.10 up."""

import re
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
LINES = [line for line in (ROOT / "constraints.txt").read_text().splitlines() if line and not line.startswith("#")]
LOCKED = [Requirement(line) for line in LINES]
WANTED = [Requirement(text) for text in requires("autograder") or []]


def applies(requirement: Requirement, **environment: str) -> bool:
    extras = ({"extra": extra, **environment} for extra in ("dev", "dask", "watch"))
    return requirement.marker is None or any(map(requirement.marker.evaluate, extras))


@pytest.mark.parametrize("python", ["3.10", "3.11", "3.12", "3.13", "3.14"])
@pytest.mark.parametrize("platform", ["linux", "darwin"])
def test_every_requirement_is_locked_to_one_version_that_it_allows(python: str, platform: str) -> None:
    environment = {"python_version": python, "python_full_version": f"{python}.1", "sys_platform": platform}
    for wanted in WANTED:
        if wanted.name == "torch" or not applies(wanted, **environment):
            continue
        found = [
            locked
            for locked in LOCKED
            if locked.name == canonicalize_name(wanted.name) and applies(locked, **environment)
        ]
        assert len(found) == 1, f"{wanted} on Python {python}: make constraints.txt anew, its head says how"
        [exact] = found[0].specifier
        assert wanted.specifier.contains(exact.version), f"{wanted} is locked to {exact.version}"


def test_every_lock_is_exact_and_for_every_index() -> None:
    for line in LINES:
        assert re.fullmatch(r"[a-z0-9-]+==[0-9a-z.]+( ; .+)?", line), line


def test_the_locked_versions_are_the_ones_that_are_installed() -> None:
    compared = 0
    for locked in LOCKED:
        try:
            installed = version(locked.name)
        except PackageNotFoundError:
            continue  # not needed on this system
        if applies(locked):
            assert locked.specifier.contains(installed), f"{locked}, and {installed} is installed: run ./setup.sh --dev"
            compared += 1
    assert compared > 10


def test_the_sources_run_on_the_oldest_python_that_is_promised() -> None:
    """Gradescope's image has Python 3.10; ruff and mypy hold the sources to it too."""
    command = [Path(sys.executable).with_name("vermin"), "--quiet", "--target=3.10-", "--violations", "--no-tips"]
    sources = ["autograder", "reference", "student_template"]
    done = subprocess.run([*command, *sources], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    project = (ROOT / "pyproject.toml").read_text()
    for line in ('requires-python = ">=3.10"', 'target-version = "py310"', 'python_version = "3.10"'):
        assert line in project
