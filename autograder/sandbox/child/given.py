"""Makes the inputs of a call from a request: numbers, and vectors and matrices. Runs in the sandbox."""

from collections.abc import Callable, Mapping
from typing import Any


def given(request: Mapping[str, Any], number: Callable[[float], Any], *, double: bool, device: str) -> dict[str, Any]:
    """The inputs by name, each time as new objects, because a function may change what it is given.

    Args:
        request: "inputs" has numbers, and arrays as {"values": nested lists, "whole": whether they are whole numbers};
            "arrays" says what arrays are given as: "tensor", "numpy" or "list".
        number: what a number is given as.
        double: whether tensors have float64, not float32.
        device: where tensors are.
    """
    return {
        name: _array(value, request["arrays"], double=double, device=device)
        if isinstance(value, dict)
        else number(value)
        for name, value in request["inputs"].items()
    }


def _array(value: dict[str, Any], given_as: str, *, double: bool, device: str) -> Any:
    whole = value["whole"]
    if given_as == "list":
        return _copied(value["values"], int if whole else float)
    if given_as == "numpy":
        import numpy

        return numpy.array(value["values"], dtype=numpy.int64 if whole else numpy.float64)
    import torch

    dtype = torch.int64 if whole else torch.float64 if double else torch.float32
    return torch.tensor(value["values"], dtype=dtype, device=device)


def _copied(rows: Any, kind: Callable[[float], Any]) -> Any:
    return [_copied(row, kind) for row in rows] if isinstance(rows, list) else kind(rows)
