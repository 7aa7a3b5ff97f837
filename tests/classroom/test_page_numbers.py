"""Every number of the class page that follows from grades.csv, computed again from that file alone."""

import csv
import io
import random
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from pathlib import Path

import made
import msgspec
import numpy as np
import pytest

from autograder.checks.thrown_out import thrown_out
from autograder.classroom import grades_csv
from autograder.classroom.by_hand import apply
from autograder.classroom.by_hand.overrides import Override, Overrides
from autograder.classroom.discover.model import NO_FOLDER, NOTHING
from autograder.classroom.overview import page
from autograder.classroom.overview.collect import collect
from autograder.classroom.store import SubmissionRecord
from autograder.outcome import Outcome
from autograder.roster import Person
from autograder.rubric import Lab

SUBMISSIONS = 60
DECIDED = Overrides(
    Path("overrides.yaml"),
    (
        Override("s1", "total", 55.5, "on paper"),
        Override("s2", "total", 104, "a bonus", extra=True),
        Override("s3", "1.1", 9, "a bonus", extra=True),
        Override("s4", "4.1", 2.25, "the sheet was unclear"),
        Override("s5", comment="well done"),
        Override("s7", "total", 40, "there was only a rar"),  # not graded otherwise
    ),
)


def _lab(real_lab: Lab) -> Lab:
    """Lab 4 with two questions thrown out: everybody gets 3.2, and 5.1 does not count."""
    changes = {"3.2": {"award": "everyone"}, "5.1": {"counts": False}}
    checks = [msgspec.structs.replace(each, **changes.get(each.number, {})) for each in real_lab.rubric.checks]
    return replace(real_lab, rubric=msgspec.structs.replace(real_lab.rubric, checks=tuple(checks)))


def _records(lab: Lab) -> Iterator[SubmissionRecord]:
    chance = random.Random(4)
    for at in range(SUBMISSIONS):
        people = tuple(Person(f"P{at}-{n}", f"{at}.{n}@x.edu", f"{at}{n}") for n in range(chance.choice((1, 1, 2, 3))))
        if at % 20 == 7:
            yield SubmissionRecord(f"s{at}", f"{at}", people, (), None, "there is only a rar")
            continue
        able = chance.random()
        outcomes = {
            f"c{check.number.replace('.', '_')}": _outcome(check.points, able, chance) for check in lab.rubric.checks
        }
        record = made.kept(lab, f"s{at}", people=people, **outcomes)
        assert record.report
        checks = thrown_out(lab, record.report.checks)
        yield replace(record, report=replace(record.report, checks=checks, scale=lab.scale), note="late" * (at == 9))
    yield SubmissionRecord("s99", "99", (Person("Lost", "lost@x.edu", ""),) * 2, (), None, absent=NO_FOLDER)
    for at in range(3):
        yield SubmissionRecord("", f"{at} n", (Person(f"Nobody {at}", f"{at}@n.edu", ""),), (), None, absent=NOTHING)


def _outcome(points: float, able: float, chance: random.Random) -> Outcome:
    share = 1.0 if chance.random() < able else chance.choice((0.0, 0.25, 0.5))
    return Outcome(share * points, "", graded=share > 0)


@dataclass
class Shown(HTMLParser):
    """What stands on the page."""

    figures: dict[str, str] = field(default_factory=dict)
    tables: list[list[list[str]]] = field(default_factory=list)  # rows of cells
    bars: list[tuple[str, float]] = field(default_factory=list)  # title and height
    text: str = ""
    spread: bool = False  # inside the histogram
    table: bool = False  # inside a table

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        if tag == "svg":
            self.spread = known.get("class") == "spread"
        elif tag == "rect" and self.spread:
            self.bars.append(("", float(known["height"] or 0)))
        elif tag == "table":
            self.tables.append([])
            self.table = True
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            self.tables[-1][-1].append("")
        self.text = "" if tag in ("dt", "dd", "title") else self.text

    def handle_data(self, data: str) -> None:
        self.text += data
        if self.table and self.tables[-1] and self.tables[-1][-1]:
            self.tables[-1][-1][-1] += data.strip()

    def handle_endtag(self, tag: str) -> None:
        if tag == "dt":
            self.name = self.text
        elif tag == "dd":
            self.figures[self.name] = self.text
        elif tag == "title" and self.spread:
            self.bars[-1] = (self.text, self.bars[-1][1])
        self.table = self.table and tag != "table"


@dataclass
class Grades:
    """grades.csv."""

    rows: list[dict[str, str]]
    checks: dict[str, float]  # the column of each check, and its points

    @property
    def totals(self) -> np.ndarray:
        return np.array([float(row["Total Score"]) for row in self.rows if row["Total Score"]])

    @property
    def points(self) -> np.ndarray:
        """A row for each person whose checks were graded, a column for each check."""
        cells = [[row[check] for check in self.checks] for row in self.rows]
        return np.array([[float(cell) for cell in row] for row in cells if all(row)])


@pytest.fixture(scope="module")
def both(real_lab: Lab) -> tuple[Grades, Shown]:
    lab = _lab(real_lab)
    records = [apply.decided(record, DECIDED) for record in _records(lab)]
    rows = list(csv.DictReader(io.StringIO(grades_csv.to_csv(lab, records))))
    found = {column: re.fullmatch(r"[\d.]+: .* \(([\d.]+)\)", column) for column in rows[0]}
    shown = Shown()
    shown.feed(page.render(lab, collect(lab, records), left_aside=4))
    return Grades(rows, {column: float(match[1]) for column, match in found.items() if match}), shown


