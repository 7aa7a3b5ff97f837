"""Trains a model with a student's function, keeps it, and asks it for predictions. Runs in the sandbox."""

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any

from autograder.sandbox.child import modules
from autograder.sandbox.child.arguments import arguments
from autograder.sandbox.child.direct_calls import seed
from autograder.sandbox.child.encode import MOST_ELEMENTS, encode
from autograder.sandbox.child.given import given
from autograder.sandbox.child.load import LoadedProgram

MOST_LOSSES = 1000  # that are sent of one training
MOST_GENERATED = 1_000_000  # by a generator of losses


class TrainedModels:
    """Answers requests to train and to predict."""

    def __init__(self, program: LoadedProgram) -> None:
        self.program = program

    def fit(self, request: dict[str, Any]) -> dict[str, Any]:
        """Call the function that trains, with data and settings, and with a fresh model if it takes one.

        Args:
            request: as for `LoadedProgram.call`; "model" is the name of a class or "", "build" its arguments.

        Returns: "model", the number of the kept model; "losses", None if there are none; "changed", whether the weights
            of the given model changed or a model with others was returned, None if none with weights was given. Without
            a model, what was returned instead.
        """
        function = vars(self.program.module).get(request["function"])
        if not callable(function):
            return {"type": "missing"}
        try:
            seed(request["seed"])
            model = self._fresh(request) if request["model"] else None
            before = _weights(model)
            device = request["device"] if request["on_device"] else "cpu"
            data = given(request, float, double=self.program.double, device=device)
            inputs = {"model": model, **data} if model is not None else data
            args, kwargs, note = arguments(function, inputs, request["settings"], request["device"])
            result = function(*args, **kwargs)
            trained, losses = _parts(result)
            trained = model if trained is None else trained
            if trained is None:
                return _returned(encode(result), note)
            self.program.kept.append(trained)
            # It may have trained a copy, and may have returned a function, which has no weights, around the model.
            changed = any(_differ(before, own) for own in (_weights(model), _weights(trained) or before))
            losses = _thinned(losses)
            found = {"model": len(self.program.kept), "losses": losses, "changed": changed if before else None}
            return _returned(encode(found), note)
        except BaseException as error:
            return {"type": "raised", "failure": self.program.failure(error)}

    def predict(self, request: dict[str, Any]) -> dict[str, Any]:
        """What the kept model "of" answers to the input X, in evaluation mode. Of too many scores, the best class."""
        import torch

        try:
            model = self.program.kept[request["of"] - 1]
            if isinstance(model, torch.nn.Module):
                torch.nn.Module.train(model, False)  # eval() would call a method train() of the student's own
            device = request["device"] if request["on_device"] else "cpu"
            inputs = given(request, float, double=self.program.double, device=device)
            with torch.no_grad():
                found = model(inputs["X"].to(_dtype(model) or inputs["X"].dtype))
            if isinstance(found, torch.Tensor) and found.dim() == 2 and found.numel() > MOST_ELEMENTS:
                found = found.argmax(dim=1)
            return _returned(encode(found, arrays=True), "")
        except BaseException as error:
            return {"type": "raised", "failure": self.program.failure(error)}

    def _fresh(self, request: Mapping[str, Any]) -> Any:
        cls = vars(self.program.module).get(request["model"])
        if not callable(cls):
            raise NameError(f"name '{request['model']}' is not defined")
        model = modules.make(cls, request["build"])
        return model.to(request["device"]) if request["on_device"] else model


def _dtype(model: Any) -> Any:
    """The type of a module's numbers, in which it may have been trained; None if it has none."""
    own = model.parameters() if hasattr(model, "parameters") else ()
    return next((each.dtype for each in own if each.is_floating_point()), None)


def _returned(value: dict[str, Any], note: str) -> dict[str, Any]:
    return {"type": "returned", "value": value, "note": note}


def _parts(result: Any) -> tuple[Callable[..., Any] | None, Any]:
    """The model among what a function returned, and the losses: the first thing that can be called, and the first other
    list or tensor."""
    if dataclasses.is_dataclass(result) and not callable(result):
        result = [getattr(result, field.name) for field in dataclasses.fields(result)]
    parts = list(result.values()) if isinstance(result, dict) else result
    parts = list(parts) if isinstance(parts, (list, tuple)) and any(map(callable, parts)) else [parts]
    model = next((part for part in parts if callable(part)), None)
    lists = (list(islice(part, MOST_GENERATED)) if isinstance(part, Iterator) else part for part in parts)
    return model, next((part for part in lists if hasattr(part, "__len__") and not callable(part)), None)


def _thinned(losses: Any) -> Any:
    """At most MOST_LOSSES of the losses, the first and the last among them: a program may have one for each batch."""
    listed = isinstance(losses, (list, tuple)) or getattr(losses, "ndim", 0) == 1
    if not listed or len(losses) <= MOST_LOSSES:
        return losses
    return [losses[round(place * (len(losses) - 1) / (MOST_LOSSES - 1))] for place in range(MOST_LOSSES)]


def _weights(model: Any) -> list[Any]:
    """Copies of a model's weights, without those that it will make when it is first called."""
    import torch

    own = model.parameters() if hasattr(model, "parameters") else ()
    return [each.detach().clone() for each in own if not torch.nn.parameter.is_lazy(each)]


def _differ(before: list[Any], after: list[Any]) -> bool:
    import torch

    return len(before) != len(after) or any(not torch.equal(*pair) for pair in zip(before, after, strict=True))
