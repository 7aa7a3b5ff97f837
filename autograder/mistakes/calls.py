"""Mistakes in the parameters and results of a function: exchanged, or replaced by the lab's numbers."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations

from autograder.mistakes.procedure import Mistake, Numbers, Procedure

USE_PARAMETERS = "Compute with the parameters: the function is also called with other numbers."


def exchanged(names: Sequence[str]) -> Iterator[Mistake]:
    """Two parameters exchanged, for each pair of them."""
    order = "Compare the order of the inputs with the lab sheet."
    for first, second in combinations(names, 2):
        yield _exchanged(
            f"exchanged@{first},{second}", f"{first} and {second} are exchanged", order, {first: second, second: first}
        )


def fixed(names: Sequence[str], published: Numbers) -> Iterator[Mistake]:
    """A parameter that is not used: its published number always stands in its place. Also all parameters at once."""
    for name in names:
        said = f"{name} always has the lab sheet's value, whatever is passed in"
        yield _fixed(f"fixed@{name}", said, USE_PARAMETERS, {name: published[name]})
    every = "all inputs always have the lab sheet's values, whatever is passed in"
    yield _fixed("fixed@all", every, USE_PARAMETERS, published)


def nodes_fixed(published: Numbers) -> Mistake:
    """Derivatives computed from the node values of the published inputs."""
    return Mistake(
        "fixed@nodes",
        "the values of the nodes are always those for the lab sheet's numbers",
        "Look at the line that calls the forward pass: does it pass on the parameters of this function?",
        lambda procedure: replace(procedure, prepare_for_nodes=lambda _: published),
    )


def nothing_used(published: Numbers, settings: Mapping[str, float | int]) -> Mistake:
    """A training function that always returns its results for the published inputs and settings."""
    rate, epochs = float(settings["lr"]), int(settings["n_epochs"])

    def apply(procedure: Procedure) -> Procedure:
        return replace(procedure, prepare=lambda _: published, rate=lambda _: rate, epochs=lambda _: epochs)

    said = "the result is always the one for the lab sheet's numbers, whatever is passed in"
    return Mistake("fixed@everything", said, USE_PARAMETERS, apply)


def output_mistakes(quantities: Sequence[str]) -> Iterator[Mistake]:
    """Two results exchanged, for each pair of them, and all results in reverse order."""
    hint = "Compare the order in which you return the values with the order asked for, or return a dict with the names."
    for first, second in combinations(quantities, 2):
        yield _renamed(
            f"returned@{first},{second}", f"{first} and {second} are exchanged", hint, {first: second, second: first}
        )
    if len(quantities) > 2:
        reverse = dict(zip(quantities, reversed(quantities), strict=True))
        yield _renamed("returned@reversed", "the values are returned in reverse order", hint, reverse)


def _exchanged(id: str, name: str, hint: str, exchanged: Mapping[str, str]) -> Mistake:
    def exchange(inputs: Numbers) -> Numbers:
        return {key: inputs[exchanged.get(key, key)] for key in inputs}

    return _prepared(id, name, hint, exchange)


def _fixed(id: str, name: str, hint: str, fixed: Numbers) -> Mistake:
    def fix(inputs: Numbers) -> Numbers:
        return {key: fixed.get(key, value) for key, value in inputs.items()}

    return _prepared(id, name, hint, fix)


def _prepared(id: str, name: str, hint: str, change: Callable[[Numbers], Numbers]) -> Mistake:
    """A mistake that changes the inputs before anything is computed."""

    def apply(procedure: Procedure) -> Procedure:
        return replace(procedure, prepare=lambda inputs: change(procedure.prepare(inputs)))

    return Mistake(id, name, hint, apply)


def _renamed(id: str, name: str, hint: str, renamed: Mapping[str, str]) -> Mistake:
    """A mistake that returns some results in the place of others, after what earlier mistakes exchanged."""

    def apply(procedure: Procedure) -> Procedure:
        before = procedure.return_instead
        after = {key: before.get(other, other) for key, other in renamed.items()}
        return replace(procedure, return_instead={**before, **after})

    return Mistake(id, name, hint, apply)
