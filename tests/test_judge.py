"""The grader's own process imports no torch and runs no student's code."""

import subprocess
import sys
from pathlib import Path

from conftest import ROOT


def test_judge_imports_no_torch_and_no_student_code(tmp_path: Path) -> None:
    script = (
        "import sys\n"
        "from autograder import cli\n"
        "status = cli.main(['grade', sys.argv[1], '--results', sys.argv[2]])\n"
        "print(status, sorted({'torch', 'numpy', 'Lab4'} & set(sys.modules)))\n"
    )
    command = [sys.executable, "-I", "-c", script, str(ROOT / "examples/forgot_zero_grad"), str(tmp_path / "r.json")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "Total  77 of 100 points" in done.stdout
    assert done.stdout.endswith("0 []\n")
