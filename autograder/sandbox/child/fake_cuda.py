"""Inside the sandbox: what torch.cuda and torch.mps answer to a program that takes their device for granted.

No grade depends on it.
"""

import contextlib
import types
from collections.abc import Callable, Mapping
from typing import Any

from autograder.sandbox.child.silent import Silent

MEMORY = 8 << 30  # bytes
TENSORS = ("Float", "Double", "Half", "BFloat16", "Long", "Int", "Short", "Char", "Byte", "Bool")


class Event(Silent):
    """An event or a stream: what is to be waited for is done at once."""

    def elapsed_time(self, other: object) -> float:
        """Milliseconds."""
        return 0.0

    def query(self) -> bool:
        """Whether all is done."""
        return True


def cuda() -> dict[str, Any]:
    """The attributes of torch.cuda."""
    import torch

    return {
        **_harmless(torch.cuda),
        "get_device_name": lambda device=None: "GPU",
        "get_device_capability": lambda device=None: (8, 0),
        "get_device_properties": lambda device=None: types.SimpleNamespace(
            name="GPU", major=8, minor=0, total_memory=MEMORY, multi_processor_count=1, is_integrated=0, warp_size=32
        ),
        "current_device": lambda: 0,
        "mem_get_info": lambda device=None: (MEMORY, MEMORY),
        "memory_summary": lambda *of, **more: "",
        "memory_stats": lambda device=None: {},
        "get_rng_state": lambda device=None: torch.get_rng_state(),
        "get_rng_state_all": lambda: [torch.get_rng_state()],
        "is_bf16_supported": lambda *of, **more: True,
        **{name: Event for name in ("Event", "Stream", "ExternalStream")},
        **{name: lambda *of: Event() for name in ("current_stream", "default_stream")},
        **{name: Silent for name in ("device", "device_of", "stream", "StreamContext")},
        **{name: Silent for name in ("CUDAGraph", "graph", "MemPool", "use_mem_pool")},
        **{f"{name}Tensor": getattr(torch, f"{name}Tensor") for name in TENSORS},
        "nvtx": Silent(),
    }


def mps() -> dict[str, Any]:
    """The attributes of torch.mps."""
    import torch

    more = {"get_rng_state": torch.get_rng_state, "Event": Event, "profiler": Silent()}
    return {**_harmless(torch.mps), **more}


def _harmless(module: Any) -> Mapping[str, Callable[..., Any]]:
    """Every function of a module, made to answer where it fails for want of the device: 0 for an amount of something,
    nothing for any other."""
    functions = {name: value for name, value in vars(module).items() if isinstance(value, types.FunctionType)}
    return {name: _answering(name, function) for name, function in functions.items() if not name.startswith("_")}


def _answering(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    amount = any(word in name for word in ("memory", "count", "utilization", "temperature", "power", "rate", "seed"))
    answer = 0 if amount and not name.startswith(("set_", "reset_", "empty_", "manual_")) else None

    def answering(*args: Any, **kwargs: Any) -> Any:
        with contextlib.suppress(Exception):
            return function(*args, **kwargs)
        return answer

    return answering