def test_class_has_all_that_is_difficult(both: tuple[Grades, Shown]) -> None:
    grades, _ = both
    statuses = [row["Status"] for row in grades.rows]
    assert len(statuses) > len({row["Submission ID"] for row in grades.rows})
    assert sum(status.startswith("Not graded") for status in statuses) > 2
    assert max(grades.totals) == 104
    assert len(grades.points) < len(grades.totals)  # a total by hand without checks
    assert max(grades.points[:, 0]) == 9 > grades.checks["1.1: Task 1 on paper: the values (6)"]
    assert not any(column.startswith("5.1:") for column in grades.checks)
    assert {column for column, points in zip(grades.checks, grades.points.T, strict=True) if len({*points}) == 1} == {
        "3.2: train: other numbers, every epoch (12)"
    }


def test_counts(both: tuple[Grades, Shown]) -> None:
    grades, shown = both
    statuses = Counter(re.split("[;:]", row["Status"])[0] for row in grades.rows)
    assert shown.figures["people"] == str(len(grades.rows))
    for name, number in statuses.items():
        assert shown.figures[name[0].lower() + name[1:]] == str(number)
    submitted = {row["Submission ID"] for row in grades.rows if row["Status"].startswith(("Graded", "Not graded"))}
    assert shown.figures["submissions"] == str(len(submitted)) == "60"
    assert shown.figures["files left aside"] == "4"


def test_figures_of_the_totals(both: tuple[Grades, Shown]) -> None:
    grades, shown = both
    low, middle, high = np.percentile(grades.totals, [25, 50, 75])
    assert shown.figures["median"] == f"{middle:.4g} / 100"
    assert shown.figures["quartiles"] == f"{low:.4g} and {high:.4g}"
    assert shown.figures["mean"] == f"{np.mean(grades.totals):.4g}"
    assert shown.figures["standard deviation"] == f"{np.std(grades.totals):.3g}"


def test_alpha(both: tuple[Grades, Shown]) -> None:
    grades, shown = both
    variances = [variance for variance in grades.points.var(axis=0) if variance > 1e-9]
    many = len(variances)
    alpha = many / (many - 1) * (1 - sum(variances) / grades.points.sum(axis=1).var())
    assert shown.figures["reliability (α)"] == f"{alpha:.2f}"
    assert 0.5 < alpha < 1


def test_bars(both: tuple[Grades, Shown]) -> None:
    grades, shown = both
    expected = {
        f"{low} to {low + 5}": sum((grades.totals >= low) & (grades.totals < low + 5)) for low in range(0, 95, 5)
    }
    expected["95 to 100"] = sum((grades.totals >= 95) & (grades.totals <= 100))
    expected["more than 100"] = sum(grades.totals > 100)
    most = max(expected.values())
    assert [(title.partition(" p")[0], re.sub(r"\D", "", title.partition(":")[2])) for title, _ in shown.bars] == [
        (span, str(number)) for span, number in expected.items() if number
    ]
    assert [height for _, height in shown.bars] == [
        pytest.approx(108 * number / most, abs=0.1) for number in expected.values() if number
    ]


def test_checks(both: tuple[Grades, Shown]) -> None:
    grades, shown = both
    _, *lines = shown.tables[0]
    sums = grades.points.sum(axis=1)
    for line, (column, out_of), points in zip(lines, grades.checks.items(), grades.points.T, strict=True):
        name, worth, right, earned, discrimination, *_ = line
        assert f"{name} ({worth})" == column.replace(": ", " ", 1)
        assert int(right.split()[0]) == pytest.approx(100 * np.mean(points >= out_of), abs=0.5)
        assert int(earned.split()[0]) == pytest.approx(100 * np.mean(points) / out_of, abs=0.5)
        if len({*points}) == 1:
            assert discrimination == "–"
        else:
            assert discrimination == f"{np.corrcoef(points, sums - points)[0, 1]:.2f}"


@pytest.mark.parametrize("entries", [(), (Override("a", "total", 50, "on paper"),)])
def test_table_without_graded_checks_has_no_columns_for_them(real_lab: Lab, entries: tuple[Override, ...]) -> None:
    record = SubmissionRecord("a", "a", (), (), None, "there is only a rar")
    shown = Shown()
    shown.feed(page.render(real_lab, collect(real_lab, [apply.decided(record, Overrides(Path(), entries))])))
    assert shown.tables[-1][0] == ["submitted by", "total", "attempts", "status"]
    assert len(shown.tables[-1][1]) == 4


def test_table(both: tuple[Grades, Shown]) -> None:
    grades, shown = both
    _, *lines = shown.tables[-1]
    members: dict[str, list[dict[str, str]]] = {}
    for row in grades.rows:
        members.setdefault(row["Submission ID"] or row["Name"], []).append(row)
    assert len(lines) == len(members)
    for (who, total, *cells, _, status), group in zip(lines, members.values(), strict=True):
        assert who == ", ".join(row["Name"] for row in group)
        for row in group:
            assert total == row["Total Score"]
            assert [cell.replace("–", "0") for cell in cells] == [row[column] for column in grades.checks]
            assert row["Status"].startswith(status)
