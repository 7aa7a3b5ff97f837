"""The zip, installed and run in a bare system as on Gradescope, gives the points that it gives here."""

import re
import subprocess
from pathlib import Path

import pytest
from conftest import ROOT

REHEARSE = ROOT / "scripts/rehearse"


def rehearse(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([REHEARSE, *arguments], capture_output=True, text=True, timeout=900, check=False)


@pytest.mark.waits
@pytest.mark.slow("rehearsal in a bare system")
def test_container_gives_same_points_within_memory() -> None:
    done = rehearse()
    if done.returncode == 77:
        pytest.skip(done.stderr.strip())
    print(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr
    row = r"^(\S+) +(\d+) +([\d.]+) +([\d.]+) +(\d+)  (full|reduced)$"
    rows = re.findall(row, done.stdout, flags=re.MULTILINE)
    assert {name: int(points) for name, points, *_ in rows} == {
        "reference": 100,
        "student_template": 2,
        "examples/perfect_plain": 100,
        "examples/forgot_zero_grad": 77,
        "examples/half_finished": 41,
    }
    assert all(100 < int(memory) < 600 for *_, memory, _ in rows)
    assert "setup.sh failed; nothing has been graded" in done.stdout
    assert "when run again, it has nothing to do" in done.stdout


def test_what_is_no_zip_is_refused_and_help_installs_nothing(tmp_path: Path) -> None:
    (tmp_path / "no.zip").write_text("no zip")
    done = rehearse(str(tmp_path / "no.zip"))
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "scripts/rehearse [ZIP]" in rehearse("--help").stdout
