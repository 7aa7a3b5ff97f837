"""Gradebooks that importers accept, with everybody in them once, and feedback files that go back to their students."""

import csv
import io
import re
import shutil
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import importers
import pytest
from conftest import ROOT, RunClass, RunVerb
from frozen import changeable
from hypothesis import given
from hypothesis import strategies as st
from importers import CanvasUser

from autograder import roster
from autograder.classroom import lock, store
from autograder.classroom.handover import canvas, cells, feedback_list, gradebook, gradescope, moodle, spreadsheet
from autograder.classroom.handover.gradebook import Gradebook, GradebookRow, NoGrades
from autograder.classroom.handover.people import same_people
from autograder.classroom.store import SubmissionRecord
from autograder.gradescope.export import Attempt
from autograder.outcome import CheckResult, GradeReport, Outcome
from autograder.roster import Person, Roster, Student
from autograder.sandbox.host.confinement import PURPOSE, Confinement

ADA = Person("Ada Lovelace", "ada@example.edu", "00123")
BOB = Person("Bob B", "bob@example.edu", "")
ZERO = Person("Zoë Z", "zoe@example.edu", "7")
WHEN = datetime(2026, 3, 1, tzinfo=timezone.utc)


def record(id: str, *people: Person, points: float | None = 10.0, day: int | None = None) -> SubmissionRecord:
    checks = (CheckResult("1", "=one", 20.0, Outcome(points or 0.0, "x")), CheckResult("0", "x", 0.0, Outcome(0, "x")))
    report = GradeReport("Lab", "who", "cpu", checks, 1.0, Confinement(dict.fromkeys(PURPOSE, "")))
    attempts = () if day is None else (Attempt(WHEN + timedelta(days=day), None, active=True),)
    if points is None:
        return SubmissionRecord(id, "p", people, attempts, None, "there is only a rar")
    return SubmissionRecord(id, "p", people, attempts, report)


def book(records: Sequence[SubmissionRecord], known: Roster | None = None) -> Gradebook:
    remarks: list[str] = []
    rows = tuple(gradebook.rows_of(records, known, remarks))
    return Gradebook(rows, 20.0, (("1", "=one", 20.0),), "Lab", tuple(remarks))


def totals(found: Gradebook) -> dict[str, float | None]:
    return {row.name: row.total for row in found.rows}


def students(*people: Person) -> Roster:
    return Roster(tuple(Student(each.name, each.email, each.sid) for each in people))


def read(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True))


# ---------------------------------------------------------------- who is who


@pytest.mark.parametrize(
    ("people", "same"),
    [
        ([ADA, Person("A.", "ADA@example.edu ", "")], [0, 0]),
        ([ADA, Person("Ada", "", "00123")], [0, 0]),
        ([Person("Ada", "", "00123"), ADA], [0, 0]),
        ([ADA, Person("Eve", "eve@example.edu", "00123")], [0, 1]),
        ([ADA, Person("Eve", "eve@example.edu", "00123"), Person("?", "", "00123")], [0, 1, 2]),
        ([Person("Ada", "", ""), Person("Ada", "", "")], [0, 1]),
        ([Person("", "", "x"), Person("", "", " X")], [0, 0]),
    ],
)
def test_people_are_the_same_by_email_or_student_id(people: list[Person], same: list[int]) -> None:
    assert same_people(people) == same


@pytest.mark.parametrize(
    ("person", "place"),
    [
        (Person("x", "ada@EXAMPLE.edu", ""), ~0),
        (Person("x", "other@example.edu", "00123"), 0),  # somebody else's student ID
        (Person("Lovelace, Ada", "other@example.edu", "00123"), ~0),
        (Person("x", "", "7"), ~1),
        (Person("lovelaceada", "", ""), ~0),
        (Person("Lovelace, Ada", "", ""), ~0),
        (Person("Zoë Z", "eve@example.edu", ""), 0),
        (Person("Sam S", "", ""), 0),
    ],
)
def test_people_are_found_on_the_roster(person: Person, place: int) -> None:
    known = students(ADA, ZERO, Person("Sam S", "s1@example.edu", ""), Person("Sam S", "s2@example.edu", ""))
    assert same_people([person], known) == [place]


