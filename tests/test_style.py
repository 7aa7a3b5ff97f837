"""Style, layout and types of the code, as ruff and mypy see them."""

import subprocess
import sys

import pytest
from conftest import ROOT


@pytest.mark.long
@pytest.mark.parametrize("tool", ["mypy", "ruff check .", "ruff format --check ."])
def test_the_code_is_clean_by(tool: str) -> None:
    command = [sys.executable, "-m", *tool.split()]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout}{done.stderr}"
