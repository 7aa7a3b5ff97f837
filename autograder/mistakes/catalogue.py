"""All mistakes that can be made in one function of a lab, each once, the most specific ones first."""

import math
import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from autograder.graph import Graph
from autograder.graph.quantities import derivative
from autograder.mistakes import backward, calls, forward, training
from autograder.mistakes.procedure import IMPOSSIBLE, Mistake, Numbers, Procedure
from autograder.rubric import LOSSES

PROBES = 5  # inputs at which two mistakes are compared, to see whether they always give the same numbers
PROBED_EPOCHS = 6

Settings = Mapping[str, float | int]
Observe = Callable[[Procedure, Numbers, Settings], Sequence[float]]  # the numbers of a procedure to compare


@dataclass(frozen=True)
class FunctionModel:
    """What one function, or one section of the paper answers, has to compute."""

    graph: Graph
    returns: Sequence[str]  # quantities; of a training function, its weights and "losses"
    published: Numbers  # the graph's inputs on the lab sheet
    settings: Settings  # of a training function, on the lab sheet: lr and n_epochs
    by_hand: bool = True  # whether a wrong forward pass can go with correct derivatives; with autograd it cannot
    special: Sequence[Mistake] = ()  # mistakes named in the rubric

    @cached_property
    def right(self) -> Procedure:
        """The function without mistakes."""
        return Procedure(self.graph, self.graph)

    @property
    def trains(self) -> bool:
        """Whether it is a training loop."""
        return LOSSES in self.returns

    @property
    def weights(self) -> tuple[str, ...]:
        """The inputs that it differentiates the output with respect to, or trains."""
        if self.trains:
            return tuple(name for name in self.returns if name != LOSSES)
        pairs = [derivative(self.graph, name) for name in self.returns]
        return tuple(
            pair[1] for pair in pairs if pair and pair[0] == self.graph.output and pair[1] in self.graph.inputs
        )

    def observed(self, procedure: Procedure, inputs: Numbers, settings: Settings) -> list[float]:
        """All numbers that this procedure returns: its quantities in their order, or losses and weights."""
        if not self.trains:
            return list(procedure.results(self.returns, inputs).values())
        weights, losses = procedure.train(self.weights, inputs, float(settings["lr"]), int(settings["n_epochs"]))
        return [*losses, *weights.values()]


@dataclass(frozen=True)
class Mutant:
    """A procedure with one mistake."""

    mistake: Mistake
    procedure: Procedure  # the correct one, with this mistake made
    usual: bool  # whether it is common enough to be tried together with another one


def catalogue(model: FunctionModel) -> tuple[Mutant, ...]:
    """All mistakes of a function. Some may change nothing or equal an earlier one; see `distinct`."""
    usual = ((mistake, True) for mistake in _usual(model))
    rare = ((mistake, False) for mistake in _rare(model))
    return tuple(Mutant(mistake, mistake.apply(model.right), often) for mistake, often in (*usual, *rare))


def elsewhere(model: FunctionModel, catalogue: Iterable[Mutant]) -> tuple[Mutant, ...]:
    """The catalogue of `model`, from the catalogue of a model that differs only in its published inputs.

    Only the mistakes that depend on the published inputs are made again.
    """
    own = {mistake.id: mistake for mistake in _fixed(model)}
    return tuple(
        Mutant(own[mutant.mistake.id], own[mutant.mistake.id].apply(model.right), mutant.usual)
        if mutant.mistake.id in own
        else mutant
        for mutant in catalogue
    )


def distinct(model: FunctionModel, catalogue: Iterable[Mutant], observe: Observe | None = None) -> list[Mutant]:
    """The mutants that change a result, each once: the first of those that always give the same numbers.

    observe: which numbers are compared; if None, all that the function returns.
    """
    observe = observe or model.observed
    probes = _probes(model)
    seen = {_signature(observe, model.right, probes), None}
    kept = []
    for mutant in catalogue:
        signature = _signature(observe, mutant.procedure, probes)
        if signature not in seen:
            seen.add(signature)
            kept.append(mutant)
    return kept


def _usual(model: FunctionModel) -> Iterator[Mistake]:
    """Mistakes that many students make. Where two give the same numbers, the earlier one is preferred."""
    yield from model.special
    if model.trains:
        yield from training.loop_mistakes(model.weights)
        yield from training.slope_mistakes(model.graph, model.weights)
        yield from training.bookkeeping_mistakes(model.settings)
    if model.weights and model.by_hand:
        yield from backward.local_mistakes(model.graph, usual=True)
    if model.weights:
        yield from backward.chain_mistakes(model.graph, model.weights)
    if model.weights and model.by_hand:
        yield from backward.slips_anywhere(model.graph)
    yield from forward.wrong_operations(model.graph, by_hand=model.by_hand)


def _rare(model: FunctionModel) -> Iterator[Mistake]:
    """Mistakes that are seen now and then."""
    yield from calls.exchanged(model.graph.inputs)
    yield from _fixed(model)
    yield from calls.output_mistakes(model.weights if model.trains else model.returns)
    yield from forward.wrong_operands(model.graph, by_hand=model.by_hand)
    if model.weights and not model.by_hand:
        yield from backward.local_mistakes(model.graph, usual=True)
        yield from backward.slips_anywhere(model.graph)
    if model.weights:
        yield from backward.local_mistakes(model.graph, usual=False)


def _fixed(model: FunctionModel) -> Iterator[Mistake]:
    """Mistakes that depend on the published inputs: these replace what is passed to the function."""
    yield from calls.fixed(model.graph.inputs, model.published)
    if model.weights and model.by_hand and not model.trains:
        yield calls.nodes_fixed(model.published)
    if model.trains:
        yield calls.nothing_used(model.published, model.settings)


def _probes(model: FunctionModel) -> list[tuple[Numbers, Settings]]:
    """Inputs with no special values, positive and negative, the same in every run."""
    generator = random.Random(1)
    inputs = [{name: generator.uniform(-2, 2) for name in model.graph.inputs} for _ in range(PROBES)]
    settings: dict[str, float | int] = {"lr": 0.04, "n_epochs": PROBED_EPOCHS}
    return [(each, settings) for each in inputs]


def _signature(
    observe: Observe, procedure: Procedure, probes: Sequence[tuple[Numbers, Settings]]
) -> tuple[float, ...] | None:
    """What a procedure returns at the probes, to nine digits; None if it cannot be computed."""
    try:
        numbers = [number for inputs, settings in probes for number in observe(procedure, inputs, settings)]
    except IMPOSSIBLE:
        return None
    return tuple(_rounded(number) for number in (*numbers, float(len(numbers))))


def _rounded(number: float) -> float:
    return float(f"{number:.9g}") if math.isfinite(number) else math.inf
