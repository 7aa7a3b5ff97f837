"""Calls, reads or sets anything in a student's program, as a test in Python asks. Runs in the sandbox."""

import functools
import operator
import random
import sys
from collections.abc import Callable
from typing import Any

from autograder.sandbox.child.encode import encode
from autograder.sandbox.child.given import built
from autograder.sandbox.child.load import LoadedProgram


class DirectCalls:
    """Answers the requests of tests in Python about a program."""

    def __init__(self, program: LoadedProgram) -> None:
        self.program = program

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """Call or read anything in the program, as a test in Python asks; see `Run` in the host's `calls`.

        Random numbers begin at the seed, so that the student's and the reference's are the same.
        """
        kept = self.program.kept
        if request["forget"]:
            kept[:] = [None] * len(kept)  # so that no number is used again
        owner = kept[request["of"] - 1] if request["of"] else self.program.module
        convert = functools.partial(built, given_as=request["arrays"], kept=kept, double=self.program.double)
        try:
            args = [convert(value) for value in request["args"]]
            kwargs = {name: convert(value) for name, value in request["kwargs"].items()}
            if request["action"] == "set":
                setattr(owner, request["name"], args[0])
                return {"type": "returned", "value": encode(None)}
            try:
                found = operator.attrgetter(request["name"])(owner)
            except AttributeError:
                return {"type": "missing"}
            if request["action"] != "read":
                seed(request["seed"])
                found = DO[request["action"]](found, *args, **kwargs)
            if request["keep"]:
                kept.append(found)
                found = len(kept)
            elif request["of"] and found is owner:
                return {"type": "returned", "value": {"type": "strange", "what": "itself"}}
            return {"type": "returned", "value": encode(found, arrays=True)}
        except BaseException as error:
            return {"type": "raised", "failure": self.program.failure(error)}


def _call(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    return function(*args, **kwargs)


def _differentiate(function: Callable[..., Any], *args: Any, **kwargs: Any) -> list[Any]:
    """The gradient of the sum of what a function returns by each of its arguments; None for one that has none."""
    import torch

    given = [torch.tensor(each) if isinstance(each, float) else each for each in args]
    given = [each.requires_grad_() if torch.is_tensor(each) and each.is_floating_point() else each for each in given]
    result: Any = function(*given, **kwargs)
    if not isinstance(result, torch.Tensor):
        raise TypeError("it has to return a tensor, because its gradients are asked for")
    if result.requires_grad:
        torch.autograd.backward(result.sum())
    return [getattr(each, "grad", None) for each in given]


DO: dict[str, Callable[..., Any]] = {"call": _call, "differentiate": _differentiate}


def seed(number: int) -> None:
    """Let random numbers of Python, torch and NumPy begin at a number."""
    import torch

    random.seed(number)
    torch.manual_seed(number)
    if numpy := sys.modules.get("numpy"):
        numpy.random.seed(number)
