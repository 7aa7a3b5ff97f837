"""On a GPU no more processes grade a class than have room in its memory."""

import pytest

from autograder.classroom import gpu_slots
from autograder.rubric import Lab
from autograder.sandbox.host import gpus
from autograder.sandbox.host.gpus import Gpu

GB = 1 << 30


def placed(monkeypatch: pytest.MonkeyPatch, lab: Lab, found: tuple[Gpu, ...], device: str, jobs: int) -> list[str]:
    monkeypatch.setattr(gpus, "may_exist", lambda: True)
    monkeypatch.setattr(gpu_slots, "_measured", lambda lab, device: found)
    return [place.removeprefix("cuda:") for place in gpu_slots.assign_devices(lab, device, jobs)]


def test_workers_fill_gpus_in_turn(monkeypatch: pytest.MonkeyPatch, real_lab: Lab) -> None:
    found = (Gpu(0, 8 * GB, GB), Gpu(1, 3 * GB, GB))
    assert placed(monkeypatch, real_lab, found, "auto", 2) == ["0", "1"]
    assert placed(monkeypatch, real_lab, found, "cuda", 99) == ["0", "1", "0", "0"]
    assert placed(monkeypatch, real_lab, found[1:], "cuda:1", 99) == ["1"]


@pytest.mark.parametrize("gpu", [Gpu(0, 0, 0), Gpu(0, GB, GB), Gpu(0, 8 * GB, 0)], ids=["full", "for one", "unknown"])
def test_one_worker_at_least_is_tried(monkeypatch: pytest.MonkeyPatch, real_lab: Lab, gpu: Gpu) -> None:
    assert placed(monkeypatch, real_lab, (gpu,), "cuda", 4) == ["0"]


def test_without_gpu_all_workers_get_the_option(monkeypatch: pytest.MonkeyPatch, real_lab: Lab) -> None:
    assert placed(monkeypatch, real_lab, (), "auto", 3) == ["auto"] * 3
    monkeypatch.setattr(gpu_slots, "_measured", lambda lab, device: pytest.fail("nothing is to be measured"))
    assert gpu_slots.assign_devices(real_lab, "cpu", 3) == ("cpu",) * 3
    assert gpu_slots.assign_devices(real_lab, "cuda:1", 1) == ("cuda:1",)
    monkeypatch.setattr(gpus, "may_exist", lambda: False)
    assert gpu_slots.assign_devices(real_lab, "auto", 3) == ("auto",) * 3
