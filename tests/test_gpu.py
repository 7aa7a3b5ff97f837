"""On a GPU the same marks as on the CPU. scripts/gpu_check runs these, and compares all samples one by one."""

from pathlib import Path

import pytest
from conftest import ROOT

from autograder import lab
from autograder.grade import Marker, NoSuchDevice
from autograder.outcome import GradeReport
from autograder.sandbox.wall import Wall

pytestmark = pytest.mark.gpu


def marked(real_lab: lab.Lab, wall: Wall, tmp_path: Path, submission: str, device: str) -> GradeReport:
    with Marker(real_lab, wall, device) as marker:
        try:
            return marker.mark(ROOT / submission, tmp_path / "results.json")
        except NoSuchDevice as error:
            pytest.skip(str(error))


@pytest.mark.parametrize(
    "submission",
    [
        "reference",
        "examples/perfect_optimizer",
        "examples/forgot_zero_grad",
        "examples/missing_factor_2",
        "tests/submissions/wrong_device_hard_coded_cuda",
        "tests/submissions/wrong_device_target_forgotten",
    ],
)
def test_the_marks_on_a_gpu_are_those_on_the_cpu(
    real_lab: lab.Lab, wall: Wall, tmp_path: Path, submission: str
) -> None:
    on_gpu = marked(real_lab, wall, tmp_path, submission, "cuda")
    on_cpu = marked(real_lab, wall, tmp_path, submission, "cpu")
    assert on_gpu.device == "cuda"
    assert [check.outcome.points for check in on_gpu.checks] == [check.outcome.points for check in on_cpu.checks]
