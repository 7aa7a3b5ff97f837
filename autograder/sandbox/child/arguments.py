"""Decides which parameter of a student's function gets which value. Runs in the sandbox."""

import functools
import inspect
import re
import types
from collections.abc import Callable, Mapping, Sequence
from inspect import Parameter
from typing import Any, NamedTuple

DEVICE = "device"


class SignatureProblem(TypeError):
    """The function cannot be called with the inputs of the lab."""


class BoundArguments(NamedTuple):
    """The arguments of a call. note: what the student should know about how they were passed, "" if nothing."""

    args: list[Any]
    kwargs: dict[str, Any]
    note: str = ""


def arguments(
    function: Callable[..., Any], inputs: Mapping[str, Any], settings: Mapping[str, Any], device: str | None
) -> BoundArguments:
    """Pass each value to the parameter of its name, whatever their order.

    Remaining values go to the remaining parameters in the handout's order, and the device to a parameter that asks for
    one. Raises SignatureProblem if the function cannot take all values.
    """
    values: dict[str, Any] = {**inputs, **settings}
    if type(function) is types.FunctionType:  # can be remembered whatever the program does
        places = _remembered(function, tuple(values), device is not None)
    else:
        places = _places(function, tuple(values), device is not None)
    values[_OF_DEVICE] = device
    args = [values[each] if type(each) is _Place else each for each in places.args]
    return BoundArguments(args, {name: values[each] for name, each in places.kwargs.items()}, places.note)


class _Place(str):
    """Where the value of this name goes."""


_OF_DEVICE = _Place("")


def _places(function: Callable[..., Any], names: tuple[str, ...], takes_device: bool) -> BoundArguments:
    """The arguments of a call with these names, each a place: looked at once, which takes longer than most calls."""
    values = {name: _Place(name) for name in names}
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):  # a built-in: its parameters are unknown
        return BoundArguments(list(values.values()), {})
    kinds = {parameter.kind for parameter in parameters}
    own = [each for each in parameters if each.kind not in (Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD)]
    wanted = [each.name for each in own if each.name != DEVICE]
    given = matched(names, wanted)
    left = [name for name in values if name not in given.values()]
    if left and not kinds & {Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD}:
        names_of_own = ", ".join(wanted) or "none"
        raise SignatureProblem(f"it has to take {len(values)} inputs and takes {len(wanted)} ({names_of_own})")
    bound = {name: values[asked] for name, asked in given.items()}
    if takes_device and (name := _for_device(own, given)):
        bound[name] = _OF_DEVICE
    if left and Parameter.VAR_POSITIONAL in kinds:
        by_name = {each.name for each in own if each.kind is Parameter.KEYWORD_ONLY or each.name == DEVICE}
        kwargs = {name: value for name, value in bound.items() if name in by_name}
        named = {given.get(name) for name in kwargs}
        return BoundArguments([value for name, value in values.items() if name not in named], kwargs)
    args, kwargs = _laid_out(own, bound)
    return BoundArguments(args, {**kwargs, **{name: values[name] for name in left}}, _note(names, wanted, given))


_remembered = functools.lru_cache(maxsize=64)(_places)


def matched(asked: Sequence[str], own: Sequence[str]) -> dict[str, str]:
    """The value for each parameter: that of its name, or of a similar name, or the next remaining one.

    >>> matched(["x", "w", "lr", "n_epochs"], ["w", "x_in", "epochs", "learning_rate"])
    {'w': 'w', 'x_in': 'x', 'epochs': 'n_epochs', 'learning_rate': 'lr'}
    """
    found: dict[str, str] = {}
    for fits in (_same, _alike):
        left = [name for name in asked if name not in found.values()]
        for parameter in own:
            names = [name for name in left if fits(name, parameter)]
            rivals = [other for other in own if other not in found and any(fits(name, other) for name in names)]
            if parameter not in found and len(names) == 1 and rivals == [parameter]:
                found[parameter] = names[0]
                left.remove(names[0])
    rest = [parameter for parameter in own if parameter not in found]
    found.update(zip(rest, (name for name in asked if name not in found.values()), strict=False))
    return {parameter: found[parameter] for parameter in own if parameter in found}


def _same(asked: str, own: str) -> bool:
    """Whether two names differ at most in case and underscores."""
    return asked.lower().replace("_", "") == own.lower().replace("_", "")


def _alike(asked: str, own: str) -> bool:
    """Whether a name is another form of the wanted one: learning_rate for lr, epochs or numEpochs for n_epochs, weight1
    for w1, x for x1."""
    some, others = _words(asked), _words(own)
    digits = re.sub(r"\D", "", own)
    initials = "".join(word[0] for word in others if not word.isdigit()) + digits
    number_left_out = not digits and re.sub(r"\d", "", asked).lower() in (own.lower(), initials)
    within = set(some) <= set(others) or set(others) <= set(some)
    return initials == asked.lower() or number_left_out or within or some[-1] == others[-1]


def _words(name: str) -> list[str]:
    """The words of a name, in lower case and in the singular."""
    words = re.findall(r"[A-Z]?[^\W\dA-Z_]+\d*|[A-Z]+\d*(?![a-z])|\d+", name) or [name]
    return [word.lower().removesuffix("s") or word.lower() for word in words]


def _for_device(own: Sequence[Parameter], given: Mapping[str, str]) -> str:
    """The parameter that takes the device: the one of that name, or a last one that has to be given and has no value;
    "" if there is none."""
    if any(each.name == DEVICE for each in own):
        return DEVICE
    positional = [each for each in own if each.kind is not Parameter.KEYWORD_ONLY]
    if positional and positional[-1].default is Parameter.empty and positional[-1].name not in given:
        return positional[-1].name
    return ""


def _laid_out(own: Sequence[Parameter], bound: Mapping[str, Any]) -> tuple[list[Any], dict[str, Any]]:
    """Pass the values by position until one is left out, then by name."""
    args: list[Any] = []
    kwargs: dict[str, Any] = {}
    for each in own:
        by_position = each.kind is Parameter.POSITIONAL_ONLY or (
            each.kind is Parameter.POSITIONAL_OR_KEYWORD and len(args) == own.index(each)
        )
        if each.name not in bound:
            args += [each.default] if each.kind is Parameter.POSITIONAL_ONLY and each.default is not each.empty else []
        elif by_position:
            args.append(bound[each.name])
        else:
            kwargs[each.name] = bound[each.name]
    return args, kwargs


def _note(asked: Sequence[str], own: Sequence[str], given: Mapping[str, str]) -> str:
    """How the values were passed, if it is not obvious: in another order, or to parameters with unrelated names."""
    pairs = ", ".join(name if name == asked else f"{name} = {asked}" for name, asked in given.items())
    if list(given.values()) != list(asked[: len(given)]):
        return f"was called by the names of its parameters, because their order is another one than asked for ({pairs})"
    if any(not _same(asked, name) and not _alike(asked, name) for name, asked in given.items()):
        return f"was called by position, because its parameters have other names than asked for ({pairs})"
    return ""
