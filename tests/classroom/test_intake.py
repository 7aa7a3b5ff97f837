"""Each file of the input belongs to one submission or is left aside; each person has one row."""

import contextlib
import csv
import io
import os
import zipfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made import NOBODY, WANTED, look_into
from test_sums import kept

from autograder.classroom import grades_csv, run, store
from autograder.classroom.discover import Intake, NoClass, blackboard, brightspace, canvas, moodle
from autograder.classroom.discover.by_name import endings
from autograder.classroom.discover.model import NO_FOLDER, NOTHING
from autograder.classroom.discover.naming import Platform
from autograder.classroom.overview.collect import collect
from autograder.classroom.summary import listing, people, summary
from autograder.classroom.worker import GradingTask
from autograder.roster import Person, Roster, Student
from autograder.rubric import Lab
from autograder.submission import Unreadable

ROSTER = Roster(
    (
        Student("Ada Lovelace", "ada@x.edu", "0042"),
        Student("Charles Babbage", "charles.babbage@x.edu", ""),
        Student("Wei Chen", "wei1@x.edu", ""),
        Student("Wei Chen", "wei2@x.edu", ""),
    )
)


def taken_in(tmp_path: Path, *names: str, roster: Roster = NOBODY) -> Intake:
    """What is found in a folder with these files; a name that ends in "/" is a folder."""
    folder = tmp_path / "class"
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.mkdir() if name.endswith("/") else path.write_text(name)
    return look_into(folder, tmp_path / "unpacked", roster)


def ids(found: Intake) -> list[str]:
    return [each.id for each in found.submissions]


def aside(found: Intake) -> dict[str, str]:
    return {each.path: each.reason for each in found.left_aside}


def inside(path: Path) -> list[str]:
    return sorted(each.name for each in path.iterdir())


# ---------------------------------------------------------------- names of platforms


@pytest.mark.parametrize(
    ("platform", "name", "owner", "called", "file"),
    [
        (canvas, "doejane_12_901_Lab4-1.py", "doejane_12", "doejane", "Lab4-1.py"),
        (canvas, "smith_jr_1235_6789_Lab4.py", "smith_jr_1235", "smith_jr", "Lab4.py"),
        (canvas, "lab_group_a_4711_900_my_2_files.py", "lab_group_a_4711", "lab_group_a", "my_2_files.py"),
        (canvas, "lab_group_1_4711_900_Lab4.py", "lab_group_1", "lab_group_1", "900_Lab4.py"),
        (canvas, "anon_aB3xY_101_Lab4.py", "anon_aB3xY", "anon_aB3xY", "Lab4.py"),
        (canvas, "gracehopper_12_text.html", "gracehopper_12", "gracehopper", "text.html"),
        (canvas, "王小明_12_901_Lab4.py", "王小明_12", "王小明", "Lab4.py"),
        (moodle, "Ada Lovelace_111_assignsubmission_file_Lab4.py", "Ada Lovelace_111", "Ada Lovelace", "Lab4.py"),
        (moodle, "Participant_7_assignsubmission_file_a.py", "Participant_7", "Participant 7", "a.py"),
        (blackboard, "Lab 4_alovelace_attempt_2026-11-02-09-12-33_Lab4.py", "Lab 4_alovelace", "alovelace", "Lab4.py"),
        (blackboard, "Lab 4_al_attempt_2026-11-02-09-12-33_b_attempt_2.py", "Lab 4_al", "al", "b_attempt_2.py"),
        (
            *(brightspace, "271836-442356 - Blake Payne - Dec 5, 2024 1149 AM - a - b.zip"),
            *("271836-442356 - Blake Payne", "Blake Payne", "a - b.zip"),
        ),
    ],
)
def test_name_of_a_platform(platform: Platform, name: str, owner: str, called: str, file: str) -> None:
    named = platform.read(name, folder=False)
    assert named
    assert (named.owner, named.name, named.file) == (owner, called, file)
    assert platform.read(name, folder=True) is None


