"""Find which mistakes show in a section's paper answers: with good inputs, no mistake gives the right numbers.

What is required of inputs is found with probes: draws that are otherwise good exercises. There are two kinds of
requirements:

- A mistake that changes any answer at a probe must change some answer: it may not give all the right numbers.
- A mistake that changes a final gradient at a probe must change that gradient, whatever the other answers are.

To change means to differ by more than the tolerance with which the answer is graded. What shows at no probe cannot be
required: for example a leaky ReLU where every good exercise has an active ReLU, or, in one weight's gradient, a mistake
that is made in the other's. Requirements that exclude one another cannot be made either: one mistake loses the sign of
a derivative that is negative only where another one is positive. So a requirement that more than half of the probes
meet is always made (no two of these exclude one another). Any other is made only if a fourth of the probes meet it
together with all requirements made before it.
"""

import math
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from autograder.graph import derivative_name
from autograder.graph.array_notation import plain
from autograder.graph.operation import Value
from autograder.mistakes.catalogue import FunctionModel, Mutant
from autograder.mistakes.for_lab import Mistakes
from autograder.mistakes.procedure import IMPOSSIBLE, Numbers, Pass
from autograder.rubric import Lab, Tolerance

PROBES = 12
MOSTLY = 1 / 2  # a requirement that more than this share of the probes meet is always made
TOGETHER = 1 / 4  # share of the probes that must meet all requirements together if another one is made

Same = tuple[str, ...]  # a gradient, and the numbers that a mistake gives for it at the probes


@dataclass(frozen=True)
class PaperSection:
    """A section of paper answers."""

    task: FunctionModel
    tolerances: Mapping[str, Tolerance]  # by which each answer is graded
    mistakes: Sequence[Mutant]  # that are possible

    @property
    def gradients(self) -> tuple[str, ...]:
        """The answers that are final gradients."""
        graph = self.task.graph
        return tuple(
            name for name in self.task.returns if name in {derivative_name(graph.output, x) for x in graph.inputs}
        )

    def right_at(self, inputs: Numbers) -> "Right":
        """The right answers for these inputs."""
        one_pass = self.task.right.single_pass(inputs)
        answers = {name: one_pass.quantity(name) for name in self.task.returns}
        return Right(inputs, one_pass, answers, self.tolerances)


@dataclass(frozen=True)
class Right:
    """A right pass for some inputs, with its answers and the tolerances for comparing others with them."""

    inputs: Numbers
    one_pass: Pass
    answers: Numbers
    tolerances: Mapping[str, Tolerance]

    def changed_by(self, mutant: Mutant, names: Sequence[str]) -> bool:
        """Whether a mistake changes at least one of these answers."""
        try:
            one_pass = mutant.procedure.single_pass(self.inputs, self.one_pass)
            return any(self.differs(name, one_pass.quantity(name)) for name in names)
        except IMPOSSIBLE:
            return True

    def numbers(self, mutant: Mutant, names: Sequence[str]) -> dict[str, Value]:
        """What a mistake gives for these answers; nan for one that cannot be computed."""
        found: dict[str, Value] = dict.fromkeys(names, math.nan)
        with suppress(*IMPOSSIBLE):
            one_pass = mutant.procedure.single_pass(self.inputs, self.one_pass)
            for name in names:
                with suppress(*IMPOSSIBLE):  # a gradient in an impossible shape says nothing about another
                    found[name] = one_pass.quantity(name)
        return found

    def differs(self, name: str, number: Value) -> bool:
        """Whether a number, or an array, is wrong for an answer."""
        return not self.tolerances[name].allows(number, self.answers[name], coarse=True)


@dataclass(frozen=True)
class Demand:
    """A mistake that must change at least one of these answers."""

    mutant: Mutant
    answers: tuple[str, ...]
    met: frozenset[int]  # the probes at which it does
    gradients: tuple[Same, ...]  # what it gives for the gradients; shows whether another demand contains this one


@dataclass(frozen=True)
class Exposure:
    """What is required of inputs for a section."""

    paper: PaperSection
    demands: tuple[Demand, ...]  # those that are met least often come first

    def hidden(self, inputs: Numbers) -> Mutant | None:
        """A mistake that does not show for these inputs although it must; None if all show."""
        right = self.paper.right_at(inputs)
        return next((each.mutant for each in self.demands if not right.changed_by(each.mutant, each.answers)), None)


def paper_section(lab: Lab, mistakes: Mistakes, section: str) -> PaperSection:
    """The paper answers of a graph, with every mistake that is possible on paper or in a function of the graph.

    Mistakes that the rubric accepts on paper are left out.
    """
    task, catalogue = mistakes.on_paper(section)
    found = {mutant.mistake.id: mutant for mutant in catalogue}
    for name, function in lab.rubric.functions.items():
        if function.graph == section and not function.trained:
            found = {mutant.mistake.id: mutant for mutant in mistakes.in_function(name)[1]} | found
    for entry in lab.rubric.mistakes:
        if entry.on_paper == "right":
            found.pop(entry.id, None)
    return PaperSection(task, lab.paper_tolerances(section), tuple(found.values()))


def find_exposure(paper: PaperSection, probes: Sequence[Numbers]) -> Exposure:
    """Find with the probes what can be required of inputs."""
    shows, in_gradient = _possible_demands(paper, [paper.right_at(inputs) for inputs in probes])
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


def _possible_demands(paper: PaperSection, rights: Sequence[Right]) -> tuple[list[Demand], list[Demand]]:
    """The possible demands: that each mistake shows at all, and that it shows in each gradient that it changes.

    If several mistakes always give the same numbers for a gradient, only the first counts there.
    """
    gradients = paper.gradients
    answers = (*gradients, *(name for name in paper.task.returns if name not in gradients))  # gradients show the most
    shows: list[Demand] = []
    in_gradient: dict[Same, Demand] = {}
    for mutant in paper.mistakes:
        numbers = [right.numbers(mutant, gradients) for right in rights]
        met: set[int] = set()
        same = {name: (name, *(plain(each[name], "{:.9g}".format) for each in numbers)) for name in gradients}
        for name in gradients:
            here = [index for index, right in enumerate(rights) if right.differs(name, numbers[index][name])]
            in_gradient.setdefault(same[name], Demand(mutant, (name,), frozenset(here), (same[name],)))
            met.update(here)
        met.update(
            index for index, right in enumerate(rights) if index not in met and right.changed_by(mutant, answers)
        )
        shows.append(Demand(mutant, answers, frozenset(met), tuple(same.values())))
    return [each for each in shows if each.met], [each for each in in_gradient.values() if each.met]
