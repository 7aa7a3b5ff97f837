"""Mistakes in the inputs of a function that have a parameter, or that only some inputs show."""

import operator
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import combinations

from autograder.mistakes.calls import USE_PARAMETERS
from autograder.mistakes.family import Change, Family, Listed, Solved, single
from autograder.mistakes.procedure import Mistake, Numbers, Procedure
from autograder.text import join_names

_DECIMALS = "Keep the decimals of the inputs: where does int(), an integer tensor or an `if` take only whole numbers?"
_SIGN = "Which line changes the sign of this input?"


def input_families(inputs: Sequence[str], weights: Sequence[str]) -> Iterator[Family]:
    """An input that is not used: a constant of the student's own stands in its place, or only its whole part."""
    for name in inputs:
        said = f"{name} is always {{value}}, whatever is passed in"
        yield Family(
            f"own@{name}",
            f"{name} is always the same, whatever is passed in",
            said,
            USE_PARAMETERS,
            partial(_always, name),
            Solved(),
        )
    for name in inputs:
        yield _whole(f"int@{name}", f"{name} is cut to a whole number", (name,))
        yield _changed(f"rounded@{name}", f"{name} is rounded to a whole number", _DECIMALS, name, round)
        yield _changed(f"opposite@{name}", f"{name} is used with the opposite sign", _SIGN, name, operator.neg)
        for other in inputs:
            if other != name:
                said = f"{name} has the value of {other}"
                copied = partial(_copied, name, other)
                yield single(
                    Mistake(
                        f"{other}-for@{name}", said, "Which parameter is each variable made from?", _prepared(copied)
                    )
                )
    data = [name for name in inputs if name not in weights]
    if weights and len(data) > 1:
        yield _whole("int@data", f"{join_names(data)} are cut to whole numbers", data)
    if len(inputs) > 1:
        yield _whole("int@all", "all inputs are cut to whole numbers", inputs)


def _changed(id: str, said: str, hint: str, name: str, change: Callable[[float], float]) -> Family:
    """An input that is changed before it is used."""
    return single(Mistake(id, said, hint, _prepared(lambda inputs: {**inputs, name: float(change(inputs[name]))})))


def exchanged_for_nodes(inputs: Sequence[str]) -> Iterator[Family]:
    """Two inputs exchanged where the forward pass is called, for each pair of them."""
    for first, second in combinations(inputs, 2):
        yield single(
            Mistake(
                f"nodes-of-{first}-{second}@nodes",
                f"the values of the nodes are those with {first} and {second} exchanged",
                "Look at the line that calls the forward pass: in which order does it pass on the parameters?",
                partial(_exchanging, first, second),
            )
        )


def _always(name: str, value: float) -> Change:
    return _prepared(lambda inputs: {**inputs, name: value})


def _copied(name: str, other: str, inputs: Numbers) -> Numbers:
    return {**inputs, name: inputs[other]}


def _exchanging(first: str, second: str, work: Procedure) -> Procedure:
    def exchange(inputs: Numbers) -> Numbers:
        given = work.prepare(inputs)
        return {**given, first: given[second], second: given[first]}

    return replace(work, prepare_for_nodes=exchange)


def _whole(id: str, said: str, names: Sequence[str]) -> Family:
    def cut(inputs: Numbers) -> Numbers:
        return {name: float(int(value)) if name in names else value for name, value in inputs.items()}

    return Family(id, said, said, _DECIMALS, lambda _: _prepared(cut), Listed(((1.0, ""),)))


def _prepared(change: Callable[[Numbers], Numbers]) -> Change:
    return lambda work: replace(work, prepare=lambda inputs: change(work.prepare(inputs)))
