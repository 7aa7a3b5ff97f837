"""The benchmarks run, and what they compare does the same work."""

import functools
import importlib.util
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from types import ModuleType

import pytest

from autograder import measure
from autograder.sandbox.host.fork_server import ForkServer

ROOT = Path(__file__).resolve().parents[1]
slow = pytest.mark.slow("benchmarks")
Benchmark = Callable[..., str]


@pytest.fixture
def benchmark(
    server: ForkServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Benchmark:
    """Run a benchmark in this process and return what it prints: with the fork server that is there, and every command
    that it measures run once, however often it asks. Most of what a run takes is torch's import, over and over."""
    monkeypatch.setattr("autograder.sandbox.host.fork_server.ForkServer", lambda: nullcontext(server))
    monkeypatch.setattr(measure, "peak_of_tree", lambda command: None)  # tests/test_measure.py has it
    once = functools.cache(measure.timed)
    monkeypatch.setattr(measure, "timed", lambda command: once(tuple(command)))
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    monkeypatch.setenv("TMPDIR", tempfile.gettempdir())  # killed.py sets it; this puts it back

    def run(name: str, *words: str, change: Callable[[ModuleType], None] = lambda module: None) -> str:
        """change: what to change in the benchmark before it runs."""
        spec = importlib.util.spec_from_file_location(name, ROOT / f"benchmarks/{name}.py")
        assert spec
        assert spec.loader
        module = importlib.util.module_from_spec(spec)
        monkeypatch.setitem(sys.modules, name, module)
        spec.loader.exec_module(module)
        change(module)
        monkeypatch.setattr(sys, "argv", [name, *words])
        capsys.readouterr()
        try:
            module.main()
        except SystemExit as ended:
            if ended.code:
                raise
        return capsys.readouterr().out

    return run


@slow
def test_single_run_benchmark(benchmark: Benchmark) -> None:
    said = benchmark("single_run", "-n", "1", "--python", sys.executable)
    row = r"^{} +\d+\.\d\d +\d+\.\d\d +\d+ +(\d+|not readable) *{}$"
    scores = {"run_autograder": "100 points", "import torch": "", "plain grader": "100 points"}
    for name, score in scores.items():
        assert re.search(row.format(name, score), said, re.MULTILINE), said
    ratios = r"wall \d+\.\d\d \(.* to .*\), CPU \d+\.\d\d \(.* to .*\)$"
    assert len(re.findall(ratios, said, re.MULTILINE)) == 2


@slow
def test_single_run_of_another_lab(benchmark: Benchmark) -> None:
    lab = ROOT / "labs/linear_regression"
    more = ("--python", sys.executable, "--lab", str(lab), "--submission", str(lab / "reference"))
    said = benchmark("single_run", "-n", "1", *more)
    assert "100 points" in said
    assert "import torch: wall" in said
    assert "plain grader" not in said


@slow
def test_the_cost_of_a_class_is_measured(benchmark: Benchmark) -> None:
    def with_one_example(class_cost: ModuleType) -> None:
        """The plain grader imports torch for each."""
        class_cost.EXAMPLES = class_cost.EXAMPLES[:1]  # type: ignore[attr-defined]

    said = benchmark("class_cost", "-n", "2", "--forks", "3", change=with_one_example)
    assert "2 submissions, each beyond the first" in said
    assert re.search(r"ratio +[\d.]+", said)
    assert "3 forks: server" in said


@slow
def test_the_cost_of_a_submission_is_compared_with_a_bare_fork(benchmark: Benchmark) -> None:
    said = benchmark("limit", "-n", "1")
    assert len(re.findall(r"^ +ratio +[\d.]+ +[\d.]+$", said, re.MULTILINE)) == 2
    calls = re.findall(r"([\d.]+) calls", said)
    assert float(calls[0]) > 20, "the bare fork makes the calls that the grader makes"


@slow
def test_the_cost_of_a_diagnosis_is_measured(benchmark: Benchmark) -> None:
    said = benchmark("diagnosis", "-n", "1", "--only", "wrong_check_swapped")
    assert "1 wrong submissions" in said
    assert len(re.findall(r"ms +-?\d\.\d+ of import torch$", said, re.MULTILINE)) == 3


@slow
def test_mistakes_show_in_every_variant(benchmark: Benchmark) -> None:
    said = benchmark("variants", "-n", "10")
    assert len(re.findall(r"in none, 0 in some only: -$", said, re.MULTILINE)) == 2
    assert "right submissions: 10 get 100 of 100 points" in said


@slow
def test_the_table_of_hostile_submissions_is_printed() -> None:
    command = [sys.executable, str(ROOT / "benchmarks/hostile.py"), "--group", "game", "--only", "r*"]
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
def test_how_a_class_grows_is_measured(benchmark: Benchmark) -> None:
    said = benchmark("class_scale", "--sizes", "2", "3", "--jobs", "1")
    assert re.findall(r"^ +([23]) +1(?: +[\d.]+){5}$", said, re.MULTILINE) == ["2", "3"]


@slow
def test_killed_class_equals_undisturbed_one(benchmark: Benchmark) -> None:
    def with_one_worker(killed: ModuleType) -> None:
        """A second one would import torch for a class of three."""
        command = killed.command
        killed.command = lambda *given: [*command(*given), "--jobs", "1"]  # type: ignore[attr-defined]

    said = benchmark("killed", "-n", "3", "--hanging", "0", "--kills", "1", change=with_one_worker)
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
