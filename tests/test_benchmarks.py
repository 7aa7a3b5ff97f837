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


def test_the_cost_of_a_class_is_measured() -> None:
    command = [sys.executable, str(ROOT / "benchmarks/class_cost.py"), "-n", "2", "--forks", "3"]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert "2 submissions, each beyond the first" in said
    assert re.search(r"ratio +[\d.]+", said)
    assert "3 forks: server" in said


def test_the_cost_of_a_diagnosis_is_measured() -> None:
    command = [sys.executable, str(ROOT / "benchmarks/diagnosis.py"), "-n", "1", "--only", "wrong_check_swapped"]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert "1 wrong submissions" in said
    assert len(re.findall(r"ms +-?\d\.\d+ of import torch$", said, re.MULTILINE)) == 3


def test_every_mistake_shows_in_every_variant_and_the_right_answers_to_each_get_everything() -> None:
    command = [sys.executable, str(ROOT / "benchmarks/variants.py"), "-n", "25"]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert len(re.findall(r"in none, 0 in some only: -$", said, re.MULTILINE)) == 2
    assert "right submissions: 25 get 100 of 100 points" in said


def test_the_table_of_hostile_submissions_is_printed() -> None:
    command = [sys.executable, str(ROOT / "benchmarks/hostile.py"), "--group", "game"]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert re.search(r"^game +\d+( +0)+$", said, flags=re.MULTILINE)