@pytest.mark.parametrize(
    ("person", "submission", "place"),
    [
        (Person("lovelaceada", "", ""), "lovelaceada_901", ~0),
        (Person("qzoe", "", ""), "qzoe_LATE_902_4711", ~2),
        (Person("x", "", "7"), "x_901", ~2),
        (Person("lovelaceada", "x@example.edu", ""), "lovelaceada_901", 0),
        (Person("x", "", ""), "x_903", 0),
        (Person("evil_901", "", ""), "evil_901", 0),  # a display name that ends in a number
    ],
)
def test_people_are_found_by_canvas_ids(person: Person, submission: str, place: int) -> None:
    columns = [{"Student": "", "ID": id, "Section": ""} for id in ("901", "902")]
    known = Roster(
        (
            Student("Ada Lovelace", "ada@example.edu", "00123", columns=columns[0]),
            Student("Ada Lovelace", "other@example.edu", ""),
            Student("Zoë Q", "", "7", columns=columns[1]),
        )
    )
    assert same_people([person], known, [submission]) == [place]


def test_two_of_one_name_are_nobody_on_the_roster() -> None:
    both = [Person("Same Name", "", ""), Person("Name, Same", "", "")]
    known = students(Person("Same Name", "s1@example.edu", ""))
    assert same_people(both, known) == [0, 1]
    assert same_people(both[:1], known) == [~0]


def test_wrong_student_id_takes_nobodys_place() -> None:
    assert same_people([Person("Eve", "eve@example.edu", "00123"), ADA], students(ADA)) == [0, ~0]


def test_newest_submission_counts_and_group_members_have_a_row_each() -> None:
    found = book([record("b", ADA, points=3, day=2), record("a", ADA, BOB, points=5, day=1), record("c", ZERO)])
    assert totals(found) == {"Ada Lovelace": 3, "Bob B": 5, "Zoë Z": 10}
    assert found.remarks == ("Ada Lovelace is in 2 submissions: b counts, a not",)
    unknown = book([record("b", ADA, points=None), record("a", ADA, points=5), record("submission_9")])
    assert totals(unknown) == {"Ada Lovelace": 5, "submission_9": 10}


def test_rows_are_the_rosters_in_its_order() -> None:
    found = book(
        [record("a", ADA), record("b", BOB), record("c", ZERO, points=None)], students(ZERO, ADA, Person("N", "", "9"))
    )
    assert list(totals(found).items()) == [("Zoë Z", None), ("Ada Lovelace", 10), ("N", None)]
    assert [row.status for row in found.rows] == ["not graded: there is only a rar", "", "nothing submitted"]
    assert found.remarks == ("graded, but not on the roster: Bob B (b)",)


def test_namesakes_are_told_apart_by_the_instructor() -> None:
    known = students(Person("Kim Lee", "kim1@example.edu", ""), Person("Kim Lee", "kim2@example.edu", ""), ADA)
    given = [record("Kim Lee_21", Person("Kim Lee", "", "")), record("Kim Lee_22", Person("Kim Lee", "", ""))]
    found = book([*given, record("a", ADA)], known)
    status = "who submitted Kim Lee_21, Kim Lee_22? Only the name is known, and not one person has it"
    assert [(row.total, row.status, row.feedback) for row in found.rows[:2]] == [(None, status, "")] * 2
    said = "graded, but more than one person may be meant: Kim Lee (Kim Lee_21); Kim Lee (Kim Lee_22)"
    assert found.remarks == (said,)


def test_whoever_has_no_grade_has_a_row_too(tmp_path: Path) -> None:
    for each in (record("a", ADA), record("c", ZERO, points=None)):
        store.write(tmp_path, each)
    listed = [store.Listed(id, (who,)) for id, who in (("a", ADA), ("b", BOB), ("c", ZERO))]
    absent = [
        store.Listed("submission_9", (Person("Fay", "fay@x.edu", ""),), "In the metadata, no folder"),
        store.Listed("", (Person("Nix", "nix@x.edu", ""),), "Nothing submitted"),
    ]
    store.write_run(tmp_path, store.LastRun((*listed, *absent)))
    rows = gradebook.collect(tmp_path).rows
    assert [(row.name, row.total, row.status) for row in rows] == [
        ("Ada Lovelace", 10, ""),
        ("Zoë Z", None, "not graded: there is only a rar"),
        ("Bob B", None, "not graded: no run has graded it yet; run `autograder class` with --resume"),
        ("Fay", None, "not graded: in the metadata, no folder"),
        ("Nix", None, "nothing submitted"),
    ]


