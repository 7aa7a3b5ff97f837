"""Mistakes in what a function takes and gives back: inputs exchanged or fixed, results exchanged."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations

from autograder.mistakes.procedure import Mistake, Numbers, Procedure


def exchanged(names: Sequence[str]) -> Iterator[Mistake]:
    """Parameters in each other's place."""
    order = "Compare the order of the parameters with that of the handout."
    for first, second in combinations(names, 2):
        yield _given(
            f"exchanged@{first},{second}", f"{first} and {second} are exchanged", order, {first: second, second: first}
        )


def fixed(names: Sequence[str], published: Numbers) -> Iterator[Mistake]:
    """Parameters that are not used at all: the published number in their place."""
    use = "Compute with the parameters: the function is called with other numbers too."
    for name in names:
        said = f"{name} is always the lab's number, whatever the function is given"
        yield _fixed(f"fixed@{name}", said, use, {name: published[name]})
    yield _fixed("fixed@all", "all inputs are the lab's numbers, whatever the function is given", use, published)


def nodes_fixed(published: Numbers) -> Mistake:
    """Derivatives computed from nodes that are those of the lab's numbers."""
    return Mistake(
        "fixed@nodes",
        "the nodes' values are always those for the lab's numbers",
        "Where the forward pass is called: does it get the parameters of this function?",
        lambda procedure: replace(procedure, prepare_for_nodes=lambda _: published),
    )


def nothing_used(published: Numbers, settings: Mapping[str, float | int]) -> Mistake:
    """A training function that always returns what it does for the lab's numbers."""
    rate, epochs = float(settings["lr"]), int(settings["n_epochs"])

    def apply(procedure: Procedure) -> Procedure:
        return replace(procedure, prepare=lambda _: published, rate=lambda _: rate, epochs=lambda _: epochs)

    said = "the result is the one for the lab's numbers, whatever the function is given"
    return Mistake(
        "fixed@everything", said, "Compute with the parameters: the function is called with other numbers too.", apply
    )


def output_mistakes(quantities: Sequence[str]) -> Iterator[Mistake]:
    """Results exchanged, or given back in the reverse order."""
    hint = "Compare the order of what is returned with the one asked for, or return a dict with the names."
    for first, second in combinations(quantities, 2):
        yield _renamed(
            f"returned@{first},{second}", f"{first} and {second} are exchanged", hint, {first: second, second: first}
        )
    if len(quantities) > 2:
        reverse = dict(zip(quantities, reversed(quantities), strict=True))
        yield _renamed("returned@reversed", "the values come in the reverse order", hint, reverse)


def _given(id: str, name: str, hint: str, exchanged: dict[str, str]) -> Mistake:
    def given(inputs: Numbers) -> Numbers:
        return {key: inputs[exchanged.get(key, key)] for key in inputs}

    return Mistake(
        id, name, hint, lambda procedure: replace(procedure, prepare=lambda inputs: given(procedure.prepare(inputs)))
    )


def _fixed(id: str, name: str, hint: str, fixed: Numbers) -> Mistake:
    def given(inputs: Numbers) -> Numbers:
        return {key: fixed.get(key, value) for key, value in inputs.items()}

    return Mistake(
        id, name, hint, lambda procedure: replace(procedure, prepare=lambda inputs: given(procedure.prepare(inputs)))
    )


def _renamed(id: str, name: str, hint: str, renamed: dict[str, str]) -> Mistake:
    def apply(procedure: Procedure) -> Procedure:
        return replace(
            procedure,
            return_instead={key: procedure.return_instead.get(other, other) for key, other in renamed.items()}
            | {key: other for key, other in procedure.return_instead.items() if key not in renamed},
        )

    return Mistake(id, name, hint, apply)
