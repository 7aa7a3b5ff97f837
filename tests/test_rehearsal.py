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
@pytest.mark.slow("rehearsals in a bare system")
def test_every_lab_gets_the_same_points_in_a_container() -> None:
    done = rehearse()
    if done.returncode == 77:
        pytest.skip(done.stderr.strip())
    print(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr
    row = r"^(\S+) +([\d.]+)/(\d+) +([\d.]+) +([\d.]+) +(\d+)  (full|reduced)$"
    rows = re.findall(row, done.stdout, flags=re.MULTILINE)
    points = {name: (float(points), int(out_of)) for name, points, out_of, *_ in rows}
    for lab in ROOT.glob("labs/*/rubric.yaml"):
        name = f"labs/{lab.parent.name}"
        reference, template = points.pop(f"{name}/reference"), points.pop(f"{name}/student_template")
        assert reference[0] == reference[1] > 10 * template[0]
    assert points == {
        "reference": (100, 100),
        "student_template": (2, 100),
        "examples/perfect_plain": (100, 100),
        "examples/forgot_zero_grad": (77, 100),
        "examples/half_finished": (41, 100),
    }
    assert all(100 < int(memory) < 600 for *_, memory, _ in rows)
    assert "setup.sh failed; nothing has been graded" in done.stdout
    assert "when run again, it has nothing to do" in done.stdout


def test_what_is_no_lab_is_refused_and_help_installs_nothing(tmp_path: Path) -> None:
    done = rehearse(str(tmp_path))
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert f"{tmp_path}/rubric.yaml" in done.stderr
    assert "labs/logistic_regression" in rehearse("--help").stdout
