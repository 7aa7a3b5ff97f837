"""Statistics of a class: the distribution of totals, item analysis of each check, and the effect of attempts.

The class is the whole population and no sample of one: quartiles are inclusive, and variances are divided by n.
"""

import math
import statistics
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from autograder.classroom.overview.collect import StudentSummary
from autograder.rubric import Check

BINS = 20  # of the histogram
FEWEST = 10  # people; a correlation or a reliability over fewer means next to nothing
LEAST_DISCRIMINATION = 0.1
NEARLY_NOBODY = 0.05  # a share of the people
MOST_ATTEMPTS = 6  # this many or more are one line


@dataclass(frozen=True)
class Quartiles:
    """Median and quartiles of a set of numbers; half of the numbers lie between the quartiles."""

    low: float
    median: float
    high: float


@dataclass(frozen=True)
class Bin:
    """A bar of the histogram."""

    place: int  # 0 is the first bar
    points: str  # the range of points, such as "5 to 10"
    people: int


@dataclass(frozen=True)
class Item:
    """Item analysis of one check."""

    number: str
    name: str
    out_of: float
    right: float  # share of people who got all its points
    earned: float  # mean share of its points; classical test theory calls it difficulty, although high means easy
    # The corrected item-total correlation: Pearson's r of this check's points with the sum of all others' (Guilford,
    # The correlation of an item with a composite of the remaining items in a test, Educational and Psychological
    # Measurement 13, 1953, 87-93). None if it does not exist or there are fewer than `FEWEST` people.
    discrimination: float | None
    unexplained: int  # how many were wrong in a way that no known mistake explains

    @property
    def remarks(self) -> tuple[str, ...]:
        """What may be wrong with the check itself."""
        hard = ["almost nobody is right"] if self.right < NEARLY_NOBODY else []
        if self.discrimination is None or self.discrimination >= LEAST_DISCRIMINATION:
            return tuple(hard)
        return (*hard, "does not separate strong from weak students")


@dataclass(frozen=True)
class Attempts:
    """The people with the same number of attempts."""

    number: int
    people: int
    totals: Quartiles
    gain: float | None  # median change from the first to the last score, as Gradescope had them; None if unknown


def quartiles(numbers: Sequence[float]) -> Quartiles:
    """Median and quartiles of at least one number (inclusive method, because the numbers are the whole population)."""
    if len(numbers) == 1:
        return Quartiles(numbers[0], numbers[0], numbers[0])
    return Quartiles(*statistics.quantiles(numbers, n=4, method="inclusive"))


def deviation(numbers: Sequence[float]) -> float:
    """The standard deviation of at least one number, as of a population."""
    return math.sqrt(_variance(numbers))


def _variance(numbers: Sequence[float]) -> float:
    mean = statistics.fmean(numbers)
    return statistics.fmean((number - mean) ** 2 for number in numbers)


def cronbachs_alpha(points: Sequence[Sequence[float]]) -> float | None:
    """The reliability of a sum of points: k / (k - 1) * (1 - sum of the k checks' variances / variance of the sums).

    Source: Cronbach, Coefficient alpha and the internal structure of tests, Psychometrika 16, 1951, 297-334. A check
    that gives everybody the same points says nothing about reliability and is left out, as in R's psych::alpha; so an
    awarded check does not count.

    Args:
        points: each person's points, one number for each check.

    Returns:
        1 if all checks agree about who is better, around 0 if they have nothing in common. None if alpha is not
        defined, because fewer than two checks differ or all sums are the same, or if there are fewer than `FEWEST`
        people.
    """
    if len(points) < FEWEST:
        return None
    checks = [check for check in zip(*points, strict=True) if len(set(check)) > 1]
    sums = _sums(points)
    if len(checks) < 2 or len(set(sums)) < 2:
        return None
    return len(checks) / (len(checks) - 1) * (1 - math.fsum(map(_variance, checks)) / _variance(sums))


def _sums(points: Iterable[Sequence[float]]) -> list[float]:
    """Each person's sum; rounded, so that equal sums are equal in whichever order they were added."""
    return [round(math.fsum(each), 6) for each in points]


def histogram(totals: Sequence[float], out_of: float) -> list[Bin]:
    """The totals in `BINS` equal parts of 0 to `out_of`; a full score belongs to the last.

    If an instructor gave somebody more than `out_of`, one more bar has these people.
    """
    counts = Counter(
        BINS if total > out_of else min(int(round(BINS * total / out_of, 6)), BINS - 1) for total in totals
    )
    step = out_of / BINS
    bars = [Bin(place, f"{step * place:g} to {step * (place + 1):g}", counts[place]) for place in range(BINS)]
    return [*bars, Bin(BINS, f"more than {out_of:g}", counts[BINS])] if counts[BINS] else bars


def analyze_items(
    checks: Sequence[Check], points: Sequence[Sequence[float]], unexplained: Mapping[str, int]
) -> list[Item]:
    """Analyze each check that gives points.

    Args:
        checks: all checks of the rubric.
        points: the points of at least one person, one number for each check that gives points. Totals are not used,
            because an instructor may have set them by hand.
        unexplained: how many people were wrong in each check in a way that no known mistake explains.
    """
    sums = _sums(points)
    giving = [check for check in checks if check.worth]
    return [
        _item(check, of_it, sums, unexplained.get(check.number, 0))
        for check, of_it in zip(giving, zip(*points, strict=True), strict=True)
    ]


def _item(check: Check, points: Sequence[float], sums: Sequence[float], unexplained: int) -> Item:
    right = sum(of_it >= check.points for of_it in points) / len(points)
    earned = statistics.fmean(points) / check.points
    rest = [round(total - of_it, 6) for total, of_it in zip(sums, points, strict=True)]
    about = correlation(points, rest) if len(points) >= FEWEST else None
    return Item(check.number, check.name, check.points, right, earned, about, unexplained)


def correlation(some: Sequence[float], others: Sequence[float]) -> float | None:
    """Pearson's r; None if one of the two is constant."""
    return statistics.correlation(some, others) if len(set(some)) > 1 and len(set(others)) > 1 else None


def attempts(students: Sequence[StudentSummary]) -> list[Attempts]:
    """Group the class by number of attempts; empty if nobody is known to have submitted more than once.

    Each member of a group counts.
    """
    groups: dict[int, list[StudentSummary]] = {}
    for student in students:
        if student.scores and student.total is not None:
            group = groups.setdefault(min(len(student.scores), MOST_ATTEMPTS), [])
            group += [student] * student.people
    if max(groups, default=0) < 2:
        return []
    return [_attempts(number, groups[number]) for number in sorted(groups)]


def gain(student: StudentSummary) -> float | None:
    """The change from the first to the last attempt's score; None if one of them is unknown."""
    if len(student.scores) < 2 or student.scores[0] is None or student.scores[-1] is None:
        return None
    return round(student.scores[-1] - student.scores[0], 2)


def _attempts(number: int, group: Sequence[StudentSummary]) -> Attempts:
    gains = [each for each in map(gain, group) if each is not None]
    totals = quartiles([student.total for student in group if student.total is not None])
    return Attempts(number, len(group), totals, statistics.median(gains) if gains else None)
