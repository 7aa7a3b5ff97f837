"""Which parameter of a mistake explains the numbers: solved from one wrong number, and then compared with all others.

One number always has a parameter that explains it. So nothing is found unless several wrong numbers agree, for two
sets of inputs or more, and all of them differ from the correct ones by much more than the tolerance. For a mistake
without a parameter one wrong number is enough, if it explains the right ones of other inputs as well.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, pairwise

from autograder.graph.descent import Place
from autograder.mistakes.catalogue import FunctionModel, Mutant, signature
from autograder.mistakes.element import by_value, of_weights
from autograder.mistakes.evidence import ALL, COMPARED_LOSSES, Closeness, Evidence, fit
from autograder.mistakes.family import Bound, Epochs, Family, Limit, Listed, Solved, Varying
from autograder.mistakes.procedure import IMPOSSIBLE, Mistake, Numbers, Procedure
from autograder.mistakes.roots import EXACT, GRID, parabola_roots, polished, roots, roundest, safe, tidy

CLEARLY = 10  # tolerances: a number that is wrong by less hardly determines a parameter
OTHERWISE = 1.1  # times a parameter is another one; if it explains everything, too, the parameter is not said
FAR = 2.0  # times a parameter is so far from it that it must not explain everything
FEWEST = 3  # clearly wrong numbers
NARROW = 1.3  # times the least possible limit at which a loop stops, up to which one can say what it is about
MOST_ASKED = 3  # samples, if the first wrong number of one does not depend on a parameter


def with_parameter(
    model: FunctionModel, families: Iterable[Family], evidence: Sequence[Evidence], close: Closeness
) -> list[Mutant]:
    """The mistakes with a parameter that explain every number of every sample; see `diagnose.explanations`."""
    far = Closeness(CLEARLY * close.rtol, CLEARLY * close.atol)
    solved = _wrong_numbers(evidence, far) >= FEWEST and _wrong_sets(evidence, far) > 1 and not _constant(evidence)
    wrong, several = _wrong_numbers(evidence, close), len(evidence) > 1
    first = [each for each in evidence if each.right == evidence[0].right]
    questions = sorted((_Question(model, each, close) for each in first), key=_deviation, reverse=True)[:MOST_ASKED]
    found: list[Mutant] = []
    right = model.right
    for family in families:
        if isinstance(family.find, Varying):
            if not found and _varies(model, family, evidence, close):
                found.append(Mutant(family.mistake(0.0), right, usual=True))
            continue
        listed = isinstance(family.find, Listed) and (wrong > 1 or (len(family.find.values) == 1 and several))
        if solved or listed:
            values = _candidates(family, questions, evidence)
            candidates = (_confirmed(family, value, questions[0], evidence) for value in values)
            found.extend(islice(filter(None, candidates), 1))
    return _told_apart(model, found)


def _varies(model: FunctionModel, family: Family, evidence: Sequence[Evidence], close: Closeness) -> bool:
    """Whether each wrong sample is explained by a parameter of its own, which has to explain more than one number."""
    several = False
    for each in evidence:
        if each.right == ALL:
            continue
        question = _Question(model, each, close)
        values = _solutions(family, Solved(), question) or ()
        if not any(question.explained(family.at(value)(model.right), each) for value in values if math.isfinite(value)):
            return False
        several = several or _wrong(each, close) > 1
    return several


def _confirmed(family: Family, value: float, question: "_Question", evidence: Sequence[Evidence]) -> Mutant | None:
    """The mistake with this parameter, or with a rounder one beside it, if it explains everything."""
    right = question.model.right
    if not math.isfinite(value) or not question.explained(family.at(value)(right), question.evidence):
        return None
    samples = sorted(evidence, key=lambda each: each is not question.evidence)

    def explains(parameter: float) -> bool:
        procedure = family.at(parameter)(right)
        return all(question.explained(procedure, sample) for sample in samples)

    fits = (each for each in dict.fromkeys((tidy(value), value)) if family.allows(each) and explains(each))
    found = next(fits, None)
    if found is None:
        return None
    mistake = _named(family, found, evidence)
    if isinstance(family.find, Solved | Bound) and explains(OTHERWISE * found):
        if explains(FAR * found):
            return None  # any such number would do, so there is none to name
        mistake = replace(mistake, name=family.name)
    return Mutant(mistake, mistake.apply(right), usual=True)


def _named(family: Family, value: float, evidence: Sequence[Evidence]) -> Mistake:
    """The mistake with this parameter, which is said unless it is a limit that is known too roughly."""
    mistake = family.mistake(value)
    if isinstance(family.find, Limit) and (between := _between_limits(family.find, evidence)):
        low, high = between
        return mistake if high <= NARROW * low else replace(mistake, name=family.name)
    return mistake


def _told_apart(model: FunctionModel, found: Sequence[Mutant]) -> list[Mutant]:
    """The first of those that always give the same numbers. Of several limits at which a loop may stop, only that it
    stops is certain."""
    limits = [mutant for mutant in found if mutant.procedure.stop]
    if len(limits) > 1:
        known = limits[0].mistake
        vague = replace(known, name="the loop ends early, when the loss or its change is small enough")
        return [Mutant(vague, limits[0].procedure, usual=True), *(each for each in found if each not in limits)]
    first = {signature(model, each.procedure) or id(each): each for each in reversed(found)}
    return [each for each in found if each in first.values()]


def _wrong_numbers(evidence: Sequence[Evidence], close: Closeness) -> int:
    return sum(_wrong(each, close) for each in evidence)


def _wrong_sets(evidence: Sequence[Evidence], close: Closeness) -> int:
    """For how many sets of inputs a number is wrong."""
    return len({by_value(each.sample.inputs) for each in evidence if _wrong(each, close)})


def _constant(evidence: Sequence[Evidence]) -> bool:
    """Whether a function returns the same for several inputs: no parameter of its steps does that."""
    returned = [(by_value(each.sample.values), each.sample.losses) for each in evidence]
    return len({by_value(each.sample.inputs) for each in evidence}) > 1 and all(
        each == returned[0] for each in returned
    )


def _wrong(evidence: Evidence, close: Closeness) -> int:
    """How many numbers of a sample are wrong."""
    sample = evidence.sample
    if evidence.base is not None:
        pairs = [(number, evidence.base.number(name)) for name, number in sample.values.items()]
        return sum(other is None or not close(number, other) for number, other in pairs)
    losses, right = (sample.losses or ())[:COMPARED_LOSSES], evidence.losses[sample.after :]
    weights = evidence.weights[len(evidence.weights) - 1 - sample.after]
    return (
        sum(not close(*pair) for pair in zip(losses, right, strict=False))
        + (sample.losses is not None and len(sample.losses) != len(right))
        + sum(_differs(number, weights, name, close) for name, number in sample.values.items())
    )


def _differs(number: float, weights: Numbers, name: str, close: Closeness) -> bool:
    """Whether a number is not what a weight, or an element of one, should be; it is not if the shapes differ."""
    try:
        return not close(number, of_weights(weights, name))
    except LookupError:
        return True


def _deviation(question: "_Question") -> float:
    """By how much the first wrong number is wrong, relatively: a larger error determines a parameter better."""
    right, wanted = question.right, question.wanted
    if right is None or wanted is None or not math.isfinite(wanted):
        return 0.0
    return abs(wanted - right) / (abs(right) + 1e-6)


@dataclass(frozen=True)
class _Question:
    """Which parameter gives the first wrong number of a sample?"""

    model: FunctionModel
    evidence: Evidence
    close: Closeness

    def explained(self, procedure: Procedure, evidence: Evidence) -> bool:
        """Whether a procedure explains every number of a sample."""
        return fit(self.model, procedure, evidence, self.close, evidence.right) == ALL

    @property
    def wanted(self) -> float | None:
        """The first wrong number; None if it is how many losses there are that is wrong."""
        sample, position = self.evidence.sample, self.evidence.right
        if not self.model.trains:
            return list(sample.values.values())[position]
        if position > COMPARED_LOSSES:
            return sample.values[self._weight]
        return sample.losses[position] if sample.losses and position < COMPARED_LOSSES else None

    @property
    def right(self) -> float | None:
        """The right number in its place, if it is not the final weight."""
        sample, position = self.evidence.sample, self.evidence.right
        if self.evidence.base is not None:
            return self.evidence.base.number(list(sample.values)[position])
        losses = self.evidence.losses[sample.after :]
        return losses[position] if position < min(COMPARED_LOSSES, len(losses)) else None

    def predicted(self, procedure: Procedure) -> tuple[float, Numbers] | None:
        """What a procedure gives for it, and the weights at that time; None if an earlier number is not explained."""
        try:
            if self.model.trains:
                return self._trained(procedure)
            once = procedure.single_pass(self.evidence.sample.inputs, self.evidence.base)
            names = list(self.evidence.sample.values)[: self.evidence.right + 1]
            numbers = [once.quantity(name) for name in names]
            returned = self.evidence.sample.values.values()
            return (float(numbers[-1]), {}) if all(map(self.close, returned, numbers[:-1])) else None
        except IMPOSSIBLE:
            return None

    def _trained(self, procedure: Procedure) -> tuple[float, Numbers] | None:
        sample, position = self.evidence.sample, self.evidence.right
        rate, epochs = float(sample.settings["lr"]), int(sample.settings["n_epochs"]) + sample.after
        losses, had = procedure.training(self.model.weights, sample.inputs, rate, epochs)
        if procedure.record is not list:
            losses = iter(procedure.record(list(losses)))
        if sample.after:
            next(losses)
        for returned in (sample.losses or ())[: min(position, COMPARED_LOSSES)]:
            if not self.close.wider(returned, next(losses, math.nan)):
                return None
        if position < COMPARED_LOSSES:
            return float(next(losses, math.nan)), had[-1]
        for _ in losses:
            pass
        last = procedure.returned_weights(had, int(sample.after))
        return of_weights(last, self._weight), {}

    @property
    def _weight(self) -> str:
        """The first weight whose final value is wrong."""
        weights = self.evidence.weights[len(self.evidence.weights) - 1 - self.evidence.sample.after]
        values = self.evidence.sample.values
        return next(name for name, number in values.items() if _differs(number, weights, name, self.close.wider))


def _candidates(family: Family, questions: Sequence[_Question], evidence: Sequence[Evidence]) -> Iterator[float]:
    """Parameters that may explain the first wrong number of a sample."""
    match family.find:
        case Solved() as solved:
            found = (_solutions(family, solved, question) for question in questions)
            yield from next((each for each in found if each is not None), ())
        case Listed(values):
            yield from (value for value, _ in values)
        case Limit() as limit:
            if between := _between_limits(limit, evidence):
                yield roundest(*between)
        case Bound(size):
            yield from (abs(bound) if size else bound for bound in _bounds(questions[0]))
        case Epochs(further):
            for sample in (each.sample for each in evidence):
                asked = int(sample.settings["n_epochs"])
                if sample.losses and len(sample.losses) != asked:
                    yield len(sample.losses) - further * asked
                    return


def _solutions(family: Family, solved: Solved, question: _Question) -> Sequence[float] | None:
    """The parameters with which the first wrong number is predicted; None if it does not depend on the parameter.

    The number is mostly a linear or quadratic function of the parameter. Where it is not, it is searched for roots,
    which for training needs no further epochs: the weights that the loss is computed from are linear in the parameter.
    """
    wanted = question.wanted
    if wanted is None or not math.isfinite(wanted):
        return ()
    right = question.model.right

    def off(value: float) -> float:
        found = question.predicted(family.at(value)(right))
        return found[0] - wanted if found else math.nan

    a, b = solved.probes
    first = question.predicted(family.at(a)(right))
    if first is None or first[0] == question.right:
        return ()
    second = question.predicted(family.at(b)(right))
    if second is None or (second[0] == first[0] and not _moved(first, second)):
        return None if second else ()
    near = EXACT * abs(wanted) + EXACT
    points = [point for point in GRID if solved.low <= point <= solved.high]
    if solved.curved:
        return [polished(off, guess, near) for guess in roots(off, points)]
    along, searched = off, solved.searched and (not question.model.trains or question.evidence.right == 0)
    if _moved(first, second):
        loss, searched = _along(question, (a, first[1]), (b, second[1])), True

        def along(value: float) -> float:
            return loss(value) - wanted

    known = ((a, first[0] - wanted), (b, second[0] - wanted), (2 * b - a, safe(along, 2 * b - a)))
    found = [polished(off, guess, near) for guess in parabola_roots(*known)]
    if exact := [root for root in found if abs(safe(off, root)) <= near]:
        return exact
    return [polished(off, guess, near) for guess in roots(along, points)] if searched else ()


def _moved(first: tuple[float, Numbers], second: tuple[float, Numbers]) -> bool:
    """Whether the weights are others; see `_Question.predicted`."""
    return by_value(first[1]) != by_value(second[1])


def _along(
    question: _Question, first: tuple[float, Numbers], second: tuple[float, Numbers]
) -> Callable[[float], float]:
    """The loss as a function of the parameter, where the weights are linear in it."""
    right = question.model.right
    (a, weights), (b, others) = first, second
    inputs = right.prepare(question.evidence.sample.inputs)

    def loss(value: float) -> float:
        share = (value - a) / (b - a)
        now = {name: weights[name] + share * (others[name] - weights[name]) for name in weights}
        return right.forward.values({**inputs, **now})[right.forward.output]

    return loss


def _between_limits(limit: Limit, evidence: Sequence[Evidence]) -> tuple[float, float] | None:
    """The largest number that stopped a loop, and the smallest that did not; None if no limit lies between them."""
    low, high = -math.inf, math.inf
    for each in evidence:
        stopped = _stopped(limit.place, each)
        if stopped is None:
            return None
        sizes = [limit.of(each.losses[: number + 1]) for number in range(len(each.losses))]
        if stopped < len(sizes):
            low = max(low, sizes[stopped])
        high = min([high, *sizes[: min(stopped, len(sizes) - 1)]])
    return (low, high) if 0 < low < high < math.inf else None


def _stopped(place: Place, evidence: Evidence) -> int | None:
    """The number of the epoch in which a loop stopped, from 0, or of all epochs; None if it did not stop like that."""
    sample = evidence.sample
    if not sample.losses or sample.after:
        return None
    epochs, many = len(evidence.losses), len(sample.losses)
    if place is Place.NO_UPDATE:
        still = (number for number, pair in enumerate(pairwise(sample.losses)) if math.isclose(*pair, rel_tol=EXACT))
        return next(still, epochs if evidence.right == ALL else epochs - 1)
    if many > epochs:
        return None
    return epochs if many == epochs else many if place is Place.BEFORE_KEEPING else many - 1


def _bounds(question: _Question) -> Iterator[float]:
    """The numbers that a weight may have had when the first wrong number was computed from it."""
    evidence, position = question.evidence, question.evidence.right
    wanted = question.wanted
    if wanted is None or not math.isfinite(wanted):
        return
    if position > COMPARED_LOSSES:
        yield wanted
        return
    right, sample = question.model.right, evidence.sample
    place = position + sample.after
    for name in question.model.weights if place else ():
        now = {**right.prepare(sample.inputs), **evidence.weights[place]}

        def off(value: float, name: str = name, now: Numbers = now) -> float:
            return right.forward.values({**now, name: value})[right.forward.output] - wanted

        yield from roots(off, GRID)
