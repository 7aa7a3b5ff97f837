"""Tracks which tensors of a program would be on a GPU, while all are on the CPU. Runs in the sandbox.

Two of torch's modes show what a program does. One sees the functions that it calls, and so every device that it asks
for. The other sees each operation that these functions consist of, in the backward pass too. A device belongs to a
tensor's storage, so that views, `.detach()` and `.data` are where the tensor is; the result of an operation is where
its operands are.
"""

import contextlib
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from autograder.sandbox.child.device_substitute import replaced

Place = tuple[int, int] | None  # the cell and the line of the program, from 1
SAME = 1e-4  # relative: a tensor that holds an input, in any precision above half

# Functions that move a tensor; and functions that create one on the device of another, without computing with it.
TO = ("to", "type_as", "as_tensor", "asarray")
BESIDE = ("new_tensor", "new_full", "new_empty", "new_ones", "new_zeros", "__deepcopy__")
# Operations that may have operands on two devices; some write into their first.
WRITES = ("aten::copy_", "aten::fill_", "aten::index_put_", "aten::_index_put_impl_")
ACROSS = ("aten::index", *WRITES)
# What is done with a weight to move it to the device, or to look at it.
HARMLESS = (
    *("aten::_to_copy", "aten::alias", "aten::clone", "aten::detach", "aten::lift_fresh", "aten::_local_scalar_dense"),
    *("aten::view", "aten::_unsafe_view", "aten::unsqueeze", "aten::squeeze", "aten::expand"),
)


class Observation(NamedTuple):
    """A tensor with a bug: its kind (see `device_bugs.find`), the index of the input that it holds, and where it was
    created or, if that is unknown, used."""

    kind: str
    parameter: int | None
    place: Place