def test_gradebook_overwrites_nothing_that_it_is_made_from(graded: Path, tmp_path: Path, run_verb: RunVerb) -> None:
    for target, said in (
        ("people.csv", "this is the class list; name another file with --out"),
        (graded / "grades.csv", "the class itself has this file; name another one with --out"),
        (graded / "../out/overrides.yaml", "the class itself has this file"),
    ):
        before = (tmp_path / "people.csv").read_bytes(), (graded / "grades.csv").read_bytes()
        done = run_verb("gradebook", graded, "--for", "csv", "--roster", "people.csv", "--out", target)
        assert (done.returncode, said in done.stderr) == (2, True), done.stderr
        assert before == ((tmp_path / "people.csv").read_bytes(), (graded / "grades.csv").read_bytes())


def test_gradebook_waits_for_a_run(graded: Path, run_verb: RunVerb) -> None:
    with lock.held(graded):
        done = run_verb("gradebook", graded, "--for", "csv")
    assert (done.returncode, "has been grading into it since" in done.stderr) == (2, True)


def test_data_cannot_be_changed() -> None:
    for module in ("people", "gradebook", "cells", "canvas", "moodle", "gradescope", "spreadsheet", "feedback_list"):
        assert changeable(f"autograder.classroom.handover.{module}") == set()


# ---------------------------------------------------------------- formats


GROUP = [record("a", ADA, BOB, points=7.25), record("c", ZERO, points=None)]


def test_canvas_imports_by_its_own_ids(tmp_path: Path) -> None:
    (tmp_path / "canvas.csv").write_text(
        "Student,ID,SIS User ID,SIS Login ID,Section,Lab 3 (17),Final Score\n"
        "    Points Possible,,,,,10,(read only)\n"
        '"Z, Zoë",903,7,zz,S1,4,1\n'
        '"Lovelace, Ada",901,123,ada@example.edu,S1,4,1\n'
        '"B, Bob",902,,bob@example.edu,"S1, S2",,\n'
        ",,,,,Manual Posting,\n"
        '"Student, Test",999,,,S1,,\n'
    )
    found = book(GROUP, roster.read(tmp_path / "canvas.csv"))
    users = [
        CanvasUser("901", "", "", ""),
        CanvasUser("902", "", "", ""),
        CanvasUser("903", "", "", ""),
    ]
    name, points, grades = importers.canvas(canvas.render(found, "Lab 4 (4711)"), users)
    assert (name, points) == ("Lab 4 (4711)", 20)
    assert {user.id: grade for user, grade in grades.items()} == {"903": "", "901": "7.25", "902": "7.25"}
    assert [row["Section"] for row in read(canvas.render(found, "L"))] == ["", "S1", "S1", "S1, S2"]


def test_canvas_imports_by_login_or_name_without_a_roster() -> None:
    users = [
        CanvasUser("1", "00123", "", ""),
        CanvasUser("2", "", "bob@example.edu", ""),
        CanvasUser("3", "", "", "Zoë Z"),
    ]
    text = canvas.render(book(GROUP), "Lab")
    assert list(importers.canvas(text, users)[2].values()) == ["7.25", "7.25", ""]


@pytest.mark.parametrize(
    ("assignment", "said"),
    [
        ("Lab 4 (4711)", []),
        ("Lab 4", ["Canvas makes a new assignment 'Lab 4'; for the one that is there write 'Lab 4 (4711)'"]),
        ("Lab", []),
        ("Lab 5", []),
    ],
)
def test_assignment_that_canvas_has_is_named(tmp_path: Path, assignment: str, said: list[str]) -> None:
    (tmp_path / "canvas.csv").write_text('Student,ID,Section,Lab 4 (4711)\n"Lovelace, Ada",901,S1,\n')
    found = book([record("lovelaceada_901", Person("lovelaceada", "", ""))], roster.read(tmp_path / "canvas.csv"))
    assert canvas.remarks(found, assignment) == said


def test_canvas_without_its_ids_is_said() -> None:
    said = ["Canvas may not know these people: give the gradebook that it exports with --roster"]
    assert canvas.remarks(book(GROUP), "Lab") == said


