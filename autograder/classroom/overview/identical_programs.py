"""Find students whose programs are copies of one another, also with other names, comments and order: a hint, no proof.

Programs are compared by their normal form (`submission.normal_form`), function by function: by their statements, and by
each function as a whole. What the student template has, and functions with fewer than 3 statements of the student's
own, are left out. So is whatever more than 3 students and more than 10 % of the class have: it says nothing. The rest
weighs log(students / students who have it). A statement of a function that the lab asks for may stand anywhere outside
of functions that the lab asks for in the other program, for example in a helper. A function counts as a whole if it is
the same, and also if the other program has all of its statements: added lines hide nothing. Two programs are reported
if both of these hold:

- They share at least half of the weight of the one that weighs less, so that dead code in a copy changes nothing.
- Chance hardly explains it. How often two students agree so much in a function is counted in this class itself, among
  the pairs below one half; so agreement means little in a lab with one obvious solution. All statements of a function
  are one piece of evidence, because they follow from one idea. The functions' shares are combined by Fisher's method
  (Statistical Methods for Research Workers, section 21.1). At most 0.01 pairs of a class may be expected to agree so
  much. In a class of 120 this takes rare agreement in three functions; where there are only two, in both.

Both bounds were chosen with classes of 120, 40 of each kind, with 3 copies (other names, comments and order) in each.
Where students write the plain solution with everyday variations (tests/classroom/copied.py), 116 of 120 copies were
found; with some functions in other styles, 108 of 120; no other pair was reported. The closest innocent pair had an
expected number of 0.13. Where all functions are drawn from few samples, so that whole programs agree by chance, nobody
was accused in 70 classes; the closest innocent pair had 0.014. So a bound of 0.03, which finds 119 and 118 of the 120
copies, would have accused one pair. Where each student wrote only some of the functions, nobody was accused in 30.

Of 8 copies in classes of 60, 7 were found with other names, and as many with one of these added: a very long
expression, all code in a block, functions assigned to the names that the lab asks for, 200 lines of dead code. 4 were
found with one to three unused assignments in each function, and 2 where each function only calls a helper.

A class of fewer than 10 shows too little of what is rare. There only programs are reported that are the same up to
comments, formatting and order, with all names, and that have at least 15 own statements in at least two functions.
Equal files are reported in any class if they have at least 10 own statements, or cannot be read in time.
"""

import math
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property, lru_cache, reduce
from itertools import combinations, pairwise
from operator import and_

from autograder.submission.normal_form import ELSEWHERE, LEAST_STATEMENTS, FunctionForm, ProgramForm

SMALL_CLASS = 10
RARE_STUDENTS, RARE_SHARE, RARE_AT_MOST = 3, 0.1, 30  # a statement counts if no more students have it
LEAST_SHARE = 0.5
LEAST_OWN = 10  # own statements, with fewer an equal file says nothing
MUCH_OWN = 15  # own statements in several functions, with fewer a small class says nothing
MOST_BY_CHANCE = 0.01  # pairs of a class that agree so much by chance

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
        own = {function.name: _own(function, self.given) for function in self.form.functions}
        return {name: digests for name, digests in own.items() if len(digests) >= LEAST_STATEMENTS}

    @property
    def statements(self) -> set[Part]:
        """The student's own statements."""
        return {(name, digest) for name, digests in self.functions.items() for digest in digests}

    @property
    def digests(self) -> frozenset[bytes]:
        """The digests of the student's own statements, wherever they stand."""
        return frozenset[bytes]().union(*self.functions.values())

    @property
    def has_own(self) -> bool:
        """Whether it has so much of its own that another one's equal file means something."""
        return not self.form.complete or len(self.digests) >= LEAST_OWN

    @property
    def has_much(self) -> bool:
        """Whether it has so much of its own that nobody else writes the same with the same names."""
        return len(self.functions) > 1 and len(self.digests) >= MUCH_OWN

    @property
    def wholes(self) -> set[Part]:
        """Each function as a whole."""
        return {(form.name, form.whole) for form in self.form.functions if form.name in self.functions}

    @property
    def exact(self) -> tuple[bytes, ...]:
        """Digests of the functions with all names."""
        return tuple(function.exact for function in self.form.functions if function.name in self.functions)


# Many students write the same: in a large class, a set for each of them would take most of the memory.
@lru_cache(maxsize=10_000)
def _own(function: FunctionForm, given: frozenset[bytes]) -> frozenset[bytes]:
    return function.digests - given


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
    programs = [each for each in programs if each.functions or not each.form.complete]
    by_file = _together(programs, lambda each: each.form.file if each.has_own else None)
    small = len(programs) < SMALL_CLASS
    counts = Counter(digest for each in programs for digest in each.digests)
    by_chance = {} if small else close_pairs(programs, counts)
    unlikely = {pair for pair, expected in by_chance.items() if expected <= MOST_BY_CHANCE}
    alike = _together(programs, lambda each: each.exact if each.has_much else None) if small else unlikely
    groups = [_group([programs[at] for at in sorted(group)], counts) for group in _connected({*by_file, *alike})]
    return sorted(groups, key=lambda each: (not each.same_file, -each.statements, each.students))