class Watch:
    """Tracks one call.

    seen: the bugs so far. computed: whether something was computed on the GPU. moved_leaves: tensors that were moved
    after requires_grad was set, which is a bug only if their gradients are missing later.
    """

    def __init__(self, inputs: Sequence[float], place: Callable[[], Place]) -> None:
        self.inputs = inputs
        self.place = place
        self.seen: list[Observation] = []
        self.computed = False
        self.moved_leaves: list[Observation] = []
        self._default_away = False  # by torch.set_default_device
        self._beside = False  # in a function of a tensor on the GPU, which makes others there
        # By the address of a storage: the storage, so that no other comes to lie there; those on the GPU; where those
        # on the CPU were made; those on the CPU into which values were written from the GPU; those on the CPU of which
        # nothing (more) is to be said, because they are there on purpose, or told already, or (0) not to be followed.
        self._known: dict[int, Any] = {}
        self._away: set[int] = set()
        self._made: dict[int, Place] = {}
        self._written: set[int] = set()
        self._settled = {0}

    @contextlib.contextmanager
    def on(self) -> Iterator[None]:
        """Track what is done with torch in this context."""
        import torch
        from torch.overrides import TorchFunctionMode
        from torch.utils import _python_dispatch

        dispatching: Any = _python_dispatch.TorchDispatchMode
        watch = self

        class Functions(TorchFunctionMode):
            def __torch_function__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
                return watch._function(function, args, kwargs or {})

        class Operations(dispatching):  # type: ignore[misc]
            @classmethod
            def _should_skip_dynamo(cls) -> bool:
                return False  # else the first operation imports torch._dynamo, which takes longer than torch itself

            def __torch_dispatch__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
                with torch._C.DisableTorchFunction():  # what is looked at in there is not the program's doing
                    return watch._operation(function, args, kwargs or {})

        with (
            replaced(torch, set_default_device=self._set_default),
            replaced(torch.cuda, set_device=lambda device: None, synchronize=lambda device=None: None),
            Functions(),
            Operations(),
        ):
            yield

    def _set_default(self, device: Any) -> None:
        self._default_away = _is_gpu(device)

    def _function(self, function: Any, args: Any, kwargs: Any) -> Any:
        """Run a function of torch on the CPU, and note on which device its result would be."""
        import torch

        tensor: Any = torch.Tensor
        name = getattr(function, "__name__", "")
        tensors = [each for each in (*args, *kwargs.values()) if isinstance(each, torch.Tensor)]
        own = tensors[0] if tensors else None
        if self._is_away(own):
            if function == tensor.device.__get__:
                return torch.device("cuda", 0)
            if function in (tensor.is_cuda.__get__, tensor.is_cpu.__get__):
                return function == tensor.is_cuda.__get__
            if name in ("numpy", "__array__") and not kwargs.get("force"):  # which moves it first
                self.seen.append(Observation("numpy", None, self.place()))
        if name in ("device", "_parse_to"):  # makes a device of a name, which no other mode is to change
            with torch._C.DisableTorchFunction():
                return function(*args, **kwargs)
        if name in ("cuda", "cpu") and own is not None:
            return self._moved(own, to_gpu=name == "cuda")
        asked = [_is_gpu(each) for each in (*args, *kwargs.values()) if _is_device(each)]  # for a GPU, each time
        if name in TO:  # of another tensor: to where that is
            asked += [self._is_away(each) for each in tensors if each is not own]
        elif name in BESIDE:
            asked = asked or [self._is_away(own)]
        self._beside = bool(args) and args[0] is own and any(map(self._is_away, tensors))
        try:
            result = function(*map(_on_cpu, args), **{key: _on_cpu(each) for key, each in kwargs.items()})
        finally:
            self._beside = False
        if not asked:
            return result
        if name in TO and own is not None:
            return self._moved(result, to_gpu=any(asked))
        return self._put(result, on_gpu=any(asked))

    def _operation(self, function: Any, args: Any, kwargs: Any) -> Any:
        """Run one operation; its result is on the GPU if an operand is."""
        import torch

        name = function._schema.name
        operands = [*_tensors(args), *_tensors(kwargs.values())]
        storages = [*map(_storage, operands)]
        away = not self._away.isdisjoint(storages)
        self.computed = self.computed or away
        if name == "aten::index" and away and storages[0] not in self._away:
            self._left_behind(operands[0])  # by what is on the GPU, only a tensor there can be indexed
        if name not in (ACROSS if away else HARMLESS):
            for each, storage in zip(operands, storages, strict=True):
                if storage not in self._away and (away or (each.requires_grad and torch.is_grad_enabled())):
                    self._left_behind(each)
        settled = not away and not self._settled.isdisjoint(storages)
        if name in WRITES:
            self._write(*operands)
        result = function(*args, **kwargs)
        fresh = not operands or name == "aten::lift_fresh"  # the latter in torch.tensor(…)
        number = not operands and name == "aten::_to_copy"  # one of Python's, which torch.func makes a tensor of
        for each in _tensors([result]):
            if number:
                self._settle(each)
            elif fresh:
                self._put(each, on_gpu=self._default_away or self._beside)
                self._made[_storage(each)] = self.place()
            elif (storage := _storage(each)) not in storages and storage not in self._known:
                self._put(each, on_gpu=away)
                if settled:
                    self._settle(each)
        return result

    def _moved(self, tensor: Any, *, to_gpu: bool) -> Any:
        """A copy on the other device, through which gradients flow back; the tensor itself if it is there already."""
        import torch

        if self._is_away(tensor) == to_gpu:
            return tensor
        if to_gpu and tensor.is_leaf and tensor.requires_grad and torch.is_grad_enabled():
            self.moved_leaves.append(self._about("leaf", tensor))
        moved = self._copy(tensor, on_gpu=to_gpu)
        if moved.requires_grad:
            moved.register_hook(lambda gradient: self._copy(gradient, on_gpu=not to_gpu))
        return moved

    def _write(self, into: Any, *values: Any) -> None:
        """Note what is written from the GPU into a tensor on the CPU. Gradients flow back from there."""
        import torch

        for each in values:
            if self._is_away(each) and not self._is_away(into):
                self._written.add(_storage(into))
                if each.requires_grad and torch.is_grad_enabled():
                    self._settle(into)
                    each.register_hook(lambda gradient: self._copy(gradient, on_gpu=True))

    def _copy(self, tensor: Any, *, on_gpu: bool) -> Any:
        """A copy that was placed on its device on purpose."""
        copy = self._put(tensor.clone(), on_gpu=on_gpu)
        self._settle(copy)
        return copy

    def _put(self, tensor: Any, *, on_gpu: bool) -> Any:
        """Note where a tensor is."""
        if storage := _storage(tensor):
            self._known[storage] = _plain(tensor).untyped_storage()
            (self._away.add if on_gpu else self._away.discard)(storage)
        return tensor

    def _settle(self, tensor: Any) -> None:
        """Report nothing (more) about a tensor, if it is on the CPU."""
        if not self._is_away(tensor):
            self._settled.add(_storage(self._put(tensor, on_gpu=False)))

    def _is_away(self, value: Any) -> bool:
        return _storage(value) in self._away

    def _left_behind(self, tensor: Any) -> None:
        """Note that a tensor on the CPU is used. A single number there is harmless, unless it is an input that was not
        on the GPU before."""
        storage = _storage(tensor)
        if storage in self._settled:
            return
        seen = self._about("cpu", tensor)
        if tensor.dim() or tensor.requires_grad or (seen.parameter is not None and storage not in self._written):
            self.seen.append(seen)
        self._settle(tensor)

    def _about(self, kind: str, tensor: Any) -> Observation:
        value = tensor.item() if tensor.numel() == 1 else math.nan
        same = (number for number, each in enumerate(self.inputs) if math.isclose(each, value, rel_tol=SAME))
        made = self._made.get(_storage(tensor))
        return Observation(kind, next(same, None), self.place() if made is None else made)


def _tensors(values: Iterable[Any]) -> Iterator[Any]:
    """The tensors among the arguments or results of an operation, and in lists of them."""
    import torch

    for value in values:
        if isinstance(value, torch.Tensor):
            yield value
        elif isinstance(value, (list, tuple)):
            yield from _tensors(value)


def _storage(value: Any) -> int:
    """The address of a tensor's storage, 0 if it has none; not that of its values, because an empty tensor has none."""
    try:
        return int(_plain(value).untyped_storage()._cdata)
    except (AttributeError, TypeError, RuntimeError):
        return 0


def _plain(tensor: Any) -> Any:
    """The tensor without the wrappers of torch.func."""
    import torch

    return torch.func.debug_unwrap(tensor)


def _is_device(value: Any) -> bool:
    import torch

    return isinstance(value, (str, torch.device)) and str(value).partition(":")[0] in ("cpu", "cuda")


def _is_gpu(device: Any) -> bool:
    return str(device).partition(":")[0] == "cuda"


def _on_cpu(value: Any) -> Any:
    return "cpu" if _is_device(value) else value
