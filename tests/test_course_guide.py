"""docs/course.md is true: its commands make a course, build it, grade it and write its grade book, in the order of the
page."""

import csv
import re
import shlex
import shutil
from pathlib import Path

import pytest
from conftest import ROOT, RunVerb

from autograder import course_file

GUIDE = (ROOT / "docs/course.md").read_text()
COMMANDS = re.findall(r"^\.venv/bin/.*$", GUIDE, flags=re.MULTILINE)
(COURSE,) = re.findall(r"```yaml\n(.*?)```", GUIDE, flags=re.DOTALL)
ADA, GRACE = "ada@example.edu", "grace@example.edu"


def submitted(folder: Path, lab: Path, who: str, what: str) -> None:
    """Submit the reference or the template of a lab."""
    (folder / who).mkdir(parents=True)
    for name in ("Lab.py", "answers.yaml"):
        shutil.copy(lab / what / name, folder / who)


@pytest.mark.slow("guide to a course")
@pytest.mark.usefixtures("run_class")
def test_the_commands_of_the_guide_work_one_after_the_other(tmp_path: Path, run_verb: RunVerb) -> None:
    commands = [shlex.split(command)[1:] for command in COMMANDS]
    new = [words for words in commands if words[0] == "new"]
    for words in new:
        assert run_verb(*words).returncode == 0
    course = tmp_path / "my_course"
    (course / "course.yaml").write_text(COURSE)
    (course / "roster.csv").write_text(f"Name,Email\nAda Lovelace,{ADA}\nGrace Hopper,{GRACE}\n")
    (tmp_path / "participants.csv").write_text(
        f"First name,Last name,Email address\nAda,Lovelace,{ADA}\nGrace,Hopper,{GRACE}\n"
    )
    submitted(tmp_path / "lab1", course / "lab1", ADA, "reference")
    submitted(tmp_path / "lab1", course / "lab1", GRACE, "student_template")
    (course / "submissions").mkdir()
    shutil.make_archive(str(course / "submissions/lab1"), "zip", tmp_path / "lab1")
    submitted(course / "submissions/lab2", course / "lab2", ADA, "reference")
    printed = {}
    for words in commands[len(new) :]:
        done = run_verb(*words)
        assert done.returncode == 0, (words, done.stderr)
        printed[" ".join(words[:2]), len(printed)] = done.stdout + done.stderr
    assert "The reference gets all 100 points" in printed["course build", 0]
    assert {path.name for path in (course / "uploads").iterdir()} == {"lab1.zip", "lab2.zip"}
    assert "lab1: my_course/submissions/lab1.zip\n2 people: 2 graded" in printed["course grade", 1]
    assert "2 people: 1 graded, 1 nothing submitted" in printed["course grade", 1]
    assert "lab1" not in printed["course grade", 2]
    assert (course / "grades/lab2/report.html").exists()
    rows = list(csv.DictReader((course / "grades/gradebook.csv").read_text(encoding="utf-8-sig").splitlines()))
    shown = [
        [row[key] for key in ("Name", "Total", "Max Points", "lab1: lab1 (50)", "lab2: lab2 (50)")] for row in rows
    ]
    assert shown == [["Ada Lovelace", "100", "100", "50", "50"], ["Grace Hopper", "30", "100", "30", ""]]
    assert "lab2: nothing submitted" in rows[1]["Status"]
    assert "Submitted on paper" in rows[1]["Status"]
    moodle = list(csv.DictReader((tmp_path / "moodle.csv").read_text().splitlines()))
    assert [row["Deep learning, fall 2026"] for row in moodle] == ["100", "30"]


def test_the_table_of_keys_is_about_keys_that_exist() -> None:
    named = set(re.findall(r"^\| `(\w+)` \|", GUIDE, flags=re.MULTILINE))
    assert named < {*course_file.CourseEntry.__struct_fields__, *course_file.LabEntry.__struct_fields__}