@pytest.mark.parametrize(
    ("platform", "name"),
    [
        (canvas, "Lab4.py"),
        (canvas, "doe_12_Lab4.py"),
        (canvas, "doe_12_901_.."),
        (canvas, "Lab 4_doe_12_901_Lab4.py"),
        (moodle, "eve_999_888_ada_12345_assignsubmission_file_Lab4.py"),
        (moodle, "Ada_111_assignsubmission_file_.."),
        (blackboard, "Lab4_ada_attempt_2026-13-02-09-12-33_Lab4.py"),
        (blackboard, "Lab4_ada_attempt_2026-11-02-09-12-33.py"),
        (brightspace, "12345-678 - Ada Lovelace - Nov 2, 2026 1312 AM - Lab4.py"),
        (brightspace, "12345-678 - Ada Lovelace - Nov 31, 2026 912 AM - Lab4.py"),
        (brightspace, "12345-678 - Ada Lovelace - Bla 2, 2026 912 AM - Lab4.py"),
    ],
)
def test_name_of_no_platform(platform: Platform, name: str) -> None:
    assert platform.read(name, folder=False) is None


def test_times_in_names() -> None:
    midnight = brightspace.read("1-2 - Ada - Nov 2, 2026 1205 AM", folder=True)
    afternoon = brightspace.read("1-2 - Ada - Nov 2, 2026 112 PM", folder=True)
    assert midnight
    assert afternoon
    assert (midnight.when, afternoon.when) == (datetime(2026, 11, 2, 0, 5), datetime(2026, 11, 2, 13, 12))


# ---------------------------------------------------------------- classes


def test_canvas_text_and_link_have_rows(tmp_path: Path) -> None:
    found = taken_in(tmp_path, "gracehopper_12_text.html", "emmynoether_LATE_13_link.html", "doe_14_901_Lab4.py")
    doe, emmy, grace = found.submissions
    assert (grace.who, grace.problem, grace.late) == ("gracehopper", "text entry, no program", False)
    assert (emmy.who, emmy.problem, emmy.late) == ("emmynoether", "link, no program", True)
    assert (doe.who, doe.problem, doe.platform) == ("doe", "", "Canvas")
    assert doe.people == (Person("doe", "", ""),)


def test_canvas_anonymous_and_groups_are_paired(tmp_path: Path) -> None:
    pairs = ("anon_aB3xY_101", "anon_aB3xY_102", "smith_jr_1235_6789", "smith_jr_1235_6790")
    pairs += ("lab_group_a_4711_900", "lab_group_a_4711_901")
    files = ("Lab4.py", "answers.yaml")
    found = taken_in(tmp_path, *(f"{pair}_{files[number % 2]}" for number, pair in enumerate(pairs)))
    assert ids(found) == ["anon_aB3xY", "lab_group_a_4711", "smith_jr_1235"]
    assert all(inside(each.path) == ["Lab4.py", "answers.yaml"] for each in found.submissions)
    assert not any(person.sid for each in found.submissions for person in each.people)


def test_canvas_suffixes_lose_no_file(tmp_path: Path) -> None:
    found = taken_in(tmp_path, "doe_1_90_Lab4-1.py", "doe_1_91_Lab4-2.py", "roe_2_92_Lab4-1.py", "roe_2_93_notes.txt")
    doe, roe = found.submissions
    assert inside(doe.path) == ["Lab4-1.py", "Lab4-2.py"]
    assert inside(roe.path) == ["Lab4.py", "notes.txt"]
    (same,) = taken_in(tmp_path / "same", "doe_1_90_Lab4.py", "doe_1_91_Lab4.py").submissions
    assert {path.read_text() for path in same.path.iterdir()} == {"doe_1_90_Lab4.py", "doe_1_91_Lab4.py"}


@pytest.mark.parametrize("end", ["", "_"])
def test_moodle_text_and_files_are_one_submission(tmp_path: Path, end: str) -> None:
    ada = "Ada Lovelace_111_assignsubmission"
    found = taken_in(
        *(tmp_path, f"{ada}_file{end}/Lab4.py", f"{ada}_onlinetext{end}/onlinetext.html"),
        "Bob_112_assignsubmission_onlinetext/onlinetext.html",
    )
    ada_s, bob = found.submissions
    assert (ada_s.id, ada_s.who, ada_s.problem) == (f"{ada}_file{end}", "Ada Lovelace", "")
    assert {*ada_s.read_files().files} == {"Lab4.py", f"{ada}_onlinetext{end}/onlinetext.html"}
    assert (bob.who, bob.problem) == ("Bob", "text entry, no program")


