"""Inputs that would distinguish mistakes that today's inputs do not."""

import math
import random
from collections.abc import Mapping, Sequence

from autograder.authoring.audit.budget import Budget
from autograder.authoring.audit.result import Caught
from autograder.graph.operation import Value
from autograder.mistakes.catalogue import FunctionModel, Mutant
from autograder.mistakes.procedure import IMPOSSIBLE, Numbers, Procedure

SUGGESTED = 300  # random inputs, of which the best ones are suggested
CLEARLY = 0.05  # relative deviation
SPECIAL, NEARBY = (0.0, 1.0, 2.0), 0.02
REPEATED = 20  # draws at most, to find one without such a node
SIZES = tuple(tenths / 10 for tenths in range(2, 40) if tenths / 10 not in SPECIAL)


def suggested(
    model: FunctionModel, mutants: Sequence[Mutant], singles: Sequence[Caught], seed: str, budget: Budget
) -> Mapping[str, Value] | None:
    """Of some random inputs, those that distinguish most of the mistakes that today's inputs do not; None if none do.

    Args:
        model: The function.
        mutants: Its mistakes.
        singles: What each of them costs, and from which others it is not distinguished.
        seed: For the random inputs, which are the same in every run.
        budget: How long to try.
    """
    procedures = {mutant.mistake.id: mutant.procedure for mutant in mutants}
    unclear = [
        (procedures[caught.id], procedures[other]) for caught in singles for other in caught.like if other in procedures
    ]
    unclear += [(procedures[caught.id], model.right) for caught in singles if caught.lost_on_hidden <= 0]
    if not unclear:
        return None
    generator = random.Random(seed)
    drawn = [_drawn(model, generator) for _ in range(SUGGESTED)]
    settings = {**model.settings, "n_epochs": 5}
    apart = [
        sum(_apart(model, one, other, inputs, settings) for one, other in unclear) for inputs in budget.of_these(drawn)
    ]
    return drawn[apart.index(max(apart))] if max(apart, default=0) else None


def _drawn(model: FunctionModel, generator: random.Random) -> Mapping[str, Value]:
    """Inputs with one decimal, in the shapes of the published ones, by the rules of the guide to a new lab.

    None is 0, 1 or 2, as far as it can be avoided no node either, and no two inputs are alike: there, different
    mistakes give the same number.
    """
    if model.graph.has_arrays:
        probe = model.graph.probe(model.published, generator)
        return {name: value if name in model.graph.labels else _moved(value) for name, value in probe.items()}
    for _ in range(REPEATED):
        sizes = generator.sample(SIZES, len(model.graph.inputs))
        drawn = {name: generator.choice((-1, 1)) * size for name, size in zip(model.graph.inputs, sizes, strict=True)}
        if all(abs(abs(value) - each) > NEARBY for value in model.graph.values(drawn).values() for each in SPECIAL):
            break
    return drawn


def _moved(value: Value) -> Value:
    """A number, or each element of an array, with one decimal and away from 0, 1 and 2."""
    rounded = round(value, 1) if isinstance(value, float) else value.round(1)
    return rounded + 0.3 * sum(abs(rounded) == each for each in SPECIAL)


def _apart(
    model: FunctionModel,
    one: Procedure,
    other: Procedure,
    inputs: Numbers,
    settings: Mapping[str, float | int],
) -> bool:
    """Whether two procedures give clearly different numbers for these inputs."""
    try:
        numbers = model.observed(one, inputs, settings), model.observed(other, inputs, settings)
        if len(numbers[0]) != len(numbers[1]):
            return True  # arrays of other shapes
        return any(deviation(number, truth) > CLEARLY for number, truth in zip(*numbers, strict=True))
    except IMPOSSIBLE:
        return False


def deviation(number: float, truth: float) -> float:
    """By how much a number is wrong, relatively."""
    if not (math.isfinite(number) and math.isfinite(truth)):
        return 0.0 if math.isfinite(number) == math.isfinite(truth) else math.inf
    return 0.0 if number == truth else abs(number - truth) / abs(truth) if truth else math.inf
