"""Where the processes of a class compute: on a GPU no more than have room in its memory."""

from itertools import chain, zip_longest

from autograder.rubric import Lab
from autograder.sandbox.host import gpus
from autograder.sandbox.host.fork_server import ForkServer
from autograder.sandbox.host.gpus import Gpu
from autograder.sandbox.host.limits import from_rubric

CHILDREN = 2  # that a worker has on its device: one with the reference, one with a submission
SPARE = 0.1  # of the memory, for what a program of a student's takes, and others


def places(lab: Lab, device: str, jobs: int) -> tuple[str, ...]:
    """The device of each of `jobs` workers, or of fewer where a GPU has no room for more. "cuda" and "auto" are all
    CUDA devices in turn, where there are any. Raises GraderFault."""
    on_gpu = device.partition(":")[0] in ("auto", "cuda") and gpus.may_exist()
    found = _measured(lab, device) if on_gpu and jobs > 1 else ()
    if not found:
        return (device,) * jobs
    in_turn = chain.from_iterable(zip_longest(*([f"cuda:{gpu.index}"] * room(gpu) for gpu in found)))
    return tuple(place for place in in_turn if place)[:jobs]


def _measured(lab: Lab, device: str) -> tuple[Gpu, ...]:
    with ForkServer() as server:
        return gpus.measure(server, from_rubric(lab.rubric.limits), device)


def room(gpu: Gpu) -> int:
    """How many workers fit into a GPU's memory; at least one, which may still find it full."""
    if not gpu.process:  # another program has made room meanwhile, so nothing is known
        return 1
    return max(1, int(gpu.free * (1 - SPARE)) // (CHILDREN * gpu.process))
