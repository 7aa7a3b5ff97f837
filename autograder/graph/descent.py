"""The training loop: forward, backward and update, epoch by epoch. `descend` is plain gradient descent, the right one;
a loop with a mistake is the same `TrainingLoop` with another part."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from autograder.graph.engine import Graph

Numbers = Mapping[str, float]


@dataclass
class EpochState:
    """One epoch of a training loop, just before one of its weights is updated."""

    number: int  # of the epoch, from 0
    round: int  # of forward, backward and update within this epoch, from 0
    weight: float  # w, before the update
    start: float  # w before the first epoch
    loss: float  # L(w)
    slope: float  # ∂L/∂w, as the loop computes it
    rate: float  # the learning rate η
    memory: dict[str, float]  # what the loop carries from epoch to epoch for this weight, such as a velocity


Update = Callable[[EpochState], float]  # the weight after an epoch


class LoopEnds(Exception):
    """Raised by an update to end the loop early. It carries the weight that the loop ends with."""

    def __init__(self, weight: float) -> None:
        super().__init__()
        self.weight = weight


def gradient_step(epoch: EpochState) -> float:
    """The weight after one step of gradient descent: w − η ∂L/∂w."""
    return epoch.weight - epoch.rate * epoch.slope


@dataclass(frozen=True)
class TrainingLoop:
    """A training loop by its parts."""

    forward: Callable[[Numbers], Numbers]  # the values of all nodes, of the weights
    output: str  # the node that is the loss
    slopes: Callable[[Numbers], Numbers]  # of the values of all nodes the gradient with respect to each weight
    rate: float
    updates: Mapping[str, Update]  # the step of each weight
    rounds: int = 1  # of forward, backward and update in each epoch

    def run(self, weights: Numbers, epochs: int) -> tuple[Iterator[float], list[dict[str, float]]]:
        """The losses, one for each epoch, and the weights, which grow by one set as each loss is taken.

        Args:
            weights: what they are before the first epoch; the first set of those returned.
            epochs: how many there are at most: an update may end the loop.
        """
        had = [dict(weights)]
        return self._losses(had, epochs), had

    def _losses(self, had: list[dict[str, float]], epochs: int) -> Iterator[float]:
        memory: dict[str, dict[str, float]] = {weight: {} for weight in had[0]}
        for number in range(epochs):
            now, ended = had[-1], False
            for turn in range(self.rounds):
                values = self.forward(now)
                loss = values[self.output]
                if turn == 0:
                    yield loss  # most wrong loops are found out by a loss: the gradient comes only after it
                slopes = self.slopes(values)
                now, ended = self._step(
                    {
                        name: EpochState(
                            number, turn, now[name], had[0][name], loss, slopes[name], self.rate, memory[name]
                        )
                        for name in now
                    }
                )
            had.append(now)
            if ended:
                return

    def _step(self, states: Mapping[str, EpochState]) -> tuple[dict[str, float], bool]:
        """The weights after an update, and whether the loop ends with it."""
        after, ended = {}, False
        for weight, state in states.items():
            try:
                after[weight] = self.updates[weight](state)
            except LoopEnds as end:
                after[weight], ended = end.weight, True
        return after, ended


@dataclass(frozen=True)
class Epoch:
    """An epoch before its update: the weights, the loss, and the loss's gradient by each weight."""

    epoch: int
    weights: Mapping[str, float]
    loss: float
    gradients: Mapping[str, float]


def descend(
    graph: Graph, weights: Sequence[str], inputs: Mapping[str, float], rate: float, epochs: int
) -> tuple[Epoch, ...]:
    """Gradient descent on the graph's output in float64: an entry for each epoch, and one more for where it ends."""
    gradients: list[dict[str, float]] = []

    def slopes(values: Numbers) -> Numbers:
        all_of_them = graph.gradients(values)
        gradients.append({weight: all_of_them[weight] for weight in weights})
        return gradients[-1]

    loop = TrainingLoop(
        lambda now: graph.values({**inputs, **now}), graph.output, slopes, rate, dict.fromkeys(weights, gradient_step)
    )
    lazily, had = loop.run({weight: inputs[weight] for weight in weights}, epochs + 1)
    losses = list(lazily)
    return tuple(Epoch(number, had[number], losses[number], gradients[number]) for number in range(epochs + 1))