@pytest.mark.parametrize("name", ["Student", "Section", "My Final Score", "Current Points (4)"])
def test_canvas_would_skip_these_names(name: str) -> None:
    with pytest.raises(NoGrades, match="give another name with --assignment"):
        canvas.render(book(GROUP), name)


def test_moodle_imports_by_email() -> None:
    text, remarks = moodle.render(book([*GROUP, record("d", Person("No Address", "", ""))]), "Lab")
    grades, feedback = importers.moodle(text, {each.email: each.name for each in (ADA, BOB, ZERO)})
    assert grades == {"Ada Lovelace": 7.25, "Bob B": 7.25, "Zoë Z": None}
    assert feedback["Zoë Z"] == "not graded: there is only a rar"
    assert remarks == ["left out, because their email address is not known: No Address"]


def test_moodle_imports_by_student_id_if_more_have_one() -> None:
    people = [Person("A", "", "1"), Person("B", "b@example.edu", "2"), Person("C", "", "")]
    text, remarks = moodle.render(book([record(each.name, each) for each in people]), "Lab")
    assert importers.moodle(text, {"1": "A", "2": "B"})[0] == {"A": 10, "B": 10}
    assert remarks == ["left out, because their id number is not known: C"]
    with pytest.raises(NoGrades, match="--roster"):
        moodle.render(book([record("c", people[2])]), "Lab")


def test_grades_above_moodles_maximum_are_said() -> None:
    high = replace(book(GROUP), rows=(GradebookRow("Ada", "a@b", "", 101),))
    assert moodle.render(high, "Lab")[1] == ["above 100 points, which Moodle takes only where the site allows it: Ada"]


def test_gradescope_has_everybody_with_an_email(tmp_path: Path) -> None:
    text, remarks = gradescope.render(book([*GROUP, record("d", Person("No Address", "", "5"))]))
    ada, bob, zoe = read(text)
    assert (ada["SID"], ada["Total Score"], ada["Status"], ada["1: =one (20)"]) == ("00123", "7.25", "Graded", "7.25")
    assert (zoe["Total Score"], zoe["Status"], zoe["Max Points"]) == ("", "Ungraded", "20")
    assert bob["Email"] == "bob@example.edu"
    assert remarks == ["left out, because everybody on Gradescope has an email: No Address"]
    (tmp_path / "roster.csv").write_text(text)
    assert [each.email for each in roster.read(tmp_path / "roster.csv").students] == [
        each.email for each in (ADA, BOB, ZERO)
    ]


def test_spreadsheet_has_every_text_in_quotes_and_no_formula() -> None:
    text = spreadsheet.render(book([record("=1;=2", Person("＝cmd()", "+a@b", "@1"))]))
    assert text.startswith('\ufeff"Name","Email",')
    assert text.count("\r\n") == 2
    (row,) = read(text)
    assert (row["Name"], row["Email"], row["SID"], row["Submission"]) == ("'＝cmd()", "'+a@b", "'@1", "'=1;'=2")
    assert not re.search(r'[",;|]\s*[=+\-@＝＋－＠]', text)


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("ada@example.edu", "ada@example.edu"),
        ("+x@x.edu", "+x@x.edu"),
        ("-x.y+z@x-y.edu ", "-x.y+z@x-y.edu"),
        ("-7", "-7"),
        ("+4a.b_c", "+4a.b_c"),
        ("=1+1", None),
        ("@x.edu", None),
        ("＋x@x.edu", None),
        ("+x@x", None),
        ("-1+1", None),
        ("+cmd|' /C calc'!A0@x.edu", None),
        ("-SUM(A1)", None),
        ("+a,=b@x.edu", None),
        ("'+x@x.edu", None),
        ("", ""),
    ],
)
def test_identifying_cells_are_exact_or_missing(text: str, cell: str | None) -> None:
    assert cells.identifying_cell(text) == cell


SIGNED = [Person("Plus", "+x@x.edu", "-7"), Person("Two", "two@x.edu", "8"), Person("Evil", "=1+1@x.edu", "=1")]


