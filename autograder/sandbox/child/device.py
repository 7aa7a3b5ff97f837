"""Inside the sandbox: the device that is computed on, and how torch computes there. docs/gpu.md says why.

CUDA is asked for here and in a student's program, which both run in a child: a process that has used it cannot fork.
"""

from typing import Any


def choose(request: dict[str, Any]) -> dict[str, Any]:
    """The device wanted, if it is there: for "auto" a CUDA device if there is one, else the CPU. Says how many CUDA
    devices there are."""
    import torch

    kind, _, index = request["wanted"].partition(":")
    gpus = torch.cuda.device_count() if torch.cuda.is_available() else 0
    if kind == "auto":
        return {"type": "device", "name": "cuda" if gpus else "cpu", "gpus": gpus}
    there = {"cpu": True, "cuda": int(index or 0) < gpus, "mps": torch.backends.mps.is_available()}
    return {"type": "device", "name": request["wanted"] if there[kind] else None, "gpus": gpus}


def room(request: dict[str, Any]) -> dict[str, Any]:
    """How much memory is free on a CUDA device once this process has computed there, gradients too: CUDA's context and
    the workspace of cuBLAS take hundreds of MB of every process."""
    import torch

    settle()
    matrix = torch.ones(16, 16, device=request["device"], requires_grad=True)
    (matrix @ matrix).sum().backward()  # type: ignore[no-untyped-call]
    free, _ = torch.cuda.mem_get_info(request["device"])
    return {"type": "room", "free": free}


def settle() -> None:
    """Have torch compute on a GPU as exactly as on the CPU, and the same each time: float32 throughout instead of
    TensorFloat-32, and algorithms that are deterministic (a warning where there is none)."""
    import torch

    cudnn: Any = torch.backends.cudnn
    for operations in (torch.backends.cuda.matmul, cudnn.conv, cudnn.rnn):
        operations.fp32_precision = "ieee"
    cudnn.benchmark = False
    cudnn.deterministic = True
    torch.use_deterministic_algorithms(True, warn_only=True)
