"""The comparison of two devices, rehearsed with the CPU as both."""

import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path

import pytest
from conftest import ROOT

from autograder.sandbox.host.fork_server import ForkServer

sys.path.insert(0, str(ROOT / "scripts"))
import devices

SCRIPT = ROOT / "scripts/gpu_check"


def gpu_check(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([SCRIPT, *arguments], cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.slow("comparisons of two devices")
def test_the_cpu_compared_with_itself_gives_the_same_points() -> None:
    done = gpu_check("--device", "cpu", "examples/perfect_plain", "tests/submissions/wrong_train_sign")
    assert done.returncode == 0, done.stderr
    rows = {line.split()[0]: line.split()[1:3] for line in done.stdout.splitlines() if "/" in line}
    assert rows["examples/perfect_plain"] == ["100", "100"]
    assert rows["tests/submissions/wrong_train_sign"][0] == rows["tests/submissions/wrong_train_sign"][1]
    quantities = [line.split("  ")[0] for line in done.stdout.splitlines() if line.endswith(" 0")]
    assert {"train: losses", "train: w", "check_result: loss", "fnn_check_result: dloss_dw1"} <= set(quantities)
    assert "2 submissions, 0 with different points" in done.stdout


@pytest.mark.slow("comparisons of two devices")
def test_a_device_that_is_not_there_is_one_sentence() -> None:
    done = gpu_check("--device", "cuda:97", "examples/perfect_plain")
    assert done.returncode == 2
    assert done.stderr.startswith("gpu_check: there is no device 'cuda:97' on this machine")
    assert "scripts/gpu_check [--device DEVICE]" in gpu_check("--help").stdout


def test_different_points_are_an_error(
    server: ForkServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(devices, "ForkServer", lambda: nullcontext(server))
    answers = iter([{"1": 2.0, "2": 1.0}, {"1": 2.0, "2": 0.0}])
    monkeypatch.setattr(devices, "graded", lambda *given: devices.Grades(next(answers), 0.1))
    assert devices.compare("cpu", [ROOT / "examples/perfect_plain"], tmp_path) == 1
    out = capsys.readouterr().out
    assert [line.split()[-1] for line in out.splitlines() if line.startswith("examples/")] == ["2"]
    assert "1 submissions, 1 with different points" in out


@pytest.mark.parametrize(
    ("one", "other", "largest"),
    [
        ([1.0, 2.0], [1.0, 2.0], 0.0),
        ([1.0, 2.0], [1.1, 2.0], 0.1),
        ([0.0], [1.0], float("inf")),
        ([1.0], [], float("inf")),
    ],
)
def test_the_largest_difference_is_relative(one: list[float], other: list[float], largest: float) -> None:
    assert devices.largest_difference(one, other) == pytest.approx(largest)


def test_every_sample_is_compared() -> None:
    assert len(devices.samples()) > 240
    assert all((path / "Lab4.py").exists() for path in devices.samples())
