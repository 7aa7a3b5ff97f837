"""The worklist: what needs a look, what was decided, and a second marker who sees nothing of it."""

import csv
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from conftest import RunVerb

from autograder import rubric
from autograder.classroom import store
from autograder.classroom.by_hand import override_file, overrides, worklist
from autograder.classroom.by_hand.naming import code
from autograder.classroom.by_hand.overrides import SECOND, Override
from autograder.classroom.by_hand.worklist import Item
from autograder.classroom.store import SubmissionRecord
from autograder.outcome import CheckResult, Finding, GradeReport, Outcome
from autograder.roster import Person
from autograder.sandbox.host.confinement import PURPOSE, Confinement
from autograder.submission.normal_form import FunctionForm, ProgramForm

WRONG = (Finding("w", "wrong", "is wrong"),)
ADA, BOB = Person("Ada", "ada@example.edu", "1"), Person("Bob", "bob@example.edu", "2")
EVE, ZOE = Person("Eve", "eve@example.edu", "3"), Person("Zoë", "zoe@example.edu", "4")


def report(lab: rubric.Lab, warning: str = "", **of_check: Outcome) -> GradeReport:
    """A report with all points but for some checks: c3_1 is check 3.1."""
    checks = tuple(
        CheckResult(
            check.number,
            check.name,
            check.worth,
            of_check.get(f"c{check.number.replace('.', '_')}", Outcome(check.worth, "right")),
        )
        for check in lab.rubric.checks
    )
    safe = Confinement(dict.fromkeys(PURPOSE, ""))
    return GradeReport("Lab", "who", "cpu", checks, 1.0, safe, warnings=(warning,) if warning else ())


@pytest.fixture
def folder(real_lab: rubric.Lab, tmp_path: Path) -> Path:
    """A class: Ada has two near misses, Bob a warning, Eve could not be graded, and nothing is wrong with Zoë."""
    near = Outcome(1.5, "x", WRONG, near=("w", "losses"), given=(("w", 0.83125),))
    hidden = Outcome(2.0, "x", WRONG, near=("w",))
    explained = Outcome(2.0, "x", WRONG, near=("w",), mistakes=(("some-mistake",),))
    for record in (
        SubmissionRecord("s1", "p", (ADA,), (), report(real_lab, c3_1=near, c3_2=hidden, c3_3=explained)),
        SubmissionRecord("s2", "p", (BOB,), (), report(real_lab, "the numbers are another student's")),
        SubmissionRecord("s3", "p", (EVE,), (), None, "there is only a rar"),
        SubmissionRecord("s4", "p", (ZOE,), (), report(real_lab)),
    ):
        store.write(tmp_path, record)
    return tmp_path


def test_everything_that_needs_a_look_is_listed(real_lab: rubric.Lab, folder: Path) -> None:
    assert list(worklist.lines(worklist.worklist(real_lab, folder))) == [
        "s2 (Bob), as a whole, 100 points: the numbers are another student's",
        "s3 (Eve), as a whole, no points: not graded: there is only a rar",
        "s1 (Ada), check 3.1, 1.5 points: close to the right value: w = 0.83125 and losses",
        "s1 (Ada), check 3.2, 2 points: close to the right value: w",
    ]


def test_same_numbers_and_programs_are_listed(real_lab: rubric.Lab, folder: Path) -> None:
    given = Outcome(1.0, "x", WRONG, given=(("w", 0.12345), ("losses", 6.54321)))
    form = ProgramForm(b"thisfile", (FunctionForm("train", bytes(range(120)), b"digest_4", b"digest_5"),))
    for id, who in (("s5", ZOE), ("s6", EVE)):
        store.write(folder, SubmissionRecord(id, "p", (who,), (), report(real_lab, c3_1=given), program=form))
    found = [each for each in worklist.worklist(real_lab, folder) if each.submission in ("s5", "s6")]
    assert [each.why for each in found] == [
        f"the same program as {other} (a hint, no proof); the same wrong numbers as {other} (a hint, no proof)"
        for other in ("s6", "s5")
    ]


