"""Inside the sandbox: a program that has "cuda" or "mps" written into it, computed on another device instead."""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

from autograder.sandbox.child import fake_cuda
from autograder.sandbox.child.import_guards import is_demanded

GPUS = ("cuda", "mps")


@contextlib.contextmanager
def taken_for(target: str, noticed: Callable[[], object] = lambda: None) -> Iterator[None]:
    """What is asked to be on any GPU goes to the device `target`; `noticed` is called each time."""
    import torch
    from torch.overrides import TorchFunctionMode

    def mapped(value: Any) -> Any:
        name = str(value) if isinstance(value, (str, torch.device)) else ""
        if name.startswith("torch.cuda.") and not target.startswith("cuda"):  # the type of a tensor
            noticed()
            return name.replace("torch.cuda.", "torch.")
        if name.partition(":")[0] not in GPUS:
            return value
        noticed()
        return target

    def numbered(value: Any) -> Any:  # of a GPU
        return mapped(f"cuda:{value}") if type(value) is int else mapped(value)

    class Elsewhere(TorchFunctionMode):
        """Sees every function of torch with its arguments; `nn.Module.cuda` and `.to` end in those of its tensors."""

        def __torch_function__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            if function is torch.Tensor.cuda:
                noticed()
                return args[0].to(target)
            if function is torch.Tensor.pin_memory and not target.startswith("cuda"):
                return args[0]
            if function is torch.Tensor.to and len(args) > 1:
                args = (args[0], numbered(args[1]), *args[2:])
            named = {name: (numbered if name == "device" else mapped)(value) for name, value in (kwargs or {}).items()}
            return function(*map(mapped, args), **named)

    with contextlib.ExitStack() as changes:
        for owner, attributes in _taking(mapped, target):
            changes.enter_context(replaced(owner, **attributes))
        changes.enter_context(Elsewhere())
        yield


def _taking(mapped: Callable[[Any], Any], target: str) -> Iterator[tuple[Any, dict[str, Any]]]:
    """What no mode of torch sees: functions and classes that take a device, and what only a GPU answers."""
    import torch

    owner: Any = torch
    load = owner.load

    class Generator(torch.Generator):
        def __new__(cls, device: Any = "cpu") -> Any:
            return super().__new__(cls, mapped(device))  # type: ignore[call-arg]

    def mapped_load(*args: Any, **kwargs: Any) -> Any:
        return load(*map(mapped, args), **{name: mapped(value) for name, value in kwargs.items()})

    taking = {name: _with(getattr(owner, name), mapped) for name in ("set_default_device", "set_default_tensor_type")}
    yield torch, {**taking, "Generator": Generator, "load": mapped_load}
    if not target.startswith("cuda"):
        yield torch.cuda, {**fake_cuda.cuda(), "is_available": _there(torch.cuda.is_available)}
        fork = torch.random.fork_rng
        yield torch.random, {"fork_rng": lambda devices=None, enabled=True, **of: fork((), enabled)}
    if target != "mps":
        yield torch.mps, fake_cuda.mps()
        yield torch.backends.mps, {"is_available": _there(torch.backends.mps.is_available)}


def _with(function: Callable[[Any], Any], mapped: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: function(mapped(value))


def _there(is_available: Callable[[], bool]) -> Callable[[], bool]:
    """Whether a GPU is there: yes, where the program would end without one."""
    return lambda: is_available() or is_demanded()


@contextlib.contextmanager
def replaced(owner: Any, **attributes: Any) -> Iterator[None]:
    """Give `owner` other attributes for a while."""
    before = {name: getattr(owner, name) for name in attributes}
    for name, value in attributes.items():
        setattr(owner, name, value)
    try:
        yield
    finally:
        for name, value in before.items():
            setattr(owner, name, value)
