"""All mistakes that can be made in one function of a lab, each once, the most specific ones first."""

import math
import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from autograder.graph import Graph
from autograder.graph.quantities import derivative, local_derivatives
from autograder.mistakes import (
    backward,
    calls,
    chains,
    forward,
    gradient_families,
    graph_families,
    input_families,
    losses,
    training,
)
from autograder.mistakes.element import flat
from autograder.mistakes.family import Family, single
from autograder.mistakes.loop_families import loop_families
from autograder.mistakes.procedure import IMPOSSIBLE, Mistake, Numbers, Procedure
from autograder.mistakes.rare import in_each_call, one_alone, rare_families
from autograder.mistakes.returned import returned_by_gradients, returned_by_training
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

    @cached_property
    def families(self) -> tuple[Family, ...]:
        """The mistakes that have a parameter, and others that are looked for only after those of the catalogue."""
        return tuple(_families(self)) if self.graph.is_known else ()

    @cached_property
    def rare(self) -> tuple[Family, ...]:
        """Further mistakes, which are looked for last."""
        if not self.graph.is_known:
            return ()
        by_hand = self.by_hand and bool(self.weights)
        return tuple(rare_families(self.graph, self.returns, self.weights, by_hand=by_hand, trains=self.trains))

    @cached_property
    def in_each_call(self) -> tuple[Family, ...]:
        """Numbers that may be others in each call, of a function that is not the same each time."""
        return tuple(in_each_call(self.graph, trains=self.trains))

    @cached_property
    def places(self) -> tuple[Family, ...]:
        """That one result alone is wrong, whatever it is instead: said if nothing else explains everything."""
        return tuple(one_alone(self.graph, self.returns)) if self.by_hand and not self.trains else ()

    @cached_property
    def probes(self) -> tuple[tuple[Numbers, Settings], ...]:
        """Inputs with no special values, positive and negative, the same in every run."""
        generator = random.Random(1)
        inputs = [self.graph.probe(self.published, generator, larger=number % 2 == 0) for number in range(PROBES)]
        settings: dict[str, float | int] = {"lr": 0.04, "n_epochs": PROBED_EPOCHS}
        return tuple((each, settings) for each in inputs)

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

    def observations(self, procedure: Procedure) -> list[list[float]]:
        """All numbers that a procedure returns for each of the probes. Raises one of IMPOSSIBLE."""
        return [self.observed(procedure, *at) for at in self.probes]

    def gives(self, procedure: Procedure, observations: Sequence[Sequence[float]]) -> bool:
        """Whether a procedure always returns these numbers, to nine digits."""
        try:
            found = (self.observed(procedure, *at) for at in self.probes)
            return all(
                [*map(_rounded, one)] == [*map(_rounded, other)] for one, other in zip(found, observations, strict=True)
            )
        except IMPOSSIBLE:
            return False

    def observed(self, procedure: Procedure, inputs: Numbers, settings: Settings) -> list[float]:
        """All numbers that this procedure returns: its quantities in their order, or losses and weights."""
        if not self.trains:
            return [number for value in procedure.results(self.returns, inputs).values() for number in flat(value)]
        weights, losses = procedure.train(self.weights, inputs, float(settings["lr"]), int(settings["n_epochs"]))
        return [*losses, *(number for value in weights.values() for number in flat(value))]


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
    right = signature(model, model.right, observe)
    seen = {right}
    kept = []
    for mutant in catalogue:
        found = signature(model, mutant.procedure, observe)
        if found not in seen and not changes_nothing(found, right):
            seen.add(found)
            kept.append(mutant)
    return kept


Signature = tuple[tuple[float, ...] | None, ...]  # for each of the probes


def signature(model: FunctionModel, procedure: Procedure, observe: Observe | None = None) -> Signature:
    """What a procedure returns at inputs with no special values, to nine digits; () if it cannot be computed.

    With arrays it is None for some of the inputs only: a product in the wrong order fits where matrices are square.

    observe: which numbers; if None, all that the function returns.
    """
    observe = observe or model.observed
    found: list[tuple[float, ...] | None] = []
    for at in model.probes:
        try:
            found.append(tuple(map(_rounded, observe(procedure, *at))))
        except IMPOSSIBLE:
            if not model.graph.has_arrays:
                return ()
            found.append(None)
    return tuple(found) if any(found) else ()


def changes_nothing(found: Signature, right: Signature) -> bool:
    """Whether a procedure returns what is right wherever it returns anything."""
    return all(numbers in (None, known) for numbers, known in zip(found, right, strict=False))


