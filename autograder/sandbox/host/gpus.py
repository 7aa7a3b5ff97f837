"""Which GPUs this machine has. Only sandbox processes use CUDA, so one of them is asked."""

from dataclasses import dataclass
from pathlib import Path

from autograder.sandbox.host import workdir
from autograder.sandbox.host.fork_server import ForkServer
from autograder.sandbox.host.limits import ProcessLimits
from autograder.sandbox.host.process import SandboxProcess
from autograder.sandbox.host.protocol import Device, Room

DRIVERS = ("/dev/nvidiactl", "/dev/dxg", "/dev/kfd")  # NVIDIA, Windows Subsystem for Linux, AMD


@dataclass(frozen=True)
class Gpu:
    """A CUDA device and its memory, in bytes."""

    index: int
    free: int  # before any of our processes computes there
    process: int  # what each process that computes there takes


def may_exist() -> bool:
    """Whether there is a GPU driver, so that it is worth starting a process to ask torch for CUDA devices."""
    return any(Path(path).exists() for path in DRIVERS)


def available(server: ForkServer, directory: Path, limits: ProcessLimits, wanted: str) -> Device:
    """The device to compute on, if the one wanted exists; see `device.choose`."""
    if wanted == "cpu" or (wanted == "auto" and not may_exist()):
        return Device("cpu")
    process = server.fork(directory, limits, gpu=True)
    try:
        reply = process.ask({"do": "device", "wanted": wanted}, limits.load).reply
    finally:
        process.close()
    return reply if isinstance(reply, Device) else Device(None)


def measure(server: ForkServer, limits: ProcessLimits, wanted: str) -> tuple[Gpu, ...]:
    """Measure the CUDA devices that `wanted` may mean: one for "cuda:N", all for "auto" and "cuda"."""
    directory = workdir.create("nothing", (), ())
    try:
        device = available(server, directory, limits, wanted)
        if device.name is None:
            return ()
        index = wanted.partition(":")[2]
        numbers = [int(index)] if index else range(device.gpus)
        return tuple(_measure_one(server, directory, limits, number) for number in numbers)
    finally:
        workdir.remove(directory)


def _measure_one(server: ForkServer, directory: Path, limits: ProcessLimits, index: int) -> Gpu:
    """Measure one device with two processes: the second finds less memory free by what the first one takes."""
    processes: list[SandboxProcess] = []
    try:
        left = []
        for _ in range(2):
            processes.append(server.fork(directory, limits, gpu=True))
            reply = processes[-1].ask({"do": "room", "device": f"cuda:{index}"}, limits.load).reply
            left.append(reply.free if isinstance(reply, Room) else 0)
    finally:
        for process in processes:
            process.close()
    taken = max(left[0] - left[1], 0)
    return Gpu(index, left[0] + taken, taken)
