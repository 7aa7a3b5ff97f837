"""Which mistakes show in a section's paper answers: a good draw gives none of them the right numbers.

What is demanded of a draw is found out with probes, draws that are good exercises otherwise. Two kinds of demands:

- A mistake that changes any answer at a probe has to change some answer: it may not give all the right numbers.
- One that changes a final gradient at a probe has to change that gradient, whatever the other answers are.

To change is to differ by more than the tolerance with which that answer is marked. What shows at no probe cannot be
demanded: a leaky ReLU where every good exercise has the ReLU active, or in one weight's gradient a mistake that is made
in the other's. Nor can demands that exclude one another: one mistake loses the sign of a derivative that is negative
only where another's is positive. So what more than half of the probes meet is always demanded (no two such demands
exclude one another), and anything else only if a fourth of the probes meet it together with all demanded before it.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from autograder.graph import derivative_name
from autograder.mistakes.catalogue import FunctionModel, Mutant
from autograder.mistakes.for_lab import Mistakes
from autograder.mistakes.procedure import IMPOSSIBLE, Numbers, Pass
from autograder.rubric import Lab, Tolerance

PROBES = 12
MOSTLY = 1 / 2  # the share of the probes beyond which a demand is always made
TOGETHER = 1 / 4  # the share that has to meet all demands together where another one is made

Same = tuple[str, ...]  # a gradient, and the numbers that a mistake makes of it at the probes


@dataclass(frozen=True)
class Paper:
    """A section's answers: what a right work gives, by which tolerance each is marked, and what can be done wrong."""

    task: FunctionModel
    tolerances: Mapping[str, Tolerance]
    mistakes: Sequence[Mutant]

    @property
    def gradients(self) -> tuple[str, ...]:
        """The answers that are final gradients."""
        graph = self.task.graph
        return tuple(
            name for name in self.task.returns if name in {derivative_name(graph.output, x) for x in graph.inputs}
        )

    def at(self, inputs: Numbers) -> "Right":
        """The right answers at these inputs."""
        once = self.task.right.single_pass(inputs)
        answers = {name: once.quantity(name) for name in self.task.returns}
        return Right(inputs, once, answers, self.tolerances)


@dataclass(frozen=True)
class Right:
    """A right pass at some inputs, its answers, and the tolerances by which others count as these."""

    inputs: Numbers
    once: Pass
    answers: Numbers
    tolerances: Mapping[str, Tolerance]

    def changed_by(self, made: Mutant, names: Sequence[str]) -> bool:
        """Whether a mistake changes one of these answers."""
        try:
            once = made.procedure.single_pass(self.inputs, self.once)
            return any(self.differs(name, once.quantity(name)) for name in names)
        except IMPOSSIBLE:
            return True

    def numbers(self, made: Mutant, names: Sequence[str]) -> dict[str, float]:
        """What a mistake makes of these answers; nan where it makes no sense."""
        try:
            once = made.procedure.single_pass(self.inputs, self.once)
            return {name: once.quantity(name) for name in names}
        except IMPOSSIBLE:
            return dict.fromkeys(names, math.nan)

    def differs(self, name: str, number: float) -> bool:
        """Whether a number is not right for an answer."""
        return not self.tolerances[name].allows(number, self.answers[name], coarse=True)


@dataclass(frozen=True)
class Demand:
    """A mistake that has to change one of these answers. met: the probes at which it does; gradients: what it makes of
    those among the answers, by which the demand is known to contain another."""

    made: Mutant
    answers: tuple[str, ...]
    met: frozenset[int]
    gradients: tuple[Same, ...]


@dataclass(frozen=True)
class Exposure:
    """What is demanded of a draw for a section, first what is met least often."""

    paper: Paper
    demands: tuple[Demand, ...]

    def hidden(self, inputs: Numbers) -> Mutant | None:
        """A mistake that does not show at these inputs though it has to; None where all do."""
        right = self.paper.at(inputs)
        return next((each.made for each in self.demands if not right.changed_by(each.made, each.answers)), None)


def paper(lab: Lab, mistakes: Mistakes, section: str) -> Paper:
    """The paper answers of a graph, with every mistake that can be made on paper or in a function of it, but for those
    that the rubric lets pass on paper."""
    task, catalogue = mistakes.on_paper(section)
    found = {made.mistake.id: made for made in catalogue}
    for name, function in lab.rubric.functions.items():
        if function.graph == section and not function.trained:
            found = {made.mistake.id: made for made in mistakes.in_function(name)[1]} | found
    for entry in lab.rubric.mistakes:
        if entry.on_paper == "right":
            found.pop(entry.id, None)
    return Paper(task, lab.paper_tolerances(section), tuple(found.values()))


def seen(paper: Paper, probes: Sequence[Numbers]) -> Exposure:
    """What can be demanded of a draw, found out at the probes."""
    shows, in_gradient = _possible(paper, [paper.at(inputs) for inputs in probes])
    together = frozenset(range(len(probes)))
    kept: list[Demand] = []
    for demands in (shows, in_gradient):
        for demand in sorted(demands, key=lambda each: -len(each.met)):
            both = len(together & demand.met)
            if len(demand.met) > MOSTLY * len(probes) or both >= TOGETHER * len(probes):
                together &= demand.met
                kept.append(demand)
    alone = {each.gradients[0] for each in kept if len(each.answers) == 1 and each.gradients}
    needed = [each for each in kept if len(each.answers) == 1 or not alone.intersection(each.gradients)]
    return Exposure(paper, tuple(sorted(needed, key=lambda each: len(each.met))))


def _possible(paper: Paper, rights: Sequence[Right]) -> tuple[list[Demand], list[Demand]]:
    """For every mistake that it shows at all, and for every gradient that it changes that it shows there; of mistakes
    that always make the same number of a gradient, for the first."""
    gradients = paper.gradients
    answers = (*gradients, *(name for name in paper.task.returns if name not in gradients))  # the gradients tell most
    shows: list[Demand] = []
    in_gradient: dict[Same, Demand] = {}
    for made in paper.mistakes:
        numbers = [right.numbers(made, gradients) for right in rights]
        met: set[int] = set()
        same = {name: (name, *(f"{each[name]:.9g}" for each in numbers)) for name in gradients}
        for name in gradients:
            here = [index for index, right in enumerate(rights) if right.differs(name, numbers[index][name])]
            in_gradient.setdefault(same[name], Demand(made, (name,), frozenset(here), (same[name],)))
            met.update(here)
        met.update(index for index, right in enumerate(rights) if index not in met and right.changed_by(made, answers))
        shows.append(Demand(made, answers, frozenset(met), tuple(same.values())))
    return [each for each in shows if each.met], [each for each in in_gradient.values() if each.met]