def test_blackboard_last_attempt_counts(tmp_path: Path) -> None:
    ada = "Lab 4_alovelace_attempt_2026-11"
    receipt = tmp_path / "class" / f"{ada}-02-09-12-33.txt"
    receipt.parent.mkdir()
    receipt.write_text("Name: Ada Lovelace (alovelace)\nAssignment: Lab 4\n")
    found = taken_in(
        *(tmp_path, f"{ada}-01-08-00-00_Lab4.py", f"{ada}-02-09-12-33_Lab4.py", f"{ada}-02-09-12-33_answers.yaml"),
        "Lab 4_bob_attempt_2026-11-02-09-12-33.txt",
    )
    ada_s, bob = found.submissions
    assert (ada_s.id, ada_s.who, ada_s.metadata.attempt) == ("Lab 4_alovelace", "Ada Lovelace", 2)
    assert ada_s.created == datetime(2026, 11, 2, 9, 12, 33)
    assert inside(ada_s.path) == ["Lab4.py", "answers.yaml", "receipt.txt"]
    assert aside(found) == {
        f"{ada}-01-08-00-00_Lab4.py": "an earlier attempt of Ada Lovelace; the last one, of 2026-11-02 09:12:33, counts"
    }
    assert (bob.who, bob.problem) == ("bob", "text entry, no program")


@pytest.mark.parametrize(
    ("owners", "known", "users"),
    [
        (["Lab 4_alovelace"], (), ["alovelace"]),
        (["Lab 4_bob_x", "Lab 4_ada"], ("x",), ["bob_x", "ada"]),  # x is somebody else
        (["Lab_4_bob_x", "Lab_4_ada"], ("bob_x", "x"), ["bob_x", "ada"]),
        (["Lab 4_bob_x", "Lab 4_bob_y"], ("bob_x", "bob_y"), ["bob_x", "bob_y"]),
        (["Lab 4_anna", "Lab 4_anton"], (), ["anna", "anton"]),
    ],
)
def test_blackboards_user_names(owners: list[str], known: tuple[str, ...], users: list[str]) -> None:
    assert list(blackboard.users(owners, known.__contains__).values()) == users


def test_blackboard_takes_nobody_for_the_end_of_a_user_name(tmp_path: Path) -> None:
    names = [f"Lab 4_{user}_attempt_2026-11-02-09-12-33_Lab4.py" for user in ("bob_charles.babbage", "ada")]
    found = taken_in(tmp_path, *names, roster=ROSTER)
    assert {each.id: [person.email for person in each.people] for each in found.submissions} == {
        "Lab 4_ada": ["ada@x.edu"],
        "Lab 4_bob_charles.babbage": [""],
    }


def test_brightspace_flat_and_in_folders(tmp_path: Path) -> None:
    old, new = "12345-678 - Ada Lovelace - Nov 1, 2026 1100 PM", "12345-678 - Ada Lovelace - Nov 2, 2026 912 AM"
    for place, join in (("flat", " - "), ("folders", "/")):
        names = (f"{each}{join}{file}" for each in (old, new) for file in ("Lab4.py", "answers.yaml"))
        found = taken_in(tmp_path / place, *names, "12346-678 - Bob - Nov 2, 2026 912 AM - Lab4.py", "index.html")
        ada, bob = found.submissions
        assert (ada.who, bob.who) == ("Ada Lovelace", "Bob")
        assert {*ada.read_files().files} == {"Lab4.py", "answers.yaml"}
        assert {path for path in aside(found) if path != "index.html"} == (
            {f"{old} - Lab4.py", f"{old} - answers.yaml"} if place == "flat" else {old}
        )
        assert "index.html" in aside(found)


@pytest.mark.parametrize(
    "one",
    ["Ada Lovelace_111_assignsubmission_file", "11-22 - Ada Lovelace - Nov 2, 2026 912 AM", "submission_7"],
)
@pytest.mark.parametrize(
    "inside",
    [
        ("submission_metadata.yml", "submission_1/Lab4.py"),
        ("roejim_13_903_Lab4.py", "Lab4.py"),
        ("a/Lab4.py", "b/x.py"),
    ],
)
def test_only_submission_is_not_read_as_a_class(tmp_path: Path, one: str, inside: Sequence[str]) -> None:
    for around in ("", "export/"):
        found = taken_in(tmp_path / f"in{around}", *(f"{around}{one}/{name}" for name in inside))
        (ada,) = found.submissions
        assert ada.path.name == one
        assert {*ada.read_files().files} == {*inside}
        assert found.left_aside == ()


