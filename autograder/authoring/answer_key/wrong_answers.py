"""For each quantity that is asked for: the correct number, and the wrong numbers that known mistakes lead to.

A mistake that never changes a quantity, for any inputs, is not counted for it.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from autograder.authoring.answer_key.likelihood import OFTEN, SELDOM, concerns, weight
from autograder.graph import shape_of
from autograder.graph.notation import digits
from autograder.graph.operation import Shape, Value
from autograder.mistakes.catalogue import FunctionModel, Mutant, Settings, distinct
from autograder.mistakes.element import flat
from autograder.mistakes.for_lab import Known, Mistakes
from autograder.mistakes.procedure import IMPOSSIBLE, Numbers, Pass, Procedure
from autograder.rubric import LOSSES, CallArguments, Lab, Tolerance, expected

PAPER = "on paper"

Result = Value | list[float]  # a number, an array or a list of losses
Observe = Callable[[Procedure, Numbers, Settings], Result]


@dataclass(frozen=True)
class WrongNumber:
    """A wrong result and the mistakes that lead to it."""

    numbers: tuple[float, ...]  # one number, or a list of losses
    mistakes: tuple[str, ...]  # each as a clause
    accepted: bool = False  # whether it earns credit on paper: it is within the tolerance, or the rubric accepts it
    likely: bool = field(default=True, kw_only=True)  # whether one of these mistakes is made more than seldom


@dataclass(frozen=True)
class WrongArray(WrongNumber):
    """A wrong result that is a vector or a matrix; its numbers row by row."""

    shape: Shape = ()


@dataclass(frozen=True)
class Quantity:
    """A quantity that is asked for."""

    name: str
    asked: tuple[str, ...]  # where: "on paper", and functions by name
    right: tuple[float, ...]  # the correct number, or the losses
    wrong: tuple[WrongNumber, ...]  # the likeliest first
    unseen: tuple[str, ...]  # mistakes that give the correct number, too, at these inputs
    mistakes: int  # how many are known; 0 if the model of the function does not give the correct number


@dataclass(frozen=True)
class ArrayQuantity(Quantity):
    """A vector or a matrix that is asked for; its numbers row by row."""

    shape: Shape


@dataclass(frozen=True)
class _Credit:
    """Which wrong numbers earn credit on paper: those within a tolerance, and those of some mistakes, by id."""

    tolerance: Tolerance | None = None
    lenient: frozenset[str] = frozenset()

    def given(self, wrong: Result, right: Result, mistakes: Sequence[Mutant]) -> bool:
        """Whether a wrong result earns it."""
        if self.tolerance is None:
            return False
        pairs = zip(_numbers(wrong), _numbers(right), strict=False)
        near = _shape(wrong) == _shape(right) and all(self.tolerance.allows(a, b, coarse=True) for a, b in pairs)
        return near or any(made.mistake.id.split("/")[0] in self.lenient for made in mistakes)


def on_graph(lab: Lab, mistakes: Mistakes, graph: str) -> tuple[Quantity, ...]:
    """The key of every node and derivative of a graph that is asked for on paper or in a function."""
    asked = asked_for(lab, graph)
    published = lab.published(graph)
    inputs = {name: published[name] for name in lab.graphs[graph].inputs}
    at = CallArguments({name: each if _shape(each) else float(each) for name, each in inputs.items()}, {})
    right = expected(lab.graphs[graph], asked, at.inputs)
    computed = _Computed()
    found = []
    for name, places in asked.items():
        known = [mistakes.on_paper(graph) if place == PAPER else mistakes.in_function(place) for place in places]
        observe = computed.of(known[0][0], name)
        found.append(_quantity(name, places, known, at, right[name], _credit(lab, graph, name), observe))
    return tuple(found)


def of_training(
    mistakes: Mistakes, function: str, at: CallArguments, right: Mapping[str, Result]
) -> tuple[Quantity, ...]:
    """The key of the weights and the losses of a training function.

    Args:
        mistakes: Those of the lab.
        function: The name of the training function.
        at: Its inputs and settings.
        right: The correct final weights and losses, by name.
    """
    known, computed = mistakes.in_function(function), _Computed()
    return tuple(
        _quantity(name, (function,), [known], at, right[name], _Credit(), computed.of(known[0], name))
        for name in known[0].returns
    )


def asked_for(lab: Lab, graph: str) -> dict[str, tuple[str, ...]]:
    """Every node and derivative of a graph that is asked for, with where it is: PAPER, and functions by name."""
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
    right: Result,
    credit: _Credit,
    observe: Observe,
) -> Quantity:
    task = known[0][0]
    named = {each.id for each in task.special}

    def often(each: Mutant) -> float:
        return OFTEN if each.mistake.id in named else weight(each)  # the rubric names what its lab invites

    made = sorted((each for _, all_of_it in known for each in all_of_it), key=often, reverse=True)
    model = observe(task.right, at.inputs, at.settings)
    mistakes = distinct(task, made, lambda *run: _comparable(observe(*run))) if _shown(model) == _shown(right) else []
    alike: dict[str, list[tuple[Result, Mutant]]] = defaultdict(list)
    likely: dict[str, tuple[float, bool]] = defaultdict(lambda: (0.0, False))
    for each in mistakes:
        try:
            found = observe(each.procedure, at.inputs, at.settings)
        except IMPOSSIBLE:
            continue
        if all(map(math.isfinite, _numbers(found))):
            alike[_shown(found)].append((found, each))
            # Not the sum: unlikely ones are many. A mistake before the quantity shows in an earlier answer first.
            likely[_shown(found)] = max(likely[_shown(found)], (often(each), concerns(each, name)))
    unseen = _names(each for _, each in alike.pop(_shown(right), []))
    wrong = []
    for shown in sorted(alike, key=likely.__getitem__, reverse=True):
        found, group = alike[shown][0][0], [each for _, each in alike[shown]]
        credited = credit.given(found, right, group)
        wrong.append(_wrong(found, _names(group), likely=likely[shown][0] > SELDOM, accepted=credited))
    told = name, asked, _numbers(right), tuple(wrong), unseen, len(mistakes)
    return ArrayQuantity(*told, _shape(right)) if _shape(right) else Quantity(*told)


def _wrong(found: Result, names: tuple[str, ...], *, likely: bool, accepted: bool) -> WrongNumber:
    shape = _shape(found)
    if shape:
        return WrongArray(_numbers(found), names, accepted, shape, likely=likely)
    return WrongNumber(_numbers(found), names, accepted, likely=likely)


class _Computed:
    """What procedures compute at some inputs, each once for all quantities that are looked at.

    Procedures and inputs are known by their identity, so they must live as long as this.
    """

    def __init__(self) -> None:
        self._passes: dict[tuple[int, int], Pass] = {}
        self._trained: dict[tuple[int, int], Mapping[str, Result] | Exception] = {}

    def of(self, task: FunctionModel, quantity: str) -> Observe:
        """A projection: the result for one quantity that a procedure returns."""

        def observe(procedure: Procedure, inputs: Numbers, settings: Settings) -> Result:
            key = id(procedure), id(inputs)
            if not task.trains:
                if key not in self._passes:
                    self._passes[key] = procedure.single_pass(inputs)
                return self._passes[key].quantity(quantity)
            if key not in self._trained:
                self._trained[key] = _trained(task, procedure, inputs, settings)
            found = self._trained[key]
            if isinstance(found, Exception):
                raise found
            return found[quantity]

        return observe


def _trained(
    task: FunctionModel, procedure: Procedure, inputs: Numbers, settings: Settings
) -> Mapping[str, Result] | Exception:
    """What a training function returns, by name, or which of IMPOSSIBLE it raises."""
    try:
        weights, losses = procedure.train(task.weights, inputs, float(settings["lr"]), int(settings["n_epochs"]))
    except IMPOSSIBLE as error:
        return error
    return {**weights, LOSSES: losses}


def _comparable(found: Result) -> list[float]:
    """The numbers of a result; the sizes of an array come before them, because another shape is another result."""
    return list(found) if isinstance(found, list) else flat(found)


def _numbers(found: Result) -> tuple[float, ...]:
    return tuple(_comparable(found)[len(_shape(found)) :])


def _shape(found: Result) -> Shape:
    return shape_of(found)


def _shown(found: Result) -> str:
    """A result as a grader compares it by eye: to six digits."""
    return " ".join(map(digits, _comparable(found)))


def _names(mistakes: Iterable[Mutant]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each.mistake.name for each in mistakes))


def _credit(lab: Lab, graph: str, quantity: str) -> _Credit:
    """What the checks of a paper answer accept besides the correct number."""
    lenient = frozenset(each.id for each in lab.rubric.mistakes if each.graph == graph and each.on_paper == "right")
    return _Credit(lab.paper_tolerances(graph).get(quantity), lenient)