def _usual(model: FunctionModel) -> Iterator[Mistake]:
    """Mistakes that many students make. Where two give the same numbers, the earlier one is preferred."""
    yield from model.special
    if model.trains:
        yield from training.loop_mistakes(model.weights)
        yield from _usual_of(loop_families(model.weights, model.graph.output))
        yield from training.slope_mistakes(model.graph, model.weights)
        yield from training.bookkeeping_mistakes(model.settings)
    if model.weights and model.by_hand:
        yield from _usual_of(_local_families(model))
        yield from backward.local_mistakes(model.graph, usual=True)
    if model.weights and model.graph.has_arrays:
        from autograder.mistakes import array_backward  # imports NumPy

        yield from array_backward.batch_mistakes(model.graph, model.weights)
        if model.by_hand:
            yield from array_backward.array_slips(model.graph, model.weights, model.published)
    if model.weights:
        yield from chains.chain_mistakes(model.graph, model.weights)
    if model.weights and model.by_hand:
        yield from backward.slips_anywhere(model.graph)
    yield from forward.wrong_operations(model.graph, by_hand=model.by_hand)
    if model.graph.has_arrays:
        from autograder.mistakes import array_forward  # imports NumPy

        yield from array_forward.array_mistakes(model.graph, model.published, by_hand=model.by_hand)
    yield from _usual_of(graph_families.node_families(model.graph, model.returns, by_hand=model.by_hand))


def _rare(model: FunctionModel) -> Iterator[Mistake]:
    """Mistakes that are seen now and then."""
    yield from calls.exchanged(model.graph.inputs)
    yield from _fixed(model)
    yield from calls.output_mistakes(model.weights if model.trains else model.returns)
    yield from forward.wrong_operands(model.graph, by_hand=model.by_hand)
    if model.weights and not model.by_hand:
        yield from _usual_of(_local_families(model))
        yield from backward.local_mistakes(model.graph, usual=True)
        yield from backward.slips_anywhere(model.graph)
    if model.weights:
        yield from backward.local_mistakes(model.graph, usual=False)


def _families(model: FunctionModel) -> Iterator[Family]:
    """All mistakes with a parameter, and those that only some inputs show, so that no rubric has to detect them.

    Where two give the same numbers, the earlier one is preferred.
    """
    graph = model.graph
    by_hand = model.by_hand and bool(model.weights) and not model.trains
    for mistake in forward.wrong_operations(graph, by_hand=by_hand, usual=False):
        yield single(mistake)
    for mistake in _other_losses(graph, by_hand=by_hand):
        yield single(mistake)
    for mistake in forward.functions_exchanged(graph, by_hand=by_hand):
        yield single(mistake)
    if model.trains:
        yield from loop_families(model.weights, graph.output)
    elif model.weights:
        if model.by_hand:
            yield from _local_families(model)
            yield from map(single, backward.gates_elsewhere(graph))
            yield from map(single, chains.unusual_chains(graph, model.weights))
        yield from gradient_families.gradient_families(graph, model.weights)
        yield from gradient_families.gradients_together(graph, model.weights)
        if model.by_hand:
            yield from input_families.exchanged_for_nodes(graph.inputs)
    yield from graph_families.node_families(graph, model.returns, by_hand=by_hand)
    yield from input_families.input_families(graph.inputs, model.weights)
    if model.trains:
        yield from returned_by_training(graph, model.weights)
        return
    yield from returned_by_gradients(graph, model.returns, model.weights)
    yield from graph_families.rounding_families(model.returns)


def _other_losses(graph: Graph, *, by_hand: bool) -> Iterator[Mistake]:
    if not graph.has_arrays:
        return losses.other_losses(graph, by_hand=by_hand)
    from autograder.mistakes import array_forward  # imports NumPy

    return array_forward.other_losses(graph, by_hand=by_hand)


def _local_families(model: FunctionModel) -> Iterator[Family]:
    """Those of the local derivatives that are on the path to a weight."""
    names = local_derivatives(model.graph)
    path = {link for weight in model.weights for link in chains.on_the_path(model.graph, weight)}
    yield from graph_families.local_families(model.graph, {name: link for name, link in names.items() if link in path})


def _usual_of(families: Iterable[Family]) -> Iterator[Mistake]:
    """The mistakes with the parameters that most people would choose."""
    return (each.mistake(each.usual, about=False) for each in families if each.usual is not None)


def _fixed(model: FunctionModel) -> Iterator[Mistake]:
    """Mistakes that depend on the published inputs: these replace what is passed to the function."""
    yield from calls.fixed(model.graph.inputs, model.published)
    if model.weights and model.by_hand and not model.trains:
        yield calls.nodes_fixed(model.published)
    if model.trains:
        yield calls.nothing_used(model.published, model.settings)


def _rounded(number: float) -> float:
    return float(f"{number:.9g}") if math.isfinite(number) else math.inf
