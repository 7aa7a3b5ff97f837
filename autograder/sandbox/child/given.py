"""Makes the inputs of a call from a request: numbers, vectors and matrices, and what tests in Python pass. Runs in the
sandbox."""

from collections.abc import Callable, Mapping, Sequence
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


def built(value: Any, given_as: str, kept: Sequence[Any], *, double: bool) -> Any:
    """A value that a test in Python passes to the program.

    Args:
        value: null, a truth value, a number or a text; or an object with one key: "float" (nan or inf), "list",
            "tuple", "dict" (pairs), "array" (nested lists, with "kind" as NumPy has it), or "kept" (a number).
        given_as: what arrays are given as.
        kept: objects of the program that were kept, from number 1.
        double: whether tensors have float64, not float32.
    """
    match value:
        case {"float": text}:
            return float(text)
        case {"list": items}:
            return [built(item, given_as, kept, double=double) for item in items]
        case {"tuple": items}:
            return tuple(built(item, given_as, kept, double=double) for item in items)
        case {"dict": pairs}:
            return {key: built(item, given_as, kept, double=double) for key, item in pairs}
        case {"kept": number}:
            return kept[number - 1]
        case {"array": rows, "kind": "b"} if given_as != "list":
            return _array({"values": rows, "whole": True}, given_as, double=double, device="cpu") != 0
        case {"array": rows, "kind": kind}:
            return _array({"values": rows, "whole": kind != "f"}, given_as, double=double, device="cpu")
    return value
