"""In Gradescope's container, what a submission must not see is closed to all users but root."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.gradescope import container

PROTECT = "from autograder.gradescope import container; container.protect(); print(container.here())"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for folder in ("source/reference", "source/autograder", "source/.venv/bin", "results", "submission"):
        (tmp_path / folder).mkdir(parents=True)
    for file in ("source/rubric.yaml", "source/reference/Lab4.py", "submission_metadata.json"):
        (tmp_path / file).touch()
    for path in tmp_path.rglob("*"):  # whatever umask the tests run with
        path.chmod(0o755 if path.is_dir() else 0o644)
    return tmp_path


def protect(root: Path) -> str:
    command = [sys.executable, "-c", PROTECT]
    env = {**os.environ, "AUTOGRADER_ROOT": str(root)}
    return subprocess.run(command, env=env, check=True, capture_output=True, text=True).stdout


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root closes anything")
def test_container_closes_the_graders_files(root: Path) -> None:
    assert protect(root) == "True\n"
    for folder in ("source/reference", "source/autograder", "results", "submission"):
        assert mode(root / folder) == 0o700
    for file in ("source/rubric.yaml", "submission_metadata.json"):
        assert mode(root / file) == 0o600
    assert mode(root / "source/.venv/bin") & 0o005
    assert mode(root / "source") & 0o005


def test_linked_checkout_is_left_unchanged(root: Path) -> None:
    (root / "source").rename(root / "checkout")
    (root / "source").symlink_to(root / "checkout")
    protect(root)
    assert mode(root / "checkout/reference") & 0o005


@pytest.mark.parametrize("root_user", [True, False])
def test_only_root_closes_what_is_there(root: Path, root_user: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, path in (("ROOT", ""), ("SUBMISSION", "submission"), ("METADATA", "submission_metadata.json")):
        monkeypatch.setattr(container, name, root / path)
    (root / "source/roster.csv").symlink_to(root / "source/rubric.yaml")
    monkeypatch.setattr(os, "geteuid", lambda: 0 if root_user else 1)
    for folder in ("source/autograder", "results"):
        (root / folder).chmod(0o755)
    (root / "source/rubric.yaml").chmod(0o644)
    container.protect()
    assert mode(root / "source/autograder") == (0o700 if root_user else 0o755)
    assert mode(root / "source/rubric.yaml") == (0o600 if root_user else 0o644)
    assert container.here()


def test_sizes_are_those_that_gradescope_offers() -> None:
    assert [str(size) for size in container.SIZES] == [
        *("0.5 CPU, 0.75 GB RAM", "1 CPU, 1.5 GB RAM", "2 CPU, 3 GB RAM", "4 CPU, 6 GB RAM")
    ]
    assert container.TIMEOUT == 10 * 60
