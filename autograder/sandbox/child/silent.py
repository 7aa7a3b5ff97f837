"""An object that accepts any use and does nothing, for what programs show and no grade depends on.

Runs inside the student's process.
"""

import dis
import sys
import types
from collections.abc import Iterator
from typing import Any


def _silent(self: "Silent", *args: Any) -> "Silent":
    return self


def _false(self: "Silent", other: object) -> bool:
    return False


class Silent:
    """Accepts any use and does nothing. As a number it is 0, and unpacked it is as many values as are asked for."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        pass

    def __getattr__(self, name: str) -> "Silent":
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if len(args) == 1 and not kwargs and isinstance(args[0], (types.FunctionType, type)):
            return args[0]  # as a decorator
        return self

    def __iter__(self) -> Iterator["Silent"]:
        return iter([self] * _unpacked(sys._getframe(1)))

    def __len__(self) -> int:
        return 0

    def __bool__(self) -> bool:
        return True

    def __getitem__(self, key: Any) -> "Silent":
        return self

    def __setitem__(self, key: Any, value: Any) -> None:
        pass

    def __contains__(self, item: object) -> bool:
        return False

    def __enter__(self) -> "Silent":
        return self

    def __exit__(self, *exc: Any) -> None:
        pass

    def __mro_entries__(self, bases: tuple[Any, ...]) -> tuple[type, ...]:
        return (type("Silent", (Silent,), {}),)  # a class may derive from it, and from several

    def __instancecheck__(self, instance: object) -> bool:
        return False

    def __float__(self) -> float:
        return 0.0

    def __int__(self) -> int:
        return 0

    __index__ = __int__

    def __format__(self, spec: str) -> str:
        for nothing in (0.0, 0, ""):
            try:
                return format(nothing, spec)
            except ValueError:
                pass
        return ""

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = _silent
    __floordiv__ = __rfloordiv__ = __mod__ = __rmod__ = __pow__ = __rpow__ = __matmul__ = __rmatmul__ = _silent
    __or__ = __ror__ = __and__ = __rand__ = __neg__ = __pos__ = __abs__ = __round__ = _silent
    __lt__ = __le__ = __gt__ = __ge__ = _false


def _unpacked(frame: types.FrameType) -> int:
    """How many names stand on the left of an assignment that is being carried out; 0 anywhere else."""
    code, at = frame.f_code.co_code, frame.f_lasti
    operation = dis.opname[code[at]]
    if operation == "UNPACK_SEQUENCE":
        return code[at + 1]
    return code[at + 1] if operation == "UNPACK_EX" else 0  # first, *rest = …