def test_importers_find_people_whose_address_begins_with_a_sign() -> None:
    found = book([record(each.name, each) for each in SIGNED])
    left_out = "could be a formula in a spreadsheet: Evil"
    text, remarks = moodle.render(found, "Lab")
    assert importers.moodle(text, {"+x@x.edu": "Plus", "two@x.edu": "Two"})[0] == {"Plus": 10, "Two": 10}
    assert remarks == [f"left out, because their email address {left_out}"]
    users = [CanvasUser("1", "-7", "", ""), CanvasUser("2", "", "two@x.edu", "")]
    assert [user.id for user in importers.canvas(canvas.render(found, "Lab"), users)[2]] == ["1", "2"]
    assert canvas.remarks(found, "Lab")[0] == f"left out, because their ID or login {left_out}"
    text, remarks = gradescope.render(found)
    assert [row["Email"] for row in read(text)] == ["+x@x.edu", "two@x.edu"]
    assert remarks == [f"left out, because their email {left_out}"]
    rows: list[list[str]] = []
    list(feedback_list.noted([record("a", SIGNED[0])], rows))
    assert rows[0][:2] == ["+x@x.edu", "-7"]


def test_canvas_keeps_whoever_has_its_own_id() -> None:
    row = GradebookRow("Evil", "=1+1@x.edu", "=1", 5, columns={"ID": "3", "SIS User ID": "=1"})
    found = replace(book(GROUP), rows=(row,))
    assert canvas.remarks(found, "Lab") == []
    assert [each["ID"] + each["SIS User ID"] for each in read(canvas.render(found, "Lab"))] == ["", "3"]


@pytest.mark.parametrize("sid", ["0", " 0"])
def test_moodle_takes_0_for_no_id_number(sid: str) -> None:
    people = [Person("A", "", "1"), Person("Zero", "", sid)]
    text, remarks = moodle.render(book([record(each.name, each) for each in people]), "Lab")
    assert [row["ID number"] for row in read(text)] == ["1"]
    assert remarks == ["left out, because their id number is not known: Zero"]


@pytest.mark.parametrize(
    ("points", "cell"), [(0, "0"), (7.25, "7.25"), (100, "100"), (12345.678, "12345.68"), (1e-9, "0"), (None, "")]
)
def test_points_are_written_with_a_point_and_two_decimals(points: float | None, cell: str) -> None:
    assert cells.number_cell(points) == cell


NAMES = st.text(max_size=12)
PEOPLE = st.builds(
    Person,
    NAMES,
    st.sampled_from(["", "", "a@x.edu", "b@x.edu", "=c@x.edu", "d@x.edu", "A@x.edu"]),
    st.sampled_from(["", "", "1", "2", "-3", "00123"]),
)
RECORDS = st.lists(
    st.builds(
        lambda id, people, points, day: record(id, *people, points=points, day=day),
        st.text("ab_=1", min_size=1, max_size=8),
        st.lists(PEOPLE, max_size=3),
        st.none() | st.floats(0, 20).map(lambda number: round(number, 2)),
        st.none() | st.integers(0, 3),
    ),
    max_size=8,
    unique_by=lambda each: each.id,
)


@given(RECORDS)
def test_everybody_is_there_once(records: list[SubmissionRecord]) -> None:
    found = book(records)
    emails = [roster.identity(row.email) for row in found.rows if row.email]
    given = {roster.identity(each.email) for one in records for each in one.people if each.email}
    assert sorted(emails) == sorted(given)
    sids = {roster.identity(each.sid) for one in records for each in one.people if each.sid and not each.email}
    kept = {roster.identity(row.sid) for row in found.rows}
    with_email = {roster.identity(each.sid) for one in records for each in one.people if each.sid and each.email}
    assert sids <= kept | with_email
    assert len(found.rows) >= len(given)
    for row in found.rows:
        (one,) = (each for each in records if each.id == row.submission)
        assert row.total == (one.points if one.report else None)


