"""On a GPU the same scores as on the CPU. scripts/gpu_check runs these, and compares all samples one by one."""

from pathlib import Path

import pytest
from conftest import ROOT

from autograder import rubric
from autograder.classroom.discover import ClassSubmission
from autograder.classroom.gpu_slots import assign_devices
from autograder.classroom.pool import WorkerPool
from autograder.classroom.worker import GradingTask
from autograder.grader import Grader, NoSuchDevice
from autograder.outcome import GradeReport
from autograder.sandbox.host import gpus
from autograder.sandbox.host.fork_server import ForkServer

pytestmark = pytest.mark.gpu
NO_GPU = "needs a GPU"


def graded(real_lab: rubric.Lab, server: ForkServer, tmp_path: Path, submission: str, device: str) -> GradeReport:
    with Grader(real_lab, server, device) as grader:
        try:
            return grader.grade(ROOT / submission, tmp_path / "results.json")
        except NoSuchDevice:
            pytest.skip(NO_GPU)


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
def test_scores_on_a_gpu_are_those_on_the_cpu(
    real_lab: rubric.Lab, server: ForkServer, tmp_path: Path, submission: str
) -> None:
    on_gpu = graded(real_lab, server, tmp_path, submission, "cuda")
    on_cpu = graded(real_lab, server, tmp_path, submission, "cpu")
    assert on_gpu.device == "cuda"
    assert [check.outcome.points for check in on_gpu.checks] == [check.outcome.points for check in on_cpu.checks]


def test_several_at_once_find_room_on_a_gpu(real_lab: rubric.Lab, tmp_path: Path) -> None:
    if not gpus.may_exist():
        pytest.skip(NO_GPU)
    folders = sorted(path for path in (ROOT / "examples").iterdir() if path.is_dir())
    tasks = [GradingTask(ClassSubmission(path.name, path), path.name) for path in folders]
    points = {}
    for device in ("cuda", "cpu"):
        for name in ("results", "feedback", "records"):
            (tmp_path / device / name).mkdir(parents=True)
        with WorkerPool(assign_devices(real_lab, device, 4), real_lab, tmp_path / device) as team:
            try:
                points[device] = {done.id: (done.points, done.problem) for done in team.graded(tasks)}
            except NoSuchDevice:
                pytest.skip(NO_GPU)
    assert points["cuda"] == points["cpu"]
    assert len(points["cuda"]) == len(tasks)
