"""Find submissions with the same wrong numbers, so rare that chance hardly explains it: a hint to look, no more.

A number counts if no known mistake explains it, it has three digits or more, it belongs to inputs that all students
have, and hardly anybody gave it. Two such numbers have to agree. Numbers that follow from each other agree together,
so the checks that contain them are counted too: an uncommon mistake that two students make stays within one check.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

RARE_SUBMISSIONS, RARE_SHARE = 3, 0.02  # a number is rare if at most so many, or this share of them, have it
LEAST_AGREEING = 2
MOST_PAIRED = 12  # rare numbers considered per student, the rarest first


@dataclass(frozen=True)
class WrongAnswer:
    """A wrong number that no known mistake explains, written with six digits, and its quantity."""

    number: str
    quantity: str
    text: str


@dataclass(frozen=True)
class SimilarGroup:
    """Submissions with the same rare wrong numbers."""

    students: tuple[int, ...]  # positions
    numbers: tuple[tuple[WrongAnswer, int], ...]  # each with how many submissions have it

    @property
    def checks(self) -> int:
        """In how many checks their wrong numbers agree."""
        return len({wrong.number for wrong, _ in self.numbers})


def find_similar(given: Mapping[WrongAnswer, Sequence[int]], submissions: int) -> list[SimilarGroup]:
    """Find every group, ordered by the number of checks, then of numbers, in which it agrees.

    Args:
        given: for each wrong number, the positions of the submissions that have it.
        submissions: how many were graded. A group counts once, because its members did not copy from each other.
    """
    most = max(RARE_SUBMISSIONS, RARE_SHARE * submissions)
    rare = {wrong: tuple(who) for wrong, who in given.items() if 2 <= len(who) <= most}
    of_student: dict[int, list[WrongAnswer]] = {}
    for wrong in sorted(rare, key=lambda wrong: len(rare[wrong])):
        for student in rare[wrong]:
            of_student.setdefault(student, []).append(wrong)
    pairs: dict[tuple[WrongAnswer, ...], list[int]] = {}
    for student, numbers in of_student.items():
        for pair in combinations(numbers[:MOST_PAIRED], LEAST_AGREEING):
            pairs.setdefault(pair, []).append(student)
    groups = {tuple(who) for who in pairs.values() if len(who) > 1}
    found = [SimilarGroup(who, tuple(_shared(who, of_student, rare))) for who in groups]
    return sorted(found, key=lambda each: (-each.checks, -len(each.numbers), each.students))


def _shared(
    who: Sequence[int], of_student: Mapping[int, Sequence[WrongAnswer]], rare: Mapping[WrongAnswer, Sequence[int]]
) -> list[tuple[WrongAnswer, int]]:
    """The rare numbers that all of these submissions have, in the order of the checks."""
    common = set.intersection(*(set(of_student[student]) for student in who))
    in_order = sorted(common, key=lambda wrong: (wrong.number, wrong.quantity))
    return [(wrong, len(rare[wrong])) for wrong in in_order]