@given(RECORDS)
def test_tables_are_read_back_equal(records: list[SubmissionRecord]) -> None:
    found = book(records)
    numbers = {row.submission: cells.number_cell(row.total) for row in found.rows}
    rows = read(spreadsheet.render(found))
    assert [roster.cell_text(row["Submission"]) for row in rows] == [row.submission for row in found.rows]
    assert all(row["Total"] == numbers[roster.cell_text(row["Submission"])] for row in rows)
    assert [roster.cell_text(row["Email"]) for row in rows] == [row.email for row in found.rows]
    users = [CanvasUser(str(place), "", "", "") for place in range(len(found.rows))]
    numbered = [replace(row, columns={"ID": str(place)}) for place, row in enumerate(found.rows)]
    _, _, grades = importers.canvas(canvas.render(replace(found, rows=tuple(numbered)), "Lab"), users)
    assert list(grades.values()) == [cells.number_cell(row.total) for row in found.rows]
    safe = [row for row in found.rows if row.email and cells.identifying_cell(row.email)]
    if len(safe) >= len({roster.identity(row.sid) for row in found.rows if row.sid}) and safe:
        text, remarks = moodle.render(found, "Lab")
        names = {row.email: roster.identity(row.email) for row in found.rows if row.email}
        moved, _ = importers.moodle(text, names)
        assert moved == {roster.identity(row.email): row.total for row in safe}
        assert bool(remarks) == (len(moved) < len(found.rows))
    assert {row["Email"] for row in read(gradescope.render(found)[0])} == {row.email for row in safe}


@given(st.lists(PEOPLE, max_size=6), RECORDS)
def test_roster_has_a_row_each_and_others_are_said(people: list[Person], records: list[SubmissionRecord]) -> None:
    unique = {roster.identity(each.email or each.sid): each for each in people if each.email or each.sid}
    sids = [each.sid for each in unique.values() if each.sid]
    known = students(*(each for each in unique.values() if sids.count(each.sid) < 2))
    found = book(records, known)
    assert [(row.email, row.sid) for row in found.rows] == [(each.email, each.sid) for each in known.students]
    graded = {row.submission for row in found.rows if row.total is not None}
    others = [each.id for each in records if each.report and each.id not in graded]
    assert not others or found.remarks


# ---------------------------------------------------------------- feedback


def test_only_seen_checks_are_in_the_feedback_of_a_gradebook() -> None:
    found = record("a", ADA)
    assert found.report
    checks = tuple(
        CheckResult(number, f"name {number}", 5.0, Outcome(1.0, "x"), decided=f"Reason {number}.")
        for number in ("1", "2")
    )
    shown = replace(found, report=replace(found.report, checks=checks, told="Told.", seen=("1",)))
    assert book([shown]).rows[0].feedback == "Told.\n1 name 1: Reason 1."


def test_feedback_list_has_a_line_for_each_person_with_a_page() -> None:
    rows: list[list[str]] = []
    assert list(feedback_list.noted(GROUP, rows)) == GROUP
    assert [(row["Email"], row["Page"]) for row in read(feedback_list.render(rows))] == [
        ("ada@example.edu", "feedback/a.html"),
        ("bob@example.edu", "feedback/a.html"),
    ]


@pytest.mark.parametrize(
    ("id", "name"),
    [
        ("Ada Lovelace_111_assignsubmission_file", "Ada Lovelace_111_assignsubmission_file_/feedback.html"),
        ("Ada Lovelace_111_assignsubmission_file_", "Ada Lovelace_111_assignsubmission_file_/feedback.html"),
        ("A_B C_111_assignsubmission_file-1", "A B C_111_assignsubmission_file_/feedback.html"),
        ("..~_111_assignsubmission_file", "student_111_assignsubmission_file_/feedback.html"),
        ("José_111", "José_111_assignsubmission_file_/feedback.html"),
        ("lovelaceada_111_222_Lab4.py", ""),
    ],
)
def test_feedback_files_are_named_as_moodle_names_them(id: str, name: str) -> None:
    row = GradebookRow("x", "", "", submission=id, platform="Moodle")
    assert moodle._file_name(row) == name
    assert moodle._file_name(replace(row, platform="Canvas")) == ""


# ---------------------------------------------------------------- the verb


@pytest.fixture
def graded(tmp_path: Path, run_class: RunClass) -> Path:
    """A class from Moodle, graded: Ada, Bob, and Eve with nothing that can run."""
    for name, example in (("Ada Lovelace_111", "forgot_zero_grad"), ("Bob B_112", "perfect_plain")):
        shutil.copytree(ROOT / "examples" / example, tmp_path / f"class/{name}_assignsubmission_file")
    (tmp_path / "class/Eve_113_assignsubmission_file").mkdir()
    (tmp_path / "class/Eve_113_assignsubmission_file/x.zip").write_bytes(b"PK\x03\x04")
    run_class(tmp_path / "class", tmp_path / "out")
    (tmp_path / "people.csv").write_text(
        "First name,Last name,ID number,Email address\n"
        "Eve,,3,eve@example.edu\nBob,B,2,bob@example.edu\nAda,Lovelace,1,ada@example.edu\nNo,Body,4,no@example.edu\n"
    )
    return tmp_path / "out"