@pytest.mark.parametrize(
    ("entry", "left"),
    [
        (Override("s1", "3.1", 4, "r"), ["s2", "s3", "s1 3.2"]),
        (Override("ada@example.edu", "3.2", leave=True), ["s2", "s3", "s1 3.1"]),
        (Override("s1", "total", 90, "r"), ["s2", "s3"]),
        (Override("s2", leave=True), ["s3", "s1 3.1", "s1 3.2"]),
        (Override("s3", "total", 50, "on paper"), ["s2", "s1 3.1", "s1 3.2"]),
        (Override("s2", "3.1", 0, "r"), ["s2", "s3", "s1 3.1", "s1 3.2"]),  # a check, and not the warning
        (Override("s2", comment="hello"), ["s2", "s3", "s1 3.1", "s1 3.2"]),
        (Override("s1", "total", 900, "r"), ["s2", "s3", "s1 3.1", "s1 3.2"]),  # more than the maximum: not applied
        (Override("s1", "3.1", 900, "r"), ["s2", "s3", "s1 3.1", "s1 3.2"]),
        (Override("s1", leave=True), ["s2", "s3", "s1 3.1", "s1 3.2"]),  # the whole, and not the near misses
    ],
)
def test_what_is_decided(real_lab: rubric.Lab, folder: Path, entry: Override, left: list[str]) -> None:
    override_file.put(folder, entry)
    found = worklist.worklist(real_lab, folder)
    assert [f"{each.submission} {each.check}".strip() for each in found if each.first is None] == left
    assert worklist.summary(found) == f"4 to review: {4 - len(left)} decided, {len(left)} open"


def test_second_marker_sees_neither_names_nor_the_first(folder: Path, run_verb: RunVerb) -> None:
    override, ada = ("override", folder, "s1", "3.1"), code("s1")
    assert run_verb(*override, "4", "--reason", "Rounded only.", "--by", "First").returncode == 0
    blind = run_verb("worklist", folder, "--blind").stdout
    assert f"{ada}, check 3.1, 1.5 points: close to the right value: w = 0.83125 and losses\n" in blind
    assert not any(word in blind for word in ("s1", "Ada", "Bob", "Eve", "example.edu", "First", "Rounded", "4 by"))
    assert blind.endswith(" --second\n4 to review: 0 decided, 4 open\n")

    override = ("override", folder, ada, "3.1")
    said = run_verb(*override, "3", "--reason", "Not rounded.", "--by", "Second", "--second")
    assert said.stdout == f"{folder}/second_marking.yaml: check 3.1 has 3 points now for {ada}\n"
    assert "3 by Second" in run_verb("worklist", folder, "--blind").stdout
    assert f"{ada}, check 3.1" not in run_verb("worklist", folder, "--blind", "--open").stdout
    assert [entry.points for entry in overrides.read(folder).entries] == [4]
    both = run_verb("worklist", folder).stdout
    assert "w = 0.83125 and losses | 4 by First | 3 by Second\n" in both
    assert both.endswith(" --leave]\n4 to review: 1 decided, 3 open; 1 decision by two: 0 the same, 1 differ\n")
    assert "s1 (Ada), check 3.1" not in run_verb("worklist", folder, "--open").stdout

    assert run_verb(*override, "--second", "--remove").returncode == 0
    assert overrides.read(folder, SECOND).entries == ()


def test_names_in_ids_and_reasons_are_hidden_from_a_second_marker(real_lab: rubric.Lab, tmp_path: Path) -> None:
    form = ProgramForm(b"thisfile", (FunctionForm("train", bytes(range(120)), b"digest_4", b"digest_5"),))
    ids = "Ada Byron_11_assignsubmission_file", "Bob_12_assignsubmission_file"
    for id in ids:
        store.write(
            tmp_path, SubmissionRecord(id, "p", (Person(id[:-27], "", ""),), (), report(real_lab), program=form)
        )
    warned = report(real_lab, "the answers are those of Ada Byron (byron@example.edu): Lab4_ada.py")
    store.write(tmp_path, SubmissionRecord("x", "p", (Person("Ada", "byron@example.edu", ""),), (), warned))
    found = list(worklist.lines(worklist.worklist(real_lab, tmp_path, blind=True), blind=True))
    assert sorted(found) == sorted(
        [
            *(
                f"{code(id)}, as a whole, 100 points: the same program as {code(other)} (a hint, no proof)"
                for id, other in (ids, ids[::-1])
            ),
            f"{code('x')}, as a whole, 100 points: the answers are those of … … (…@….…): Lab4_….py",
        ]
    )


@pytest.mark.parametrize("words", [("ada", "3.1", "4", "--reason", "r"), ("code-1", "--leave"), ("s9", "--remove")])
def test_messages_for_a_second_marker_name_nobody(folder: Path, run_verb: RunVerb, words: tuple[str, ...]) -> None:
    done = run_verb("override", folder, *words, "--second")
    assert done.returncode == 2
    assert "example.edu" not in done.stderr
    done = run_verb("override", folder, code("s3"), "3.1", "4", "--reason", "r", "--second")
    assert f"{code('s3')} could not be graded" in done.stderr
    assert f"there is no submission of '{code('s3')}'" in run_verb("override", folder, code("s3"), "--leave").stderr


