"""A class made by code: a few submissions, really graded, of which every student gets some parts at random."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

from autograder.classroom.discover import ClassSubmission, Intake, intake
from autograder.classroom.discover.by_name import Wanted
from autograder.classroom.store import SubmissionRecord
from autograder.gradescope.export import Attempt
from autograder.outcome import CheckResult, GradeReport, Outcome
from autograder.roster import Person, Roster
from autograder.rubric import Lab
from autograder.sandbox.host.confinement import PURPOSE, Confinement

WANTED = Wanted("Lab4.py", "answers.yaml")
NOBODY = Roster()
FIRST = ("Ada", "Grace", "Zoë", "Wei", "Ngozi", "José", "Fatima", "Søren", "Mika", "Priya", "Olu", "Anna-Lena")
LAST = ("Adeyemi", "Brown", "Chen", "Dubois", "García", "Hopper", "Ivanov", "Jensen", "Kaya", "Lovelace", "Nguyen")
START = datetime(2025, 3, 1, 8, tzinfo=timezone.utc)


def look_into(path: Path, unpacked: Path, roster: Roster = NOBODY) -> Intake:
    """What is found at a path for Lab 4."""
    return intake(path, unpacked, WANTED, roster)


def find_submissions(path: Path, unpacked: Path) -> tuple[ClassSubmission, ...]:
    """The submissions that are found."""
    return look_into(path, unpacked).submissions


def report(lab: Lab, **outcomes: Outcome) -> GradeReport:
    """Every check right, but for those that are named, as `c3_1`."""
    checks = tuple(
        CheckResult(
            *(check.number, check.name, check.points),
            outcomes.get("c" + check.number.replace(".", "_"), Outcome(check.points, "right")),
        )
        for check in lab.rubric.checks
    )
    return GradeReport("Lab", "who", "cpu", checks, 1.0, Confinement(dict.fromkeys(PURPOSE, "")))


def kept(
    lab: Lab, id: str = "a", problem: str = "", people: tuple[Person, ...] = (), **outcomes: Outcome
) -> SubmissionRecord:
    """A submission, graded so unless there is a `problem`."""
    return SubmissionRecord(id, f"print of {id}", people, (), report(lab, **outcomes), problem)


def records(lab: Lab, reports: Sequence[GradeReport], number: int, seed: int = 1) -> Iterator[SubmissionRecord]:
    """So many students, the same for the same seed: each part of the lab (the checks of one tag) as one of the
    `reports` has it, the first of them more often; most of them after several attempts; some could not be graded."""
    chance = random.Random(seed)
    for index in range(number):
        id = f"submission_{1000 + index}"
        name = f"{chance.choice(FIRST)} {chance.choice(LAST)}"
        people = (Person(name, f"{index}@students.example.edu", f"{index:08}"),)
        fingerprint = f"{chance.getrandbits(128):032x}"
        if chance.random() < 0.01:
            yield SubmissionRecord(
                id, fingerprint, people, (), None, f"/home/{name}/{id}: there is nothing in it to grade"
            )
            continue
        report = _mixed(lab, reports, chance)
        yield SubmissionRecord(id, fingerprint, people, tuple(_attempts(report.points, chance)), report)


def _mixed(lab: Lab, reports: Sequence[GradeReport], chance: random.Random) -> GradeReport:
    able, best = chance.random(), reports[0]
    chosen: dict[str, GradeReport] = {}
    checks: list[CheckResult] = []
    for column, check in enumerate(lab.rubric.checks):
        part = check.tags[0] if check.tags else ""
        chosen.setdefault(part, best if chance.random() < able else chance.choice(reports))
        checks.append(chosen[part].checks[column])
    return replace(reports[0], checks=tuple(checks))


def _attempts(points: float, chance: random.Random) -> Iterator[Attempt]:
    many = chance.choice((1, 1, 2, 2, 3, 4, 5, 9))
    for attempt in range(many):
        score = round(points * (0.4 + 0.6 * (attempt + 1) / many), 2)
        yield Attempt(START + timedelta(hours=attempt), score, active=attempt == many - 1)