def test_moodle_takes_grades_and_feedback_back(
    graded: Path, tmp_path: Path, run_class: RunClass, run_verb: RunVerb
) -> None:
    words = ("gradebook", graded, "--for", "moodle", "--roster", "people.csv", "--feedback", "feedback.zip")
    first = run_verb(*words)
    assert first.returncode == 0, first.stderr
    ada = "Ada Lovelace_111_assignsubmission_file"
    run_verb("override", graded, ada, "3.2", "10", "--reason", "fine")
    assert "overrides.yaml has changed since the feedback pages were written" in run_verb(*words).stderr
    run_class(tmp_path / "class", graded, "--resume")
    done = run_verb(*words, "--out", "g.csv")
    assert "g.csv: 4 people, 2 with a grade, 2 without\nfeedback.zip: 2 feedback pages\n" in done.stdout
    users = {f"{name}@example.edu": name for name in ("eve", "bob", "ada", "no")}
    grades, feedback = importers.moodle((tmp_path / "g.csv").read_text(), users)
    assert grades == {"bob": 100, "ada": 87, "eve": None, "no": None}
    assert feedback["eve"].startswith("not graded: ")
    assert "Reason: fine." in feedback["ada"]
    content = (tmp_path / "feedback.zip").read_bytes()
    for old in (False, True):
        pages = importers.moodle_feedback(content, {111: "ada", 112: "bob", 113: "eve"}, old=old)
        assert pages["ada"] == (graded / f"feedback/{ada}.html").read_bytes()
        assert b"Reason: fine." in pages["ada"]
    run_verb(*words)
    assert (tmp_path / "feedback.zip").read_bytes() == content


@pytest.mark.parametrize("platform", ["canvas", "gradescope", "csv"])
def test_each_platform_gets_its_file(graded: Path, tmp_path: Path, run_verb: RunVerb, platform: str) -> None:
    done = run_verb("gradebook", graded, "--for", platform, "--roster", "people.csv")
    assert done.returncode == 0, done.stderr
    rows = read((graded / "gradebook.csv").read_bytes().decode())
    assert len(rows) == 4 + (platform == "canvas")


def test_wrong_use_is_one_sentence(graded: Path, tmp_path: Path, run_verb: RunVerb) -> None:
    for words, said in (
        ((tmp_path, "--for", "csv"), "it contains no results of a class"),
        ((graded, "--for", "csv", "--feedback", "x.zip"), "--feedback makes a zip for Moodle; add --for moodle"),
        ((graded, "--for", "moodle"), "nobody has an email or a student ID, by which Moodle knows people"),
        ((graded, "--for", "canvas", "--assignment", "Section"), "give another name with --assignment"),
        ((graded, "--for", "csv", "--out", graded), "name another place with --out"),
    ):
        done = run_verb("gradebook", *words)
        assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr
        assert said in done.stderr


def test_two_rubrics_or_versions_make_no_gradebook(graded: Path, run_verb: RunVerb) -> None:
    results = graded / "results/Bob B_112_assignsubmission_file.json"
    results.write_text(re.sub(r'"rubric": "\w+"', '"rubric": "other"', results.read_text()))
    said = run_verb("gradebook", graded, "--for", "csv").stderr
    assert "its submissions were not all graded by the same rubric; run `autograder class` with --resume first" in said
    store.files_of(graded, "Bob B_112_assignsubmission_file")[-1].write_bytes(b"of another version")
    assert "another version wrote 1 record in it" in run_verb("gradebook", graded, "--for", "csv").stderr


def test_class_without_any_grade_makes_no_gradebook(tmp_path: Path, run_verb: RunVerb) -> None:
    store.write(tmp_path, record("a", ADA, points=None))
    assert "nothing in it is graded" in run_verb("gradebook", tmp_path, "--for", "csv").stderr