def _together(programs: Sequence[SubmittedProgram], key: Callable[[SubmittedProgram], object]) -> set[Pair]:
    """Pairs of programs with the same key other than None, as many as connect all of them."""
    places: dict[object, list[int]] = {}
    for at, program in enumerate(programs):
        if (found := key(program)) is not None:
            places.setdefault(found, []).append(at)
    pairs = set[Pair]()
    for same in places.values():
        for one, other in combinations(same, 2) if len(same) <= RARE_AT_MOST else pairwise(same):
            if not programs[one].people & programs[other].people:
                pairs.add((one, other))
    return pairs


def close_pairs(programs: Sequence[SubmittedProgram], counts: Mapping[bytes, int]) -> dict[Pair, float]:
    """The pairs that share most of what is rare in one of them, and how many such pairs may be expected by chance.

    counts: how many programs have each statement.
    """
    most = min(max(RARE_STUDENTS, RARE_SHARE * len(programs)), RARE_AT_MOST)
    weights = [0.0] * len(programs)
    found: dict[Pair, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    rare = {digest for digest, programs_with_it in counts.items() if programs_with_it <= most}
    for places in _holders(programs, rare).values():
        weight = math.log(len(programs) / len(places))
        for at, names in places.items():
            weights[at] += weight * len(names)
        for one, other in combinations(places, 2):
            for name in _same_place(places[one], places[other]):
                found[one, other][name] += weight
    shared = {pair: sum(by_function.values()) for pair, by_function in found.items()}
    for pair, same in _same_functions(programs, most, weights).items():
        for name, each in same.items():
            found[pair][name] += sum(each)
            shared[pair] = shared.get(pair, 0.0) + (max(each) if name != ELSEWHERE else 0.0)
    close = {
        pair
        for pair, both in shared.items()
        if both >= LEAST_SHARE * min(weights[pair[0]], weights[pair[1]])
        and not programs[pair[0]].people & programs[pair[1]].people
    }
    chance = _Chance(len(programs), [by_function for pair, by_function in found.items() if pair not in close])
    return {pair: chance.expected(found[pair]) for pair in close}


def _same_functions(
    programs: Sequence[SubmittedProgram], most: float, weights: list[float]
) -> dict[Pair, dict[str, list[float]]]:
    """For each pair the functions of which one has all statements of the other, and what that weighs; then what it
    weighs that they are the same as a whole.

    Args:
        programs: the programs of the class.
        most: how many programs may have what is rare.
        weights: for each program, to which the weights of its own functions are added.
    """
    having: dict[Part, int] = defaultdict(int)  # for each statement or whole function, a bit for each program
    for at, program in enumerate(programs):
        for part in program.statements | program.wholes:
            having[part] |= 1 << at
    found: dict[Pair, dict[str, list[float]]] = defaultdict(dict)
    for at, program in enumerate(programs):
        own: dict[str, float] = defaultdict(float)
        within = [
            (0, name, reduce(and_, (having[name, each] | having.get((ELSEWHERE, each), 0) for each in digests)))
            for name, digests in program.functions.items()
            if name != ELSEWHERE
        ]
        same = [(1, name, having[name, whole]) for name, whole in program.wholes]
        for kind, name, which in (*within, *same):
            if which.bit_count() > most:
                continue
            others = [other for other in range(len(programs)) if which >> other & 1]
            weight = math.log(len(programs) / len(others))
            own[name] = max(own[name], weight)
            for other in others:
                if other != at:
                    by_function = found[min(at, other), max(at, other)].setdefault(name, [0.0, 0.0])
                    by_function[kind] = max(by_function[kind], weight)
        weights[at] += sum(weight for name, weight in own.items() if name != ELSEWHERE)
    return found


def _holders(programs: Sequence[SubmittedProgram], statements: Set[bytes]) -> dict[bytes, dict[int, set[str]]]:
    """For each of these statements the programs that have it, and in which functions."""
    holders: dict[bytes, dict[int, set[str]]] = defaultdict(dict)
    for at, program in enumerate(programs):
        for name, digest in program.statements:
            if digest in statements:
                holders[digest].setdefault(at, set()).add(name)
    return holders


def _same_place(one: set[str], other: set[str]) -> set[str]:
    """In which functions two programs have the same statement. One may have moved it into a helper."""
    if same := one & other:
        return same
    if ELSEWHERE in one:
        return {min(other)}
    return {min(one)} if ELSEWHERE in other else set()


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


def _group(programs: Sequence[SubmittedProgram], counts: Mapping[bytes, int]) -> CopyGroup:
    statements = [each.digests for each in programs]
    common = frozenset.intersection(*statements)
    same = sorted(name for name, _ in set.intersection(*(each.wholes for each in programs)))
    return CopyGroup(
        tuple(each.student for each in programs),
        len({each.form.file for each in programs}) == 1,
        len(common),
        max(map(len, statements)),
        sum(counts[digest] <= len(programs) + RARE_STUDENTS for digest in common),
        (*filter(None, same), *(["everything else"] if ELSEWHERE in same else [])),
    )
