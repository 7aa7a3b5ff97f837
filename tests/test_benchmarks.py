"""The benchmarks run, and what they compare does the same work."""

import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
slow = pytest.mark.slow("benchmarks")


@slow
def test_single_run_benchmark() -> None:
    command = [sys.executable, ROOT / "benchmarks/single_run.py", "-n", "1", "--python", sys.executable]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    row = r"^{} +\d+\.\d\d +\d+\.\d\d +\d+ +(\d+|not readable) *{}$"
    scores = {"run_autograder": "100 points", "import torch": "", "plain grader": "100 points"}
    for name, score in scores.items():
        assert re.search(row.format(name, score), done.stdout, re.MULTILINE), done.stdout
    ratios = r"wall \d+\.\d\d \(.* to .*\), CPU \d+\.\d\d \(.* to .*\)$"
    assert len(re.findall(ratios, done.stdout, re.MULTILINE)) == 2


@slow
def test_the_cost_of_a_class_is_measured() -> None:
    command = [sys.executable, str(ROOT / "benchmarks/class_cost.py"), "-n", "2", "--forks", "3"]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert "2 submissions, each beyond the first" in said
    assert re.search(r"ratio +[\d.]+", said)
    assert "3 forks: server" in said


@slow
def test_the_cost_of_a_diagnosis_is_measured() -> None:
    command = [sys.executable, str(ROOT / "benchmarks/diagnosis.py"), "-n", "1", "--only", "wrong_check_swapped"]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert "1 wrong submissions" in said
    assert len(re.findall(r"ms +-?\d\.\d+ of import torch$", said, re.MULTILINE)) == 3


@slow
def test_mistakes_show_in_every_variant() -> None:
    command = [sys.executable, str(ROOT / "benchmarks/variants.py"), "-n", "25"]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert len(re.findall(r"in none, 0 in some only: -$", said, re.MULTILINE)) == 2
    assert "right submissions: 25 get 100 of 100 points" in said


@slow
def test_the_table_of_hostile_submissions_is_printed() -> None:
    command = [sys.executable, str(ROOT / "benchmarks/hostile.py"), "--group", "game"]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert re.search(r"^game +\d+( +0)+$", said, flags=re.MULTILINE)


def test_a_generated_class_is_the_same_for_the_same_seed(tmp_path: Path) -> None:
    def made(name: str, *more: str) -> dict[str, bytes]:
        command = [sys.executable, str(ROOT / "benchmarks/export.py"), "-n", "60", *more, str(tmp_path / name)]
        subprocess.run(command, check=True)
        folder = tmp_path / name
        if folder.suffix == ".zip":
            with zipfile.ZipFile(folder) as archive:
                return {each.partition("/")[2]: archive.read(each) for each in archive.namelist()}
        return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    once = made("once")
    assert made("again.zip") == once
    assert made("other", "--seed", "1") != once
    programs = [content for name, content in once.items() if name.endswith(".py")]
    assert len(programs) == 60
    assert len(set(programs)) > 50, "nearly everybody hands in something else"
    assert sum(b"while True" in program for program in programs) == 1


@slow
def test_how_a_class_grows_is_measured() -> None:
    command = [sys.executable, str(ROOT / "benchmarks/class_scale.py"), "--sizes", "2", "3", "--jobs", "1"]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert re.findall(r"^ +([23]) +1(?: +[\d.]+){5}$", said, re.MULTILINE) == ["2", "3"]


@slow
def test_killed_class_equals_undisturbed_one() -> None:
    command = [sys.executable, str(ROOT / "benchmarks/killed.py"), "-n", "3", "--hanging", "0", "--kills", "1"]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert "1 of 1 classes have the same grades.csv" in said


@slow
def test_others_are_measured_beside_this_grader() -> None:
    command = [sys.executable, str(ROOT / "benchmarks/peers"), "-n", "1", "--ours", "2", "--turns", "1"]
    here = ["autograder", "gradescope-utils"]  # the others would have to be installed
    said = subprocess.run([*command, "--only", *here], check=True, capture_output=True, text=True).stdout
    for name in here:
        assert re.search(rf"^{name} [\d.]+(?: +[\d.]+){{4}} +100$", said, re.MULTILINE), said


@slow
def test_named_mistakes_and_found_lines_are_counted() -> None:
    command = [sys.executable, str(ROOT / "benchmarks/wrong_programs.py"), "--seconds", "60", "--only", "m1 = x1 + w1"]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert "1 wrong programs with one mistake: 100.0% named" in said
    assert re.search(r"^ +1 +100\.0%  right line$", said, re.MULTILINE)
    assert "with two or three mistakes" in said
