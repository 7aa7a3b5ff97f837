"""Assign the worker processes of a class to devices: no more on a GPU than fit into its memory."""

from itertools import chain, zip_longest

from autograder.rubric import Lab
from autograder.sandbox.host import gpus
from autograder.sandbox.host.fork_server import ForkServer
from autograder.sandbox.host.gpus import Gpu
from autograder.sandbox.host.limits import from_rubric

CHILDREN = 2  # processes of a worker that use its device: the reference and one submission
SPARE = 0.1  # share of the memory kept free for students' tensors and other programs


def assign_devices(lab: Lab, device: str, jobs: int) -> tuple[str, ...]:
    """The device of each of `jobs` workers; fewer if a GPU has no memory for more. Raises GraderFault.

    "cuda" and "auto" use all CUDA devices in turn, if there are any.
    """
    on_gpu = device.partition(":")[0] in ("auto", "cuda") and gpus.may_exist()
    found = _measured(lab, device) if on_gpu and jobs > 1 else ()
    if not found:
        return (device,) * jobs
    in_turn = chain.from_iterable(zip_longest(*([f"cuda:{gpu.index}"] * capacity(gpu) for gpu in found)))
    return tuple(device for device in in_turn if device)[:jobs]


def _measured(lab: Lab, device: str) -> tuple[Gpu, ...]:
    with ForkServer() as server:
        return gpus.measure(server, from_rubric(lab.rubric.limits), device)


def capacity(gpu: Gpu) -> int:
    """How many workers fit into a GPU's memory; at least one, even if that one may run out of memory."""
    if not gpu.process:  # nothing is known: another program freed memory during the measurement
        return 1
    return max(1, int(gpu.free * (1 - SPARE)) // (CHILDREN * gpu.process))
