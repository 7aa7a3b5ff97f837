"""Find students whose programs are copies of one another, also with other names, comments and order: a hint, no proof.

Programs are compared by their normal form (`submission.normal_form`), function by function: by their statements, and by
each function as a whole. What the student template has, and functions with fewer than 3 statements of the student's
own, are left out. So is whatever more than 3 students and more than 10 % of the class have: it says nothing. The rest
weighs log(students / students who have it). Two programs are reported if both of these hold:

- They share at least 0.4 of the weight of what either has.
- Chance hardly explains it. How often two students agree so much in a function is counted in this class itself, among
  the pairs below 0.4; so agreement means little in a lab with one obvious solution. All statements of a function are
  one piece of evidence, because they follow from one idea. The functions' shares are combined by Fisher's method
  (Statistical Methods for Research Workers, section 21.1). At most 0.03 pairs of a class may be expected to agree so
  much. In a class of 120 this takes rare agreement in three functions; where there are only two, in both.

Both bounds were chosen with classes of 120, 40 of each kind, with 3 copies (other names, comments and order) in each.
Where students write the plain solution with everyday variations (tests/classroom/copied.py), 120 of 120 copies were
found; with some functions in other styles, 116 of 120; no other pair was reported. The closest innocent pair had an
expected number of 0.6. Where all functions are drawn from few samples, so that whole programs agree by chance, nobody
was accused, and 3 copies were found. A bound of 0.1 would have found two more of the copies, and two innocent pairs in
the last kind of class.

A class of fewer than 10 shows too little of what is rare. There only programs are reported that are the same up to
comments, formatting and order, with all names. Equal files are reported in any class.
"""

import math
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, pairwise

from autograder.submission.normal_form import ELSEWHERE, LEAST_STATEMENTS, ProgramForm

SMALL_CLASS = 10
RARE_STUDENTS, RARE_SHARE, RARE_AT_MOST = 3, 0.1, 30  # a statement counts if no more students have it
LEAST_SHARE = 0.4  # of the weight of two programs
MOST_BY_CHANCE = 0.03  # pairs of a class that agree so much by chance

Pair = tuple[int, int]
Part = tuple[str, bytes]  # a function's name, and the digest of one of its statements or of all


@dataclass(frozen=True)
class SubmittedProgram:
    """A student's program without what all students were given."""

    student: int  # position in the class
    people: frozenset[str]  # who submitted; programs of the same person or group are not compared
    form: ProgramForm
    given: frozenset[bytes]  # digests of the statements that all students have

    @cached_property
    def functions(self) -> dict[str, frozenset[bytes]]:
        """The digests of the student's own statements, for each function that has enough of them."""
        own = {function.name: function.digests - self.given for function in self.form.functions}
        return {name: digests for name, digests in own.items() if len(digests) >= LEAST_STATEMENTS}

    @property
    def statements(self) -> set[Part]:
        """The student's own statements."""
        return {(name, digest) for name, digests in self.functions.items() for digest in digests}

    @property
    def wholes(self) -> set[Part]:
        """Each function as a whole."""
        return {(form.name, form.whole) for form in self.form.functions if form.name in self.functions}

    @property
    def exact(self) -> tuple[bytes, ...]:
        """Digests of the functions with all names."""
        return tuple(function.exact for function in self.form.functions if function.name in self.functions)


@dataclass(frozen=True)
class CopyGroup:
    """Students whose programs are the same, or nearly."""

    students: tuple[int, ...]  # positions
    same_file: bool  # all files are equal, byte for byte
    statements: int  # different statements of their own that all of them have
    of: int  # of how many, in the largest of these programs
    rare: int  # so many of the shared ones no more than `RARE_STUDENTS` others have
    same: tuple[str, ...]  # which functions are the same but for names and comments


def find_copies(programs: Sequence[SubmittedProgram]) -> list[CopyGroup]:
    """Find all groups, first those with equal files, then those that share the most statements."""
    programs = [each for each in programs if each.functions]
    by_file = _together(programs, lambda each: each.form.file)
    small = len(programs) < SMALL_CLASS
    by_chance = {} if small else close_pairs(programs)
    unlikely = {pair for pair, expected in by_chance.items() if expected <= MOST_BY_CHANCE}
    alike = _together(programs, lambda each: each.exact) if small else unlikely
    counts = Counter(part for each in programs for part in each.statements)
    groups = [_group([programs[at] for at in sorted(group)], counts) for group in _connected({*by_file, *alike})]
    return sorted(groups, key=lambda each: (not each.same_file, -each.statements, each.students))


