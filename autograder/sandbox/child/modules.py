"""Makes a function of a class: build a module, give it weights, call it, differentiate a loss. Runs in the sandbox."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from autograder.sandbox.child.arguments import arguments

MOST_ELEMENTS = 256  # of one gradient that are compared; of a larger one, so many are drawn
MOST_PARAMETERS = 200
BIAS = 0.3
Named = Sequence[tuple[str, Any]]


class ParametersDiffer(Exception):
    """The parameters of a module are not those asked for. found: pairs of a name and a shape."""

    def __init__(self, found: Named) -> None:
        super().__init__()
        self.found = [[name[:80], list(parameter.shape)] for name, parameter in found[:MOST_PARAMETERS]]


def function(cls: Callable[..., Any], how: Mapping[str, Any]) -> Callable[..., dict[str, Any]]:
    """A function that takes a class's inputs by name and returns its outputs by name.

    Args:
        cls: the class, whose objects are modules of torch.
        how: "build", the arguments of the class by name; "parameters", pairs of a name and a shape; "seed", from which
            their values are drawn; "forward", the names of the inputs that the module is called with; "outputs", the
            names of its results; "loss", the name of a function in torch.nn.functional and the names of its two
            arguments, or nothing; "gradients", the parameters whose gradients are asked for.

    The function raises ParametersDiffer, and whatever the class raises. If its outputs do not fit the loss, it returns
    them alone.
    """

    def called(device: str = "cpu", **inputs: Any) -> dict[str, Any]:
        import torch

        torch.manual_seed(how["seed"])
        module = make(cls, how["build"])
        if not isinstance(module, torch.nn.Module):
            raise TypeError(f"{getattr(cls, '__name__', 'it')} makes no torch.nn.Module")
        if any(map(torch.nn.parameter.is_lazy, module.parameters())):  # the first call makes them
            module.to(device)(*(inputs[name] for name in how["forward"]))
        parameters = _matched([*module.named_parameters()], how["parameters"])
        _draw(list(parameters.values()), how["seed"])
        # So that dropout lets everything through; eval() would call a method train() of the student's own.
        torch.nn.Module.train(module.to(device), False)
        found = _named(module(*(inputs[name] for name in how["forward"])), how["outputs"])
        if how["loss"]:
            name, *arguments = how["loss"]
            values = {**inputs, **found}
            try:
                found["loss"] = getattr(torch.nn.functional, name)(*(values[each] for each in arguments))
            except Exception:  # not of the class: its outputs, which do not fit, are what there is to say
                return found
            if found["loss"].requires_grad:
                found["loss"].backward()
            found |= {f"{each}.grad": _sample(parameters[each].grad, how["seed"]) for each in how["gradients"]}
        return found

    return called


def make(cls: Callable[..., Any], build: Mapping[str, Any]) -> Any:
    """An object of a class, whose parameters may have other names or another order, as those of functions."""
    args, kwargs, _ = arguments(cls, {}, build, None)
    return cls(*args, **kwargs)


def _matched(own: Named, asked: Sequence[tuple[str, Sequence[int]]]) -> dict[str, Any]:
    """A module's parameters by the names asked for: those of the same name, or else in their order, if shapes agree."""
    by_name = dict(own)
    if by_name.keys() == {name for name, _ in asked}:
        own = [(name, by_name[name]) for name, _ in asked]
    if [tuple(parameter.shape) for _, parameter in own] != [tuple(shape) for _, shape in asked]:
        raise ParametersDiffer(own)
    return {name: parameter for (name, _), (_, parameter) in zip(asked, own, strict=True)}


def _draw(parameters: Sequence[Any], seed: int) -> None:
    """Give parameters values that depend on the seed and their shapes alone.

    Weights lie within sqrt(6 / fan-in), as He et al. (2015) draw them for ReLU, so that a deep network's outputs still
    differ; biases and other vectors within BIAS.
    """
    import torch

    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for each in parameters:
            bound = math.sqrt(6 / math.prod(each.shape[1:])) if each.dim() > 1 else BIAS
            drawn = torch.rand(each.shape, generator=generator, dtype=torch.float32)
            each.copy_((2 * drawn - 1) * bound)


def _named(result: Any, names: Sequence[str]) -> dict[str, Any]:
    """What a module returned, by name."""
    if isinstance(result, Mapping):
        return {name: result[name] for name in names}
    if len(names) == 1:
        return {names[0]: result[0] if isinstance(result, tuple) and len(result) == 1 else result}
    if not isinstance(result, tuple | list) or len(result) != len(names):
        raise TypeError(f"forward() has to return {len(names)} values: {', '.join(names)}")
    return dict(zip(names, result, strict=True))


def _sample(gradient: Any, seed: int) -> Any:
    """A gradient, or of a large one the elements at some places, drawn by the seed."""
    if gradient is None or gradient.numel() <= MOST_ELEMENTS:
        return gradient
    import torch

    places = torch.randperm(gradient.numel(), generator=torch.Generator().manual_seed(seed))[:MOST_ELEMENTS]
    return gradient.reshape(-1)[places.to(gradient.device)]