def test_flat_folder_is_paired_by_stem(tmp_path: Path) -> None:
    found = taken_in(tmp_path, "ada.py", "ada.yaml", "bob.py.txt", "carl.pdf", "notes.txt", "dan.tar.gz")
    assert ids(found) == ["ada", "bob.py.txt", "carl.pdf", "dan.tar.gz"]
    assert inside(found.submissions[0].path) == ["ada.py", "ada.yaml"]
    assert aside(found) == {"notes.txt": "it is no program, answers, archive or document of a student"}
    lab = taken_in(tmp_path / "lab", "ada_Lab4.py", "ada_answers.yaml", "Lab4-bob (1).py", "Lab4.pdf")
    assert ids(lab) == ["Lab4-bob (1).py", "ada"]
    assert [*aside(lab)] == ["Lab4.pdf"]


def test_pairing_ignores_case_and_unicode_form(tmp_path: Path) -> None:
    names = ("Ada.py", "ada.yaml", "ren\u00e9.py", "rene\u0301.yaml", "BOB_Lab4.py", "bob_answers.yaml", "STRASSE.py")
    roster = Roster((Student("Ada Lovelace", "ada@x.edu", ""), Student("Ren\u00e9", "ren\u00e9@x.edu", "")))
    for number, known in enumerate((NOBODY, roster)):
        found = taken_in(tmp_path / str(number), *names, "stra\u00dfe.yaml", roster=known)
        assert ids(found) == ["Ada", "BOB", "STRASSE", "ren\u00e9"]
        assert all(len(each.sources) == 2 for each in found.submissions)
        assert found.left_aside == ()


def test_two_programs_are_two_students_whatever_their_case(tmp_path: Path) -> None:
    found = taken_in(tmp_path, "Ada.py", "ada.py", "ada.yaml")
    assert [each.sources for each in found.submissions] == [("Ada.py",), ("ada.py", "ada.yaml")]


def test_files_beside_a_folder_are_paired_by_case_and_unicode_form_too(tmp_path: Path) -> None:
    found = taken_in(tmp_path, "Ada/Lab4.py", "ada.yaml", "ren\u00e9/Lab4.py", "rene\u0301.yaml")
    assert ids(found) == ["Ada", "ren\u00e9"]
    assert [len(each.sources) for each in found.submissions] == [2, 2]


def test_answers_alone_are_a_class_too(tmp_path: Path) -> None:
    found = taken_in(tmp_path / "flat", "ada_answers.yaml", "bob.yaml", "carl.pdf", "notes.txt")
    assert len(found.submissions) == 3
    assert [*aside(found)] == ["notes.txt"]
    beside = taken_in(tmp_path / "folders", "ada_answers.yaml", "carl.pdf", "dora/Lab4.py")
    assert ids(beside) == ["dora"]  # beside folders, files without a program are the instructor's


def test_files_beside_a_folder_of_the_same_name_belong_to_it(tmp_path: Path) -> None:
    found = taken_in(tmp_path, "ada/Lab4.py", "ada.yaml", "bob/Lab4.py")
    assert ids(found) == ["ada", "bob"]
    assert {*found.submissions[0].read_files().files} == {"Lab4.py", "ada/ada.yaml"}


@pytest.mark.parametrize(
    ("name", "rest"),
    [
        *[("Lab4.py", ""), ("lab4 (1).py", ""), ("Lab 4-2.ipynb", ""), ("answers.yaml.txt", ""), ("Lab4_v2.py", "v2")],
        *[("ada_Lab4 (1).py", "ada"), ("Lab4-ada.py", "ada"), ("123.py", "123"), ("collab4.py", "collab4")],
    ],
)
def test_what_a_name_says_beside_what_the_lab_asks_for(name: str, rest: str) -> None:
    assert WANTED.rest(name) == rest


