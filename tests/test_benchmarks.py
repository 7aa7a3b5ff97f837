"""The benchmarks run, and what they compare does the same work."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def test_a_single_run_is_measured_beside_a_bare_import_and_a_plain_grader() -> None:
    command = [sys.executable, ROOT / "benchmarks/single_run.py", "-n", "1", "--python", sys.executable]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    row = r"^{} +\d+\.\d\d +\d+\.\d\d +\d+ +(\d+|not readable) *{}$"
    scores = {"run_autograder": "100 points", "import torch": "", "plain grader": "100 points"}
    for name, score in scores.items():
        assert re.search(row.format(name, score), done.stdout, re.MULTILINE), done.stdout
    ratios = r"wall \d+\.\d\d \(.* to .*\), CPU \d+\.\d\d \(.* to .*\)$"
    assert len(re.findall(ratios, done.stdout, re.MULTILINE)) == 2
