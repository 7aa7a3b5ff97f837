"""Draw individual published inputs from the course's key and the student's identity."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from autograder import yaml_config
from autograder.graph import Graph
from autograder.graph.operation import Value
from autograder.individual.exposure import PROBES, Exposure, find_exposure, paper_section
from autograder.individual.quality import Exercise, exercise_of
from autograder.individual.rule import draw_rule
from autograder.mistakes.for_lab import Mistakes
from autograder.roster import identity
from autograder.rubric import FileError, Lab
from autograder.rubric.draw import MOST_DRAWS, Drawn, draws

Inputs = Mapping[str, Mapping[str, Value]]  # by graph and by name


@dataclass(frozen=True)
class Draw:
    """How one graph's inputs are drawn, and what is required of a draw."""

    graph: Graph
    drawn: Drawn
    exercise: Exercise
    exposure: Exposure

    def objection(self, inputs: Mapping[str, Value]) -> str:
        """Why these inputs are not acceptable, as a clause; "" if they are."""
        if problem := self.exercise.objection(inputs):
            return problem
        hidden = self.exposure.hidden(inputs)
        return f"a mistake gives the right number ({hidden.mistake.name})" if hidden else ""


@dataclass(frozen=True)
class Variants:
    """The variants of a lab.

    A draw is repeated until it is a good exercise (`exercise`) in which every mistake shows (`exposure`).
    """

    lab: Lab
    mistakes: Mistakes  # those that are possible in the lab as its rubric publishes it

    def inputs(self, who: str) -> Inputs:
        """The published inputs of a student, an email or a SID. Raises FileError if the rules leave nothing to draw."""
        return {name: self._first_acceptable(name, who) for name in self.by_graph}

    @cached_property
    def by_graph(self) -> dict[str, Draw]:
        """How each graph's inputs are drawn, the same way for all students. Raises FileError as `inputs` does."""
        return {name: self._draw_of(name) for name in self.lab.known_graphs}

    def candidates(self, name: str, who: str) -> Iterator[dict[str, Value]]:
        """Yield the inputs that are tried for a student in the graph called `name`."""
        draw = self.by_graph[name]
        return draws(draw.drawn, draw.graph, self.lab.rubric.key, f"individual/{name}/{identity(who)}")

    def _draw_of(self, name: str) -> Draw:
        graph, drawn, quality = (
            self.lab.graphs[name],
            draw_rule(self.lab.rubric.graphs[name], self.lab.graphs[name]),
            exercise_of(self.lab, name),
        )
        reasons: Counter[str] = Counter()
        # The key is empty, so that the same is required of draws in every course.
        probes = list(islice(_acceptable(draws(drawn, graph, "", f"probe/{name}"), quality.objection, reasons), PROBES))
        if not probes:
            raise self._no_draw_error(name, reasons)
        return Draw(graph, drawn, quality, find_exposure(paper_section(self.lab, self.mistakes, name), probes))

    def _first_acceptable(self, name: str, who: str) -> dict[str, Value]:
        reasons: Counter[str] = Counter()
        for inputs in _acceptable(self.candidates(name, who), self.by_graph[name].objection, reasons):
            return inputs
        raise self._no_draw_error(name, reasons)

    def _no_draw_error(self, name: str, reasons: Counter[str]) -> FileError:
        """The error if no draw is acceptable, with its place in rubric.yaml."""
        document = yaml_config.load(self.lab.folder / "rubric.yaml")
        why = f"mostly because {reasons.most_common(1)[0][0]}" if reasons else "because all are in intervals to avoid"
        fix = "make 'from' wider or 'avoid' narrower, or change 'decimals'"
        if not self.lab.rubric.graphs[name].individual:
            fix = "add `individual: {from: …}` with wider intervals than the published inputs suggest"
        problem = f"{MOST_DRAWS} draws gave no acceptable individual inputs, {why}; {fix}"
        return document.error(("graphs", name, "individual"), problem)


def _acceptable(
    candidates: Iterator[dict[str, Value]], objection: Callable[[Mapping[str, Value]], str], reasons: Counter[str]
) -> Iterator[dict[str, Value]]:
    """Yield the acceptable candidates; count the reasons why the others are not."""
    for inputs in candidates:
        if problem := objection(inputs):
            reasons[problem] += 1
        else:
            yield inputs
