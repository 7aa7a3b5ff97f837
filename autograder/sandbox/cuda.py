"""Inside the wall: a program that has "cuda" written into it, computed on another device instead."""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any


@contextlib.contextmanager
def taken_for(target: str, noticed: Callable[[], object] = lambda: None) -> Iterator[None]:
    """What is asked to be on any CUDA device goes to the device `target`; `noticed` is called each time."""
    import torch
    from torch.overrides import TorchFunctionMode

    def mapped(value: Any) -> Any:
        name = str(value) if isinstance(value, (str, torch.device)) else ""
        if name.partition(":")[0] != "cuda":
            return value
        noticed()
        return target

    class Elsewhere(TorchFunctionMode):
        """Sees every function of torch with its arguments; `nn.Module.cuda` and `.to` end in those of its tensors."""

        def __torch_function__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            if function is torch.Tensor.cuda:
                noticed()
                return args[0].to(target)
            return function(*map(mapped, args), **{name: mapped(value) for name, value in (kwargs or {}).items()})

    set_default = torch.set_default_device  # no mode sees it
    with (
        replaced(torch, set_default_device=lambda device: set_default(mapped(device))),
        replaced(torch.cuda, set_device=lambda device: None, synchronize=lambda device=None: None),
        Elsewhere(),
    ):
        yield


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
