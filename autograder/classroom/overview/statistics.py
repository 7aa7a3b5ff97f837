"""Statistics of a class: the distribution of totals, item analysis of each check, and the effect of attempts."""

import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from autograder.classroom.overview.collect import StudentSummary
from autograder.rubric import Check

BINS = 20  # of the histogram
FEWEST = 10  # students; a correlation over fewer means next to nothing
LEAST_DISCRIMINATION = 0.1
NEARLY_NOBODY = 0.05  # a share of the students
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
    students: int


@dataclass(frozen=True)
class Item:
    """Item analysis of one check."""

    number: str
    name: str
    out_of: float
    right: float  # share of students who got all its points
    earned: float  # mean share of its points; classical test theory calls it difficulty, although high means easy
    # The corrected item-total correlation: Pearson's r of this check's points with the sum of all others' (Guilford,
    # The correlation of an item with a composite of the remaining items in a test, Educational and Psychological
    # Measurement 13, 1953, 87-93). None if it does not exist or there are fewer than `FEWEST` students.
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
    """The students with the same number of attempts."""

    number: int
    students: int
    totals: Quartiles
    gain: float | None  # median change from the first to the last score, as Gradescope had them; None if unknown


def quartiles(numbers: Sequence[float]) -> Quartiles:
    """Median and quartiles of at least one number (inclusive method, because the numbers are the whole population)."""
    if len(numbers) == 1:
        return Quartiles(numbers[0], numbers[0], numbers[0])
    return Quartiles(*statistics.quantiles(numbers, n=4, method="inclusive"))


def histogram(totals: Sequence[float], out_of: float) -> list[Bin]:
    """The totals in `BINS` equal parts of 0 to `out_of`; a full score belongs to the last."""
    counts = Counter(min(int(BINS * total / out_of), BINS - 1) for total in totals)
    step = out_of / BINS
    return [Bin(place, f"{step * place:g} to {step * (place + 1):g}", counts[place]) for place in range(BINS)]


def analyze_items(
    checks: Sequence[Check], students: Sequence[StudentSummary], unexplained: Mapping[str, int]
) -> list[Item]:
    """Analyze each check that gives points, over the students whose checks were graded; empty if there are none."""
    graded = [student for student in students if student.total is not None and student.cells]
    found: list[Item] = []
    if not graded:
        return found
    for column, check in enumerate(check for check in checks if check.worth):
        points = [student.cells[column][0] for student in graded]
        rest = [round((student.total or 0.0) - of_it, 6) for student, of_it in zip(graded, points, strict=True)]
        right = sum(of_it >= check.points for of_it in points) / len(points)
        earned = statistics.fmean(points) / check.points
        about = correlation(points, rest) if len(points) >= FEWEST else None
        found.append(
            Item(check.number, check.name, check.points, right, earned, about, unexplained.get(check.number, 0))
        )
    return found


def correlation(some: Sequence[float], others: Sequence[float]) -> float | None:
    """Pearson's r; None if one of the two is constant."""
    try:
        return statistics.correlation(some, others)
    except statistics.StatisticsError:
        return None


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