def test_check_that_was_thrown_out_is_not_listed(real_lab: rubric.Lab, folder: Path) -> None:
    checks = tuple(
        msgspec.structs.replace(check, counts=check.number != "3.1", award=None) for check in real_lab.rubric.checks
    )
    the_lab = replace(real_lab, rubric=msgspec.structs.replace(real_lab.rubric, checks=checks))
    near = {number: Outcome(1.5, "x", WRONG, near=("w",)) for number in ("c3_1", "c3_2")}
    store.write(folder, SubmissionRecord("s1", "p", (ADA,), (), report(the_lab, **near)))
    shown = list(worklist.lines(worklist.worklist(the_lab, folder)))
    assert [line.partition(":")[0] for line in shown] == [
        "s2 (Bob), as a whole, 100 points",
        "s3 (Eve), as a whole, no points",
        "s1 (Ada), check 3.2, 1.5 points",
    ]


def test_another_rubric_is_refused_in_a_sentence(folder: Path, tmp_path: Path, run_verb: RunVerb) -> None:
    (folder / "results").mkdir()
    (folder / "results/s2.json").write_text('{"score": 1, "extra_data": {"rubric": "other"}}')
    done = run_verb("worklist", folder)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "it was graded by another rubric than" in done.stderr
    (folder / "results/s2.json").unlink()
    kept = store.read(folder, "s4")
    assert kept
    assert kept.report
    other = replace(kept.report, checks=(replace(kept.report.checks[0], number="99"),))
    store.write(folder, replace(kept, report=other))
    assert "name its lab with --lab" in run_verb("worklist", folder).stderr


def test_whatever_a_second_marker_decided_is_listed(folder: Path, run_verb: RunVerb) -> None:
    for words in (("s4", "total", "50.5"), ("s4", "2.1", "0"), ("s1", "3.1", "0")):
        run_verb("override", folder, *words, "--reason", "r", "--by", "Kim", "--second")
    run_verb("override", folder, "s4", "2.1", "1", "--reason", "r", "--by", "Jo")
    shown = run_verb("worklist", folder).stdout
    assert "s4 (Zoë), as a whole, 100 points: decided by a second marker | total 50.5 by Kim\n" in shown
    assert "s4 (Zoë), check 2.1, 1 point: decided by a second marker | 1 by Jo | 0 by Kim\n" in shown
    assert shown.count("check 3.1") == 1
    assert shown.endswith("6 to review: 1 decided, 5 open; 1 decision by two: 0 the same, 1 differ\n")


LEFT, FOUR, TOTAL = Override("s1", "1", leave=True), Override("s1", "1", 4, "r"), Override("s1", "total", 4, "r")


@pytest.mark.parametrize(
    ("points", "first", "second", "agree"),
    [
        (4, LEFT, FOUR, True),
        (4, LEFT, LEFT, True),
        (3, LEFT, FOUR, False),
        (3, FOUR, FOUR, True),
        (4, FOUR, TOTAL, False),
        (4, FOUR, None, False),
        (4, None, None, False),
    ],
)
def test_markers_agree_on_points(points: float, first: Override | None, second: Override | None, agree: bool) -> None:
    assert Item("s1", "Ada", "1", "why", points, first, second).agree == agree


def test_list_as_a_table(folder: Path, run_verb: RunVerb) -> None:
    bob = store.read(folder, "s2")
    assert bob
    store.write(folder, replace(bob, people=(replace(BOB, name="=cmd()"),)))
    done = run_verb("worklist", folder, "--out", folder / "list.csv")
    assert done.stdout == f"{folder}/list.csv: 4 to review: 0 decided, 4 open\n"
    with (folder / "list.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["Submission"], row["Name"], row["Check"], row["Points"]) for row in rows] == [
        ("s2", "'=cmd()", "", "100"),
        ("s3", "Eve", "", ""),
        ("s1", "Ada", "3.1", "1.5"),
        ("s1", "Ada", "3.2", "2"),
    ]
    run_verb("worklist", folder, "--out", folder / "list.csv", "--blind")
    assert "Ada" not in (folder / "list.csv").read_text()


def test_nothing_to_review(real_lab: rubric.Lab, tmp_path: Path, run_verb: RunVerb) -> None:
    store.write(tmp_path, SubmissionRecord("s4", "p", (ZOE,), (), report(real_lab)))
    assert run_verb("worklist", tmp_path).stdout == "0 to review: 0 decided, 0 open\n"
    assert "it contains no results of a class" in run_verb("worklist", tmp_path / "gone").stderr


def test_decisions_at_once_are_all_kept(folder: Path) -> None:
    numbers = [str(number) for number in range(24)]
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda number: override_file.put(folder, Override("s1", number, 1, "r")), numbers))
    assert sorted(entry.check for entry in overrides.read(folder).entries) == sorted(numbers)