def test_endings() -> None:
    assert endings("bob.tar.gz") == ("bob", ".tar.gz")
    assert endings("bob.py.txt") == ("bob", ".py.txt")
    assert endings("ada.b.PY") == ("ada.b", ".py")
    assert endings(".py") == (".py", "")
    assert endings("notes.v2.txt") == ("notes.v2", ".txt")


def test_own_folder_is_one_submission(tmp_path: Path) -> None:
    found = taken_in(tmp_path, "Lab4.py", "answers.yaml", "helpers/a.py", ".DS_Store")
    assert ids(found) == ["class"]
    assert {*found.submissions[0].read_files().files} == {"Lab4.py", "answers.yaml", "helpers/a.py"}
    assert ids(taken_in(tmp_path / "template", "Lab4.py", "ada/Lab4.py", "bob/Lab4.py")) == ["Lab4.py", "ada", "bob"]


def test_people_by_roster(tmp_path: Path) -> None:
    names = (
        "ada@x.edu/",
        "charles_LATE_9_1_Lab4.py",
        "babbagecharles_9_2_Lab4.py",
        "Wei Chen_1_assignsubmission_file/",
    )
    found = taken_in(tmp_path, *names, roster=ROSTER)
    who = {each.id: each.people for each in found.submissions}
    assert who["ada@x.edu"] == (Person("Ada Lovelace", "ada@x.edu", "0042"),)
    assert who["babbagecharles_9"] == (Person("Charles Babbage", "charles.babbage@x.edu", ""),)
    assert who["charles_9"] == (Person("charles", "", ""),)
    assert who["Wei Chen_1_assignsubmission_file"] == (Person("Wei Chen", "", ""),), "two people have this name"
    assert [(each.status, each.people[0].email) for each in found.absent] == [
        *((NOTHING, "wei1@x.edu"), (NOTHING, "wei2@x.edu"))
    ]


def test_files_by_student_number_and_encoded_email(tmp_path: Path) -> None:
    found = taken_in(tmp_path, "0042/Lab4.py", "o%27neil@x.edu/Lab4.py", "charles.babbage.txt", roster=ROSTER)
    assert [each.people for each in found.submissions] == [
        (Person("Ada Lovelace", "ada@x.edu", "0042"),),
        (Person("Charles Babbage", "charles.babbage@x.edu", ""),),
        (Person("", "o'neil@x.edu", ""),),
    ]


def test_two_of_one_name_on_a_platform_are_two_people(tmp_path: Path) -> None:
    files = (f"Ada Lovelace_{number}_assignsubmission_file/Lab4.py" for number in (1, 2))
    found = taken_in(tmp_path, *files, roster=ROSTER)
    assert [each.people for each in found.submissions] == [(Person("Ada Lovelace", "", ""),)] * 2
    assert "ada@x.edu" in [each.people[0].email for each in found.absent]


def test_one_person_twice(tmp_path: Path) -> None:
    taken_in(tmp_path, "ada@x.edu/Lab4.py", "ada@x.edu.zip", "bob/Lab4.py", "bob.zip")
    for old in ("ada@x.edu.zip", "bob"):
        os.utime(tmp_path / "class" / old, (1, 1))
    found = look_into(tmp_path / "class", tmp_path / "again")
    assert [(each.id, each.note) for each in found.submissions] == [
        ("ada@x.edu", "submitted more than once; the newest counts, not ada@x.edu.zip"),
        ("bob.zip", "submitted more than once; the newest counts, not bob"),
    ]
    assert aside(found) == {
        "ada@x.edu.zip": "ada@x.edu submitted again: ada@x.edu counts",
        "bob": "bob submitted again: bob.zip counts",
    }


def submitted(*people: str, created: str = "") -> str:
    """The metadata of one submission. people: "ada", or "ada 7" with a student number."""
    named = [each.split(" ") for each in people]
    lines = [
        f"  - :name: {name.title()}\n    :email: {name}@x.edu\n" + "".join(f"    :sid: '{sid}'\n" for sid in sids)
        for name, *sids in named
    ]
    return "".join(("  :submitters:\n", *lines, f"  :created_at: {created}\n" if created else ""))


