"""Sum a class up: how many people have which status, what was left aside, and the median."""

import statistics
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.classroom.discover.model import NO_FOLDER, NOTHING, ClassSubmission, Intake
from autograder.classroom.store import SubmissionRecord
from autograder.rubric import Lab
from autograder.text import clean, plural


@dataclass
class Counts:
    """How many people have which status. Whoever submitted together counts each; a submission of nobody known, once."""

    graded: int = 0
    not_graded: int = 0
    no_folder: int = 0
    nothing: int = 0
    submissions: int = 0

    def add(self, record: SubmissionRecord) -> int:
        """Count a record; returns the number of its people."""
        people = max(1, len(record.people))
        self.submissions += not record.absent
        if record.absent:
            self.no_folder += people if record.absent == NO_FOLDER else 0
            self.nothing += people if record.absent == NOTHING else 0
        elif record.graded:
            self.graded += people
        else:
            self.not_graded += people
        return people

    @property
    def people(self) -> int:
        """Everybody: the number of lines in grades.csv."""
        return self.graded + self.not_graded + self.no_folder + self.nothing

    @property
    def named(self) -> list[tuple[str, int]]:
        """Each status that somebody has, and how many have it; "graded" always."""
        absent = ((NO_FOLDER, self.no_folder), (NOTHING, self.nothing))
        every = (("Graded", self.graded), ("Not graded", self.not_graded), *absent)
        return [(name[0].lower() + name[1:], number) for name, number in every if number or name == "Graded"]

    def __str__(self) -> str:
        """In a line: "62 people: 57 graded, 3 not graded, 2 nothing submitted"."""
        return f"{people(self.people)}: {', '.join(f'{number} {name}' for name, number in self.named)}"


@dataclass(frozen=True)
class ClassSummary:
    """What came of grading a class, and where the files are."""

    text: str  # a few lines
    failed: int  # submissions at which the grader itself failed


def people(number: int) -> str:
    """ "1 person", "2 people"."""
    return f"{number} {'person' if number == 1 else 'people'}"


def summary(lab: Lab, found: Iterable[SubmissionRecord], out: Path, left_aside: int = 0) -> ClassSummary:
    """Sum up a graded class in a few lines. left_aside: how many files and folders belong to no submission."""
    counts, totals, failed, broken = Counts(), list[float](), 0, set[str]()
    for each in found:
        number = counts.add(each)
        totals += [each.points] * number if each.graded else []
        failed += each.again
        broken |= set(each.report.confinement.broken) if each.report else set()
    median = f"; the median is {statistics.median(totals):g} of {lab.rubric.points:g} points" if totals else ""
    details = "".join(f"\nnot guaranteed on this machine: {what}" for what in sorted(broken))
    reduced = f"\nconfinement: reduced (run `autograder doctor` for details){details}" if broken else ""
    text = (
        f"{counts}{median}\n{_of_files(counts.submissions, left_aside, out)}{reduced}\n"
        f"{out / 'grades.csv'}: the grades; results/ and feedback/ have a file for each submission\n"
        f"{out / 'report.html'}: statistics of the class; open it in a browser"
    )
    return ClassSummary(text, failed)


def _of_files(submissions: int, left_aside: int, out: Path) -> str:
    aside = (
        f"; {out / 'left_aside.csv'} lists the {left_aside} left aside" if left_aside else "; nothing was left aside"
    )
    return f"{plural(submissions, 'submission')}{aside}"


def listing(found: Intake) -> list[str]:
    """Who is who and what is left aside, line by line, before anything is graded."""
    lines = [_line(each) for each in found.submissions]
    lines += [f"{', '.join(map(str, each.people)) or each.id}: {each.status}" for each in found.absent]
    if found.left_aside:
        lines += ["", "left aside:"]
        lines += [f"  {clean(each.path, 300)}: {clean(each.reason)}" for each in found.left_aside]
    submitted = sum(max(1, len(each.people)) for each in found.submissions)
    absent = sum(max(1, len(each.people)) for each in found.absent)
    lines += ["", f"{people(submitted + absent)}: {submitted} submitted, {absent} did not"]
    lines += [f"{plural(len(found.submissions), 'submission')}; {len(found.left_aside)} left aside"]
    return [*lines, found_by(found.submissions)]


def found_by(submissions: Sequence[ClassSubmission]) -> str:
    """By whose rules for names the submissions were found, in a line."""
    platforms = Counter(each.platform for each in submissions)
    loose = platforms.pop("", 0)
    parts = [f"{number} named by {platform}" for platform, number in sorted(platforms.items())]
    parts += [f"{loose} in no platform's form, so taken by the names of folders and files"] if loose else []
    return ", ".join(parts)


def _line(each: ClassSubmission) -> str:
    parts = [f"{each.who}: {', '.join(clean(source, 200) for source in each.sources)}"]
    contacts = [clean(person.email or person.sid) for person in each.people if person.email or person.sid]
    parts += [f"known as {', '.join(contacts)}"] if contacts else []
    parts += ["late"] if each.late else []
    parts += [f"Not graded: {each.problem}"] if each.problem else []
    return "; ".join([*parts, *filter(None, [each.note])])
