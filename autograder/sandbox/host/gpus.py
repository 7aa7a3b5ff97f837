"""Which devices there are, asked of a child: CUDA is never touched outside one."""

from dataclasses import dataclass
from pathlib import Path

from autograder.sandbox.host import workdir
from autograder.sandbox.host.fork_server import ForkServer
from autograder.sandbox.host.limits import ProcessLimits
from autograder.sandbox.host.process import SandboxProcess
from autograder.sandbox.host.protocol import Device, Room

DRIVERS = ("/dev/nvidiactl", "/dev/dxg", "/dev/kfd")  # NVIDIA's, that of Windows' subsystem for Linux, AMD's


@dataclass(frozen=True)
class Gpu:
    """A CUDA device. free: bytes of its memory; process: how many of them each process takes that computes there."""

    index: int
    free: int
    process: int


def likely() -> bool:
    """Whether it is worth asking torch for a CUDA device: that takes a process of its own."""
    return any(Path(path).exists() for path in DRIVERS)


def available(server: ForkServer, directory: Path, limits: ProcessLimits, wanted: str) -> Device:
    """The device to compute on, if the one wanted is there; see `device.choose`."""
    if wanted == "cpu" or (wanted == "auto" and not likely()):
        return Device("cpu")
    child = server.fork(directory, limits, gpu=True)
    try:
        reply = child.ask({"do": "device", "wanted": wanted}, limits.load).reply
    finally:
        child.close()
    return reply if isinstance(reply, Device) else Device(None)


def measured(server: ForkServer, limits: ProcessLimits, wanted: str) -> tuple[Gpu, ...]:
    """The CUDA devices that `wanted` ("auto", "cuda" or "cuda:N") may mean: the one that it names, else all."""
    directory = workdir.working_copy("nothing", (), ())
    try:
        device = available(server, directory, limits, wanted)
        if device.name is None:
            return ()
        index = wanted.partition(":")[2]
        numbers = [int(index)] if index else range(device.gpus)
        return tuple(_measured(server, directory, limits, number) for number in numbers)
    finally:
        workdir.remove(directory)


def _measured(server: ForkServer, directory: Path, limits: ProcessLimits, index: int) -> Gpu:
    """What one process takes is what the second of two finds less than the first."""
    children: list[SandboxProcess] = []
    try:
        left = []
        for _ in range(2):
            children.append(server.fork(directory, limits, gpu=True))
            reply = children[-1].ask({"do": "room", "device": f"cuda:{index}"}, limits.load).reply
            left.append(reply.free if isinstance(reply, Room) else 0)
    finally:
        for child in children:
            child.close()
    process = max(left[0] - left[1], 0)
    return Gpu(index, left[0] + process, process)
