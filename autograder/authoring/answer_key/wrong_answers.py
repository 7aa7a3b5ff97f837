"""What a marker looks for: the right number of each quantity that is asked for, and those that mistakes lead to.

Mistakes that change nothing of a quantity, whatever the inputs are, are no mistakes of it and are not counted.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from autograder.graph.notation import digits
from autograder.mistakes.catalogue import FunctionModel, Mutant, Observe, Settings, distinct
from autograder.mistakes.for_lab import Known, Mistakes
from autograder.mistakes.procedure import IMPOSSIBLE, Numbers, Procedure
from autograder.rubric import LOSSES, CallArguments, Lab, Tolerance, expected

PAPER = "on paper"


@dataclass(frozen=True)
class WrongNumber:
    """A wrong result: numbers, one or a list of losses; the mistakes that lead to it, each as a clause. accepted:
    whether it earns credit on paper, because it is within the tolerance or the rubric says so."""

    numbers: tuple[float, ...]
    mistakes: tuple[str, ...]
    accepted: bool = False


@dataclass(frozen=True)
class Quantity:
    """A quantity that is asked for. asked: "on paper" and functions by name; right: its number, or the losses; wrong:
    what mistakes lead to, the likeliest first. unseen: those of the `mistakes` known that give the right number too,
    at these inputs. None are known where the model that mistakes are changes of does not give the right number."""

    name: str
    asked: tuple[str, ...]
    right: tuple[float, ...]
    wrong: tuple[WrongNumber, ...]
    unseen: tuple[str, ...]
    mistakes: int


@dataclass(frozen=True)
class _Credit:
    """What earns credit on paper though it is not the right number: what is near, and mistakes by their id."""

    tolerance: Tolerance | None = None
    lenient: frozenset[str] = frozenset()

    def given(self, numbers: Sequence[float], right: Sequence[float], mistakes: Sequence[Mutant]) -> bool:
        """Whether a wrong result earns it."""
        if self.tolerance is None:
            return False
        near = all(self.tolerance.allows(a, b, coarse=True) for a, b in zip(numbers, right, strict=True))
        return near or any(made.mistake.id in self.lenient for made in mistakes)


def on_graph(lab: Lab, mistakes: Mistakes, graph: str) -> tuple[Quantity, ...]:
    """Every node and derivative of a graph that is asked for on paper or in a function."""
    asked = asked_for(lab, graph)
    published = lab.rubric.graphs[graph].inputs["published"]
    at = CallArguments({name: float(published[name]) for name in lab.graphs[graph].inputs}, {})
    right = expected(lab.graphs[graph], asked, at.inputs)
    found = []
    for name, places in asked.items():
        known = [mistakes.on_paper(graph) if place == PAPER else mistakes.in_function(place) for place in places]
        found.append(_quantity(name, places, known, at, (right[name],), _credit(lab, graph, name)))
    return tuple(found)


def of_training(
    mistakes: Mistakes, function: str, at: CallArguments, right: Mapping[str, Sequence[float]]
) -> tuple[Quantity, ...]:
    """The weights and the losses of a training function, of which `right` has the right numbers."""
    known = mistakes.in_function(function)
    return tuple(_quantity(name, (function,), [known], at, right[name], _Credit()) for name in known[0].returns)


def asked_for(lab: Lab, graph: str) -> dict[str, tuple[str, ...]]:
    """Every node and derivative of a graph that is asked for, each with where."""
    asked = {name: [PAPER] for name in lab.paper().get(graph, ())}
    for function, entry in lab.rubric.functions.items():
        if entry.graph == graph and not entry.trained:
            for name in entry.returns:
                asked.setdefault(name, []).append(function)
    return {
        name: tuple(dict.fromkeys(places)) for name, places in asked.items() if name not in lab.graphs[graph].inputs
    }


def _quantity(
    name: str,
    asked: tuple[str, ...],
    known: Sequence[Known],
    at: CallArguments,
    right: Sequence[float],
    credit: _Credit,
) -> Quantity:
    task = known[0][0]
    observe = _of_one(task, name)
    made = sorted((each for _, all_of_it in known for each in all_of_it), key=lambda each: not each.usual)
    model = observe(task.right, at.inputs, at.settings)
    mistakes = distinct(task, made, observe) if _shown(model) == _shown(right) else []
    alike: dict[str, list[tuple[tuple[float, ...], Mutant]]] = defaultdict(list)
    likely: dict[str, float] = defaultdict(float)
    for place, each in enumerate(mistakes, 1):
        try:
            numbers = tuple(observe(each.procedure, at.inputs, at.settings))
        except IMPOSSIBLE:
            continue
        if all(map(math.isfinite, numbers)):
            alike[_shown(numbers)].append((numbers, each))
            likely[_shown(numbers)] += 1 / place  # the catalogue begins with the usual ones; Zipf's law for how usual
    unseen = [each for _, each in alike.pop(_shown(right), [])]
    wrong = []
    for shown in sorted(alike, key=lambda shown: -likely[shown]):
        numbers, group = alike[shown][0][0], [each for _, each in alike[shown]]
        wrong.append(WrongNumber(numbers, _names(group), credit.given(numbers, right, group)))
    return Quantity(name, asked, tuple(right), tuple(wrong), _names(unseen), len(mistakes))


def _of_one(task: FunctionModel, quantity: str) -> Observe:
    """What reads the numbers of one quantity from a work of the task."""

    def observe(work: Procedure, inputs: Numbers, settings: Settings) -> list[float]:
        if not task.trains:
            return list(work.results((quantity,), inputs).values())
        found = task.observed(work, inputs, settings)
        losses = len(found) - len(task.weights)  # the weights come after them
        return found[:losses] if quantity == LOSSES else [found[losses + task.weights.index(quantity)]]

    return observe


def _shown(numbers: Sequence[float]) -> str:
    """Numbers as a marker sees them: to six digits."""
    return " ".join(map(digits, numbers))


def _names(mistakes: Iterable[Mutant]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each.mistake.name for each in mistakes))


def _credit(lab: Lab, graph: str, quantity: str) -> _Credit:
    """What the paper answers that ask for a quantity let pass."""
    lenient = frozenset(each.id for each in lab.rubric.mistakes if each.graph == graph and each.on_paper == "right")
    return _Credit(lab.paper_tolerances(graph).get(quantity), lenient)