METADATA = {
    "submission_1": submitted("ada", "bob", created="2026-11-02 10:00:00 -05:00"),
    "submission_2": submitted("bob", created="2026-11-03 10:00:00 -05:00"),
    "submission_3": submitted("cyd"),
    "submission_4": submitted("ADA"),
}


def test_gradescope_reconciled(tmp_path: Path) -> None:
    (tmp_path / "class/export").mkdir(parents=True)
    (tmp_path / "class/export/submission_metadata.yml").write_text(
        "".join(f"{name}:\n{text}" for name, text in METADATA.items())
    )
    files = ("export/submission_1/Lab4.py", "export/submission_2/Lab4.py", "export/extra/x.py", "__MACOSX/x")
    found = taken_in(tmp_path, *files, roster=ROSTER)
    one, two = found.submissions
    assert [person.name for person in one.people] == ["Ada Lovelace"]
    assert one.note == "Bob submitted again: submission_2 counts there"
    assert two.note == "not on the class list: Bob; submitted more than once; the newest counts, not submission_1"
    assert [(each.status, each.people[0].name) for each in found.absent] == [
        *((NO_FOLDER, "Cyd"), (NOTHING, "Charles Babbage"), (NOTHING, "Wei Chen"), (NOTHING, "Wei Chen"))
    ]
    assert aside(found) == {
        "__MACOSX": "an operating system or a tool made it",
        "export/submission_metadata.yml": "read as the export's metadata",
        "export/extra": "it is no part of Gradescope's export",
        "submission_4": "in the metadata, no folder; submission_1 counts for Ada",
    }


