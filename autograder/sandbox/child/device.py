"""The device to compute on, and how torch computes there; docs/gpu.md gives the reasons. Runs in the sandbox.

CUDA is used only here and in students' programs, both in a forked process: a process that has used CUDA cannot fork.
"""

from typing import Any


def choose(request: dict[str, Any]) -> dict[str, Any]:
    """The device wanted, if it exists, and the number of CUDA devices. "auto": a CUDA device if there is one, otherwise
    the CPU."""
    import torch

    kind, _, index = request["wanted"].partition(":")
    gpus = torch.cuda.device_count() if torch.cuda.is_available() else 0
    if kind == "auto":
        return {"type": "device", "name": "cuda" if gpus else "cpu", "gpus": gpus}
    there = {"cpu": True, "cuda": int(index or 0) < gpus, "mps": torch.backends.mps.is_available()}
    return {"type": "device", "name": request["wanted"] if there[kind] else None, "gpus": gpus}


def room(request: dict[str, Any]) -> dict[str, Any]:
    """The free memory of a CUDA device after this process has computed there, including gradients: CUDA's context and
    the workspace of cuBLAS take hundreds of MB in every process."""
    import torch

    settle()
    matrix = torch.ones(16, 16, device=request["device"], requires_grad=True)
    (matrix @ matrix).sum().backward()  # type: ignore[no-untyped-call]
    free, _ = torch.cuda.mem_get_info(request["device"])
    return {"type": "room", "free": free}


def settle() -> None:
    """Make torch compute on a GPU as exactly as on the CPU, and reproducibly: float32 instead of TensorFloat-32, and
    deterministic algorithms (with a warning where there is none)."""
    import torch

    cudnn: Any = torch.backends.cudnn
    for operations in (torch.backends.cuda.matmul, cudnn.conv, cudnn.rnn):
        operations.fp32_precision = "ieee"
    cudnn.benchmark = False
    cudnn.deterministic = True
    torch.use_deterministic_algorithms(True, warn_only=True)