def _together(programs: Sequence[SubmittedProgram], key: Callable[[SubmittedProgram], object]) -> set[Pair]:
    """Pairs of programs with the same key, as many as connect all of them."""
    places: dict[object, list[int]] = {}
    for at, program in enumerate(programs):
        places.setdefault(key(program), []).append(at)
    pairs = set[Pair]()
    for same in places.values():
        for one, other in combinations(same, 2) if len(same) <= RARE_AT_MOST else pairwise(same):
            if not programs[one].people & programs[other].people:
                pairs.add((one, other))
    return pairs


def close_pairs(programs: Sequence[SubmittedProgram]) -> dict[Pair, float]:
    """The pairs that share most of what is rare in them, and how many such pairs may be expected by chance."""
    holders: dict[Part, list[int]] = defaultdict(list)
    for at, program in enumerate(programs):
        for part in program.statements | program.wholes:
            holders[part].append(at)
    most = min(max(RARE_STUDENTS, RARE_SHARE * len(programs)), RARE_AT_MOST)
    weights = [0.0] * len(programs)
    shared: dict[Pair, dict[str, float]] = {}
    for (name, _), places in holders.items():
        if len(places) > most:
            continue
        weight = math.log(len(programs) / len(places))
        for at in places:
            weights[at] += weight
        for pair in combinations(places, 2):
            by_function = shared.setdefault(pair, {})
            by_function[name] = by_function.get(name, 0.0) + weight
    close = {
        pair: by_function
        for pair, by_function in shared.items()
        if (both := sum(by_function.values())) >= LEAST_SHARE * (weights[pair[0]] + weights[pair[1]] - both)
        and not programs[pair[0]].people & programs[pair[1]].people
    }
    chance = _Chance(len(programs), [found for pair, found in shared.items() if pair not in close])
    return {pair: chance.expected(by_function) for pair, by_function in close.items()}


class _Chance:
    """How much the pairs of a class agree in each function where neither is a copy."""

    def __init__(self, students: int, agreeing: Iterable[Mapping[str, float]]) -> None:
        self._pairs = math.comb(students, 2)
        self._weights: dict[str, list[float]] = defaultdict(list)
        for by_function in agreeing:
            for name, weight in by_function.items():
                self._weights[name].append(weight)
        for weights in self._weights.values():
            weights.sort()

    def expected(self, by_function: Mapping[str, float]) -> float:
        """How many pairs of independent students may be expected to agree in at least so much."""
        functions = len({*self._weights, *by_function})
        surprise = -sum(math.log(self._share(name, weight)) for name, weight in by_function.items())
        # Fisher: the chance that a product of so many uniform numbers is as small as this one.
        tail = sum(surprise**power / math.factorial(power) for power in range(functions))
        return self._pairs * math.exp(-surprise) * tail

    def _share(self, name: str, weight: float) -> float:
        """The share of pairs that agree in this function as much or more."""
        weights = self._weights[name]
        more = len(weights) - bisect_left(weights, weight - 1e-9)
        return min(1.0, (1 + more) / (1 + self._pairs))


def _connected(pairs: Iterable[Pair]) -> list[set[int]]:
    """The groups of what these pairs connect."""
    group: dict[int, set[int]] = {}
    for one, other in pairs:
        joined = group.get(one, {one}) | group.get(other, {other})
        group.update(dict.fromkeys(joined, joined))
    return list({id(each): each for each in group.values()}.values())


def _group(programs: Sequence[SubmittedProgram], counts: Mapping[Part, int]) -> CopyGroup:
    statements = [each.statements for each in programs]
    common = set.intersection(*statements)
    same = sorted(name for name, _ in set.intersection(*(each.wholes for each in programs)))
    return CopyGroup(
        tuple(each.student for each in programs),
        len({each.form.file for each in programs}) == 1,
        len(common),
        max(map(len, statements)),
        sum(counts[part] <= len(programs) + RARE_STUDENTS for part in common),
        (*filter(None, same), *(["everything else"] if ELSEWHERE in same else [])),
    )
