"""Diagnosis: the mistakes that explain every number that a function returned, for all inputs at once.

Each mistake of the catalogue is tried alone. If none explains everything, a parameter is looked for with which a
mistake does. If there is none, the mistakes that explain most are tried together with each common mistake.
"""

from collections.abc import Sequence

from autograder.mistakes.catalogue import FunctionModel, Mutant, distinct
from autograder.mistakes.evidence import ALL, Closeness, Evidence, Sample, based_on, fit, weigh
from autograder.mistakes.family import Family
from autograder.mistakes.in_time import Until, from_now
from autograder.mistakes.procedure import IMPOSSIBLE, Mistake, Procedure
from autograder.mistakes.solve import with_parameter

USUAL = Closeness()
MOST_OFFERED = 3  # explanations; more would not help anyone
MOST_FIRST = 4  # mistakes that are tried together with each common one
MOST_RIVALS = 12  # the same once a pair explains everything, to see whether another one does as well
RIVALS = 2  # times as many pairs are tried then
MOST_PAIRS = 500  # tried in all, so that a diagnosis takes at most a few hundredths of a second
MOST_COUNTED = 99  # numbers of one sample that count when it is compared how much two mistakes explain


def explanations(
    model: FunctionModel, catalogue: Sequence[Mutant], samples: Sequence[Sample], close: Closeness = USUAL
) -> list[tuple[Mistake, ...]]:
    """Find the fewest mistakes that explain every number of every sample.

    Args:
        model: The function.
        catalogue: The mistakes to try, the preferred ones first.
        samples: What the function returned, for each set of inputs.
        close: How near a predicted number has to be.

    Returns:
        At most MOST_OFFERED explanations, each one mistake or two; several if these numbers do not tell them apart.
        An empty list if nothing explains all numbers, or if nothing is wrong.
    """
    if not catalogue:
        return []
    evidence = _sorted(model, samples, close)
    if all(each.right == ALL for each in evidence):
        return []
    until = from_now()
    explained = [(_explained(model, mutant.procedure, evidence, close), mutant) for mutant in until.left(catalogue)]
    complete = [mutant for how_far, mutant in explained if how_far == ALL]
    usual = [mutant for mutant in complete if mutant.usual]  # a common mistake is likelier
    if single := distinct(model, _latest_left_out(model, usual or complete)):
        return [(mutant.mistake,) for mutant in single[:MOST_OFFERED]]
    if solved := with_parameter(model, until.left(model.families), evidence, close):
        return [(mutant.mistake,) for mutant in solved[:MOST_OFFERED]]
    if len(evidence) > 1 and (rare := with_parameter(model, until.left(model.rare), evidence, close)):
        return [(mutant.mistake,) for mutant in rare[:MOST_OFFERED]]
    furthest = [mutant for how_far, mutant in sorted(explained, key=lambda each: -each[0]) if how_far]
    usual = [mutant for mutant in catalogue if mutant.usual and (not model.trains or mutant.mistake.of_loop)]
    most = max(1, MOST_PAIRS // (len(usual) * (4 if model.trains else 1)))
    first = _first(model, furthest, MOST_FIRST)[:most]
    pairs = _pairs(model, first, usual, evidence, close, until)
    if pairs:  # another pair may start with a mistake that explains less by itself
        rivals = [each for each in _first(model, furthest, MOST_RIVALS) if each not in first][: RIVALS * most]
        pairs |= {
            pair: both
            for pair, both in _pairs(model, rivals, usual, evidence, close, until).items()
            if pair[::-1] not in pairs
        }
    different = distinct(model, pairs.values())
    if different and len(different) <= MOST_OFFERED:
        return [pair for pair, mutant in pairs.items() if mutant in different]
    return []


def _latest_left_out(model: FunctionModel, mutants: Sequence[Mutant]) -> list[Mutant]:
    """The same, but of operands that are left out, those nearest to the output come first.

    A term that is left out of a sum can be left out at every node that only this term is made of: it is the sum where
    a student misses it.
    """
    places = {node.name: place for place, node in enumerate(model.graph.nodes)}
    found = [each for each in mutants if each.mistake.id.startswith("left-out")]
    latest = iter(sorted(found, key=lambda each: -places.get(each.mistake.id.partition("@")[2], -1)))
    return [next(latest) if each.mistake.id.startswith("left-out") else each for each in mutants]


def random_start(
    model: FunctionModel, samples: Sequence[Sample], close: Closeness = USUAL
) -> list[tuple[Mistake, ...]]:
    """Which number is another one in each call, of a function that is not the same each time; see `explanations`."""
    return _first_of(model, model.in_each_call, samples, close)


def only_wrong_place(
    model: FunctionModel, samples: Sequence[Sample], close: Closeness = USUAL
) -> list[tuple[Mistake, ...]]:
    """Which result alone is wrong, so that all others follow from it, if nothing is known that explains it."""
    return _first_of(model, model.places, samples, close)


def _first_of(
    model: FunctionModel, families: Sequence[Family], samples: Sequence[Sample], close: Closeness
) -> list[tuple[Mistake, ...]]:
    evidence = _sorted(model, samples, close)
    if all(each.right == ALL for each in evidence):
        return []
    return [(mutant.mistake,) for mutant in with_parameter(model, from_now().left(families), evidence, close)[:1]]


def _sorted(model: FunctionModel, samples: Sequence[Sample], close: Closeness) -> list[Evidence]:
    """The evidence of the samples, that with the earliest wrong number first."""
    return sorted((weigh(model, sample, close) for sample in samples), key=lambda each: each.right)


def is_only_pair(model: FunctionModel, catalogue: Sequence[Mutant], pair: Sequence[Mistake]) -> bool:
    """Whether nothing else in the place of one of two mistakes always gives the same numbers as both together.

    If so, the numbers tell also what each of them alone would give.
    """
    first, second = pair
    try:
        both = model.observations(second.apply(first.apply(model.right)))
        alone = {each.id: model.observations(each.apply(model.right)) for each in pair}
    except IMPOSSIBLE:
        return False
    for instead in catalogue:
        for one, other, replaced in ((first, instead.mistake, second), (instead.mistake, second, first)):
            same = model.gives(other.apply(one.apply(model.right)), both)
            if same and not model.gives(instead.procedure, alone[replaced.id]):
                return False
    return True


def _first(model: FunctionModel, furthest: Sequence[Mutant], most: int) -> list[Mutant]:
    """The mistakes that explain most, without those that always give the same numbers as another one."""
    return distinct(model, furthest[: 2 * most])[:most]


def _pairs(
    model: FunctionModel,
    first: Sequence[Mutant],
    usual: Sequence[Mutant],
    evidence: Sequence[Evidence],
    close: Closeness,
    until: Until,
) -> dict[tuple[Mistake, ...], Mutant]:
    """Two mistakes at once, one of `first`, which explains the first wrong number alone, and a common one."""
    found: dict[tuple[Mistake, ...], Mutant] = {}
    for one in first:
        known = [based_on(one.procedure, each) for each in evidence]
        stuck = [fit(model, one.procedure, each, close) for each in known]
        for other in until.left(usual):
            pair = (one.mistake, other.mistake)
            if other is one or pair[::-1] in found:
                continue
            procedure = other.mistake.apply(one.procedure)
            if all(fit(model, procedure, each, close, at) == ALL for each, at in zip(known, stuck, strict=True)):
                found[pair] = Mutant(other.mistake, procedure, usual=True)
    return found


def _explained(model: FunctionModel, procedure: Procedure, evidence: Sequence[Evidence], close: Closeness) -> int:
    """How many more numbers than the correct procedure this one explains, of all samples together.

    Returns ALL if it explains every number, 0 if it does not explain the first wrong number of the first sample, or
    if it explains fewer numbers of another sample than the correct procedure does.
    """
    total = 0
    complete = True
    for index, each in enumerate(evidence):
        found = fit(model, procedure, each, close, each.right)
        if found <= each.right < ALL:
            if index == 0 or fit(model, procedure, each, close) < each.right:
                return 0
            found = each.right
        complete = complete and found == ALL
        total += min(found, MOST_COUNTED) - min(each.right, MOST_COUNTED)
    return ALL if complete else max(total, 0)