def test_what_is_not_unpacked_is_listed(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        for name in ("c/ada/Lab4.py", "c/ada/.DS_Store", "c/bob/Lab4.py", "__MACOSX/c/._x", f"c/{'y' * 300}"):
            archive.writestr(name, "x = 1")
        archive.writestr("c/bob/cyd/Lab4.py", "x")
    found = look_into(tmp_path / "x.zip", tmp_path / "unpacked")
    assert ids(found) == ["ada", "bob"]
    assert aside(found) == {
        "__MACOSX": "an operating system or a tool made it",
        f"c/{'y' * 300}": "its name or path cannot be written here",
    }


SHARED = {
    "submission_1": submitted("ada 1", created="2026-11-01 10:00:00 +0000"),
    "submission_2": submitted("mal 1", created="2026-11-02 10:00:00 +0000"),
    "submission_3": submitted("carl 0", "dora 0", created="2026-11-02 10:00:00 +0000"),
    "submission_4": submitted("eve 0", created="2026-11-03 10:00:00 +0000"),
    "submission_5": submitted("fay 0"),
    "submission_6": submitted("carol 777", created="2026-11-03 10:00:00 +0000"),
}


def test_equal_student_numbers_make_nobody_somebody_else(tmp_path: Path) -> None:
    (tmp_path / "class").mkdir()
    (tmp_path / "class/submission_metadata.yml").write_text("".join(f"{id}:\n{text}" for id, text in SHARED.items()))
    victims = Roster((Student("Ada", "ada@x.edu", "1"), Student("Victim", "victim@x.edu", "777")))
    found = taken_in(tmp_path, *(f"{id}/Lab4.py" for id in SHARED if id != "submission_5"), roster=victims)
    emails = {each.id: [person.email for person in each.people] for each in found.submissions}
    assert emails == {
        "submission_1": ["ada@x.edu"],
        "submission_2": ["mal@x.edu"],
        "submission_3": ["carl@x.edu", "dora@x.edu"],
        "submission_4": ["eve@x.edu"],
        "submission_6": ["carol@x.edu"],
    }
    assert [(each.status, each.people[0].email) for each in found.absent] == [
        (NO_FOLDER, "fay@x.edu"),
        (NOTHING, "victim@x.edu"),
    ]
    notes = {each.id: each.note for each in found.submissions}
    assert notes["submission_1"] == "somebody else has the student ID of Ada too"
    assert notes["submission_2"] == "somebody else has the student ID of Mal too; not on the class list: Mal"
    assert notes["submission_6"] == "somebody else has the student ID of Carol too; not on the class list: Carol"


def test_another_email_of_the_same_person(tmp_path: Path) -> None:
    """The student number and the name agree, so it is the one on the class list."""
    (tmp_path / "class").mkdir()
    (tmp_path / "class/submission_metadata.yml").write_text(f"submission_1:\n{submitted('ada 42')}")
    listed = Roster((Student("Ada", "ada.lovelace@y.edu", "42"),))
    (one,) = taken_in(tmp_path, "submission_1/Lab4.py", roster=listed).submissions
    assert [person.email for person in one.people] == ["ada.lovelace@y.edu"]


def test_number_alone_belongs_to_the_one_email_with_it(tmp_path: Path) -> None:
    (tmp_path / "class").mkdir()
    alone = "  :submitters:\n  - :name: A\n    :sid: '42'\n  :created_at: 2026-11-03 10:00:00 +0000\n"
    first = submitted("ada 42", created="2026-11-01 10:00:00 +0000")
    (tmp_path / "class/submission_metadata.yml").write_text(f"submission_1:\n{first}submission_2:\n{alone}")
    found = taken_in(tmp_path, "submission_1/Lab4.py", "submission_2/Lab4.py")
    assert [each.id for each in found.submissions] == ["submission_2"]
    assert aside(found)["submission_1"] == "Ada submitted again: submission_2 counts"


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_files_of_one_place_in_a_zip_are_both_listed(tmp_path: Path) -> None:
    entries = (("ada_12_900_Lab4.py", "old"), ("ada_12_900_Lab4.py", "new"), ("bob_13_901_Lab4.py", "own"))
    odd = (("../bob_13_901_Lab4.py", "other"), ("x\\..\\bob_13_902_y.py", "y"), ("x/bob_13_902_y.py", "z"))
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        for name, text in (*entries, *odd):
            archive.writestr(name, text)
    found = look_into(tmp_path / "x.zip", tmp_path / "unpacked")
    texts = {each.id: [*each.read_files().files.values()] for each in found.submissions}
    assert texts == {"ada_12": [b"new"], "bob_13": [b"own"], "x": [b"z"]}
    assert sorted(aside(found)) == ["../bob_13_901_Lab4.py", "ada_12_900_Lab4.py", "x/../bob_13_902_y.py"]
    assert {*aside(found).values()} == {"the zip has another file for this place, and that one counts"}


# ---------------------------------------------------------------- the rule

PEOPLE = ("ada", "Ada Lovelace", "smith_jr", "ada@x.edu", "0042", "Wei Chen", "anon", "é王", "lab group 1", "x_1_2")
FILES = (
    "Lab4.py",
    "Lab4-1.py",
    "lab4-2.PY",
    "answers.yaml",
    "a_1_2_b.py",
    "x.pdf",
    "notes.txt",
    "a.rar",
    "q.zip",
    "..py",
)
WORDS = st.sampled_from(PEOPLE)
NUMBERS = st.integers(1, 12).map(str)
FORMS = (
    *("{who}_{n}_{m}_{file}", "{who}_LATE_{n}_{m}_{file}", "anon_aB3x{n}_{m}_{file}", "{who}_{n}_text.html"),
    *("{who}_{n}_link.html", "{who}_{n}_assignsubmission_file/{file}", "{who}_{n}_assignsubmission_file_{file}"),
    *("{who}_{n}_assignsubmission_onlinetext/onlinetext.html", "Lab 4_{who}_attempt_2026-11-0{d}-09-12-33_{file}"),
    *("Lab 4_{who}_attempt_2026-11-0{d}-09-12-33.txt", "{n}-{m} - {who} - Nov {d}, 2026 912 AM - {file}"),
    *("{n}-{m} - {who} - Nov {d}, 2026 912 AM/{file}", "{who}/{file}", "{who}.py", "{who}.yaml", "{who}.py.txt"),
    *("{who}.pdf", "{who}.zip", "{who}_{file}", "{file}", ".DS_Store", "__MACOSX/{file}", "index.html", "{who}/"),
    *("submission_{n}/{file}", "__pycache__/{file}", "{who}/deep/{file}", "empty/", "{who}.txt"),
)
NAMES = st.builds(
    lambda form, who, n, m, d, file: form.format(who=who, n=n, m=m, d=d, file=file),
    *(st.sampled_from(FORMS), WORDS, NUMBERS, NUMBERS, st.integers(1, 3), st.sampled_from(FILES)),
)
WHO = st.sampled_from(("ada", "bob", "cyd", "ada 0042", "bob 0042", "cyd 7", "eve 7", "eve 0"))
SUBMITTERS = st.dictionaries(NUMBERS, st.lists(WHO, max_size=2), max_size=4)


def write(folder: Path, names: list[str], metadata: dict[str, list[str]] | None) -> None:
    folder.mkdir()
    for name in names:
        path = folder / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.mkdir(exist_ok=True) if name.endswith("/") else path.write_text(f"x = {name!r}")
        except OSError:
            continue  # a file where a folder should be
    if metadata is not None:
        lines = [f"submission_{number}:\n{submitted(*people)}" for number, people in metadata.items()]
        (folder / "submission_metadata.yml").write_text("".join(lines))


def counts_add_up(lab: Lab, found: Intake, out: Path) -> None:
    """The terminal, grades.csv and the page say the same, whatever is graded; here every other submission."""
    for each in found.submissions[::2]:
        store.write(out, replace(kept(lab, each.id, people=each.people), fingerprint="print"))
    tasks = tuple(GradingTask(each, "print") for each in found.submissions)
    plan = run.Plan(out, tasks, (), 0, (), found.absent, found.left_aside)
    records = [*run.records(plan, run.Options(out, 1))]
    lines = [*csv.DictReader(io.StringIO(grades_csv.to_csv(lab, records)))]
    statuses = Counter(line["Status"].partition(":")[0].partition(";")[0] for line in lines)
    counts = collect(lab, records).counts
    assert counts.people == len(lines)
    assert (counts.graded, counts.not_graded) == (statuses["Graded"], statuses["Not graded"])
    assert (counts.no_folder, counts.nothing) == (statuses[NO_FOLDER], statuses[NOTHING])
    assert counts.submissions == len(found.submissions)
    assert summary(lab, records, out).text.startswith(str(counts))
    assert all((line["Total Score"] == "100") == line["Status"].startswith("Graded") for line in lines)
    assert [line for line in listing(found) if line.startswith(f"{people(len(lines))}: ")]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    names=st.lists(NAMES, min_size=1, max_size=12),
    metadata=st.none() | SUBMITTERS,
    zipped=st.booleans(),
    wrapped=st.booleans(),
)
def test_each_file_and_each_person_once(
    tmp_path_factory: pytest.TempPathFactory,
    names: list[str],
    metadata: dict[str, list[str]] | None,
    zipped: bool,
    wrapped: bool,
    real_lab: Lab,
) -> None:
    place = tmp_path_factory.mktemp("messy")
    root = place / "class"
    root.mkdir()
    write(root / "in" if wrapped else place / "class2", names, metadata)
    if not wrapped:
        root = place / "class2"
    files = [path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()]
    path = root
    if zipped:
        path = place / "x.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for each in sorted(root.rglob("*")):
                archive.write(each, each.relative_to(root))
    try:
        found = look_into(path, place / "unpacked", ROSTER)
    except NoClass:
        loose = [name for name in files if "/" not in name.removeprefix("in/")]
        assert metadata is not None or not any(name.endswith((".py", ".yaml", ".pdf")) for name in loose)
        return
    sources = [source for each in found.submissions for source in each.sources]
    known = [*sources, *(each.path for each in found.left_aside)]
    for file in files:
        above = [each for each in known if file == each or file.startswith(f"{each}/")]
        assert len(above) == 1, (file, above)
    assert all(each.sources for each in found.submissions)
    assert len({each.id.casefold() for each in found.submissions}) == len(found.submissions)
    everybody = [person for each in (*found.submissions, *found.absent) for person in each.people]
    emails = [person.email.lower() for person in everybody if person.email]
    assert len(emails) == len(set(emails))
    asked = {student.email for student in ROSTER.students}
    if metadata is not None and (root / ("in" if wrapped else "") / "submission_metadata.yml").exists():
        asked |= {f"{who.split(' ')[0]}@x.edu" for people in metadata.values() for who in people}
    assert asked <= set(emails)
    counts_add_up(real_lab, found, place / "out")
    for each in found.submissions:
        with contextlib.suppress(Unreadable):
            each.read_files()
