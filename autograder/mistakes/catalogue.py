"""All mistakes that can be made in one function of a lab, each once, those that say most first."""

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

PROBES = 5  # inputs at which two mistakes are compared to see whether they are the same one
PROBED_EPOCHS = 6

Settings = Mapping[str, float | int]
Observe = Callable[[Procedure, Numbers, Settings], Sequence[float]]  # the numbers of a work that are looked at


@dataclass(frozen=True)
class FunctionModel:
    """What one function is to compute. by_hand: its derivatives need not follow from its own forward pass, as
    autograd's do. special: mistakes that the lab itself names. graph's inputs have their handout's numbers in
    `published`, the settings of a training function in `settings`."""

    graph: Graph
    returns: Sequence[str]
    published: Numbers
    settings: Settings
    by_hand: bool = True
    special: Sequence[Mistake] = ()

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
        """The inputs with respect to which it needs the output's gradient."""
        if self.trains:
            return tuple(name for name in self.returns if name != LOSSES)
        pairs = [derivative(self.graph, name) for name in self.returns]
        return tuple(
            pair[1] for pair in pairs if pair and pair[0] == self.graph.output and pair[1] in self.graph.inputs
        )

    def observed(self, work: Procedure, inputs: Numbers, settings: Settings) -> list[float]:
        """All numbers that a function with this work returns: its quantities in their order, or losses and weights."""
        if not self.trains:
            return list(work.results(self.returns, inputs).values())
        weights, losses = work.trained(self.weights, inputs, float(settings["lr"]), int(settings["n_epochs"]))
        return [*losses, *weights.values()]


@dataclass(frozen=True)
class Mutant:
    """A mistake, and the work of a function in which it is the only one. usual: common enough to be looked for beside
    another one."""

    mistake: Mistake
    work: Procedure
    usual: bool


def catalogue(task: FunctionModel) -> tuple[Mutant, ...]:
    """All mistakes of a function. Some may change nothing, or be the same as one before; see `distinct`."""
    usual = ((mistake, True) for mistake in _usual(task))
    rare = ((mistake, False) for mistake in _rare(task))
    return tuple(Mutant(mistake, mistake.apply(task.right), often) for mistake, often in (*usual, *rare))


def elsewhere(task: FunctionModel, catalogue: Iterable[Mutant]) -> tuple[Mutant, ...]:
    """The catalogue of a task, taken from that of one with the same graph and other published inputs."""
    own = {mistake.id: mistake for mistake in _fixed(task)}
    return tuple(
        Mutant(own[made.mistake.id], own[made.mistake.id].apply(task.right), made.usual)
        if made.mistake.id in own
        else made
        for made in catalogue
    )


def distinct(task: FunctionModel, catalogue: Iterable[Mutant], observe: Observe | None = None) -> list[Mutant]:
    """Those that change something, and each only once: the first of those that always give the same numbers. observe:
    which numbers are compared; if not given, all that the function returns."""
    observe = observe or task.observed
    probes = _probes(task)
    seen = {_signature(observe, task.right, probes), None}
    kept = []
    for made in catalogue:
        signature = _signature(observe, made.work, probes)
        if signature not in seen:
            seen.add(signature)
            kept.append(made)
    return kept


def _usual(task: FunctionModel) -> Iterator[Mistake]:
    """What many students do, in the order of preference where two give the same numbers."""
    yield from task.special
    if task.trains:
        yield from training.loop_mistakes(task.weights)
        yield from training.slope_mistakes(task.graph, task.weights)
        yield from training.bookkeeping_mistakes(task.settings)
    if task.weights and task.by_hand:
        yield from backward.local_mistakes(task.graph, usual=True)
    if task.weights:
        yield from backward.chain_mistakes(task.graph, task.weights)
    if task.weights and task.by_hand:
        yield from backward.slips_anywhere(task.graph)
    yield from forward.swapped(task.graph, by_hand=task.by_hand)


def _rare(task: FunctionModel) -> Iterator[Mistake]:
    """What is seen now and then."""
    yield from calls.exchanged(task.graph.inputs)
    yield from _fixed(task)
    yield from calls.output_mistakes(task.weights if task.trains else task.returns)
    yield from forward.misled(task.graph, by_hand=task.by_hand)
    if task.weights and not task.by_hand:
        yield from backward.local_mistakes(task.graph, usual=True)
        yield from backward.slips_anywhere(task.graph)
    if task.weights:
        yield from backward.local_mistakes(task.graph, usual=False)


def _fixed(task: FunctionModel) -> Iterator[Mistake]:
    """Those that depend on the published inputs: they stand in the place of what the function is given."""
    yield from calls.fixed(task.graph.inputs, task.published)
    if task.weights and task.by_hand and not task.trains:
        yield calls.nodes_fixed(task.published)
    if task.trains:
        yield calls.nothing_used(task.published, task.settings)


def _probes(task: FunctionModel) -> list[tuple[Numbers, Settings]]:
    """Inputs without anything special about them, positive and negative, the same in every run."""
    generator = random.Random(1)
    inputs = [{name: generator.uniform(-2, 2) for name in task.graph.inputs} for _ in range(PROBES)]
    settings: dict[str, float | int] = {"lr": 0.04, "n_epochs": PROBED_EPOCHS}
    return [(each, settings) for each in inputs]


def _signature(
    observe: Observe, work: Procedure, probes: Sequence[tuple[Numbers, Settings]]
) -> tuple[float, ...] | None:
    """What a work returns at the probes, to nine digits; None where it fails."""
    try:
        numbers = [number for inputs, settings in probes for number in observe(work, inputs, settings)]
    except IMPOSSIBLE:
        return None
    return tuple(_rounded(number) for number in (*numbers, float(len(numbers))))


def _rounded(number: float) -> float:
    return float(f"{number:.9g}") if math.isfinite(number) else math.inf
