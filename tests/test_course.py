"""course.yaml gives labs their keys and their class list, and its errors name line and key."""

import io
import re
import shutil
import zipfile
from pathlib import Path

import pytest
from conftest import ROOT, RunClass, RunVerb

from autograder import individual, rubric
from autograder.authoring import new_lab
from autograder.gradescope import upload_zip
from autograder.yaml_config import FileError

KEY = "a secret of the whole course"
HEAD = f'course: A course\nkey: "{KEY}"\n'


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A course with two labs; the rubric of the first has no key."""
    folder = tmp_path / "course"
    for name in ("lab1", "lab2"):
        new_lab.start(name, folder)
    path = folder / "lab1/rubric.yaml"
    path.write_text(re.sub(r"^key:.*\n", "", path.read_text(), flags=re.MULTILINE))
    (folder / "course.yaml").write_text(f"{HEAD}labs: {{ lab1: , lab2: {{ points: 20 }} }}\n")
    return folder


def test_a_lab_without_a_key_has_one_from_its_course(course: Path) -> None:
    first, second = rubric.load(course / "lab1"), rubric.load(course / "lab2")
    assert len(first.rubric.key) == 64
    assert KEY not in first.rubric.key
    shutil.copytree(course / "lab1", course / "lab3")
    (course / "course.yaml").write_text(f"{HEAD}labs: {{ lab1: , lab2: , lab3: }}\n")
    third = rubric.load(course / "lab3")
    assert third.rubric.key != first.rubric.key
    assert third.digest != first.digest
    assert rubric.load(course / "lab1").rubric.key == first.rubric.key
    assert second.rubric.key in (course / "lab2/rubric.yaml").read_text()


def test_a_copy_for_gradescope_is_the_same_lab(course: Path, tmp_path: Path) -> None:
    lab = rubric.load(course / "lab1")
    zipfile.ZipFile(io.BytesIO(upload_zip.pack(lab).content)).extractall(tmp_path / "alone")
    alone = rubric.load(tmp_path / "alone")
    assert (alone.rubric.key, alone.digest) == (lab.rubric.key, lab.digest)
    assert not any(path.name == "course.yaml" for path in (tmp_path / "alone").rglob("*"))
    assert KEY not in (tmp_path / "alone/rubric.yaml").read_text()


@pytest.mark.parametrize("listed", ["labs: { lab2: }", ""])
def test_a_lab_without_any_key_is_refused(course: Path, listed: str) -> None:
    path = course / "course.yaml"
    path.write_text(f"{HEAD}{listed}\n") if listed else path.unlink()
    with pytest.raises(FileError, match=r"lab1/rubric.yaml, line 4: the key is missing; add key: .*course\.yaml"):
        rubric.load(course / "lab1")


def test_the_roster_of_the_course_is_that_of_labs_without_one(course: Path) -> None:
    path = course / "course.yaml"
    (course / "people.csv").write_text("Name,Email\nAda,ada@example.edu\n")
    path.write_text(f"{path.read_text()}roster: people.csv\n")
    lab = rubric.load(course / "lab1")
    assert individual.roster_file(lab) == course / "people.csv"
    assert [student.name for student in individual.course(lab).roster.students] == ["Ada"]
    (course / "lab1/roster.csv").write_text("Name,Email\nGrace,grace@example.edu\n")
    assert individual.roster_file(lab) == course / "lab1/roster.csv"
    assert individual.roster_file(rubric.load(ROOT)) is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("course: A\n", "line 1: this lacks the required field `labs`"),
        ("course: A\nlabs: {}\n", "line 2 (labs): a course needs a lab; write the name of its folder"),
        ("course: A\nlabs: { lab1: , lab9: }\n", "line 2 (labs.lab9): there is no lab in "),
        ("course: A\nlabs:\n  one: { folder: nowhere }\n", "line 3 (labs.one.folder): there is no lab in "),
        ("course: A\nlabs:\n  lab1:\n  one: { folder: lab1 }\n", "line 4 (labs.one): this is the folder of lab1 too"),
        ("course: A\nlabs:\n  a b: { folder: lab1 }\n", "line 3 (labs.a b): 'a b' cannot be a lab's name"),
        ("course: A\nlabs:\n  lab1: { due: soon }\n", "line 3 (labs.lab1.due): 'soon' is no time; write it as in"),
        (
            "course: A\nlabs:\n  lab1: { points: 0 }\n",
            "line 3 (labs.lab1.points): a lab is worth a number of points above",
        ),
        ("course: A\nlabs:\n  lab1: { weigth: 2 }\n", "line 3 (labs.lab1.weigth): there is no key 'weigth'; "),
        ("course: A\nlabs: { lab1: }\nkey: short\n", "line 3 (key): the key is too short"),
        ("course: A\nlabs: { lab1: }\nroster: no.csv\n", "line 3 (roster): there is no file "),
    ],
)
def test_an_error_names_line_and_key(course: Path, text: str, said: str, run_verb: RunVerb) -> None:
    (course / "course.yaml").write_text(text)
    done = run_verb("course", "build", course)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert done.stderr.startswith(f"autograder: {course / 'course.yaml'}, {said}")


def test_a_folder_without_course_yaml_is_a_sentence(tmp_path: Path, run_verb: RunVerb) -> None:
    done = run_verb("course", "grade", tmp_path)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert f"{tmp_path}/course.yaml: it cannot be read" in done.stderr


def test_one_lab_does_not_stop_the_others(course: Path, run_class: RunClass, run_verb: RunVerb) -> None:
    for name in ("lab1", "lab2"):
        student = course / f"submitted/{name}/ada@example.edu"
        shutil.copytree(course / name / "reference", student)
    broken = course / "lab1/reference/Lab.py"
    labs = "{ lab1: { submissions: submitted/lab1 }, lab2: { submissions: submitted/lab2, points: 20 } }"
    (course / "course.yaml").write_text(f"{HEAD}labs: {labs}\n")
    right = broken.read_text()
    broken.write_text(right.replace("dloss_ds = 2 *", "dloss_ds = 3 *"))
    done = run_verb("course", "build", course, "--lab", "lab1")
    assert done.returncode == 2
    assert "autograder: lab1: " in done.stderr
    broken.write_text("def forward(:\n")
    done = run_verb("course", "grade", course)
    assert done.returncode == 2
    assert "autograder: lab1: " in done.stderr
    assert "1 person: 1 graded" in done.stdout
    done = run_verb("course", "gradebook", course, "--for", "csv")
    assert done.returncode == 0
    assert "not graded yet, so without a column: lab1" in done.stderr
    assert '"20","20","graded"' in (course / "grades/gradebook.csv").read_text()
    broken.write_text(right)
    assert run_verb("course", "grade", course, "--resume").returncode == 0
    assert run_verb("course", "gradebook", course, "--for", "csv").stderr == ""
    assert '"70","70","graded"' in (course / "grades/gradebook.csv").read_text()


def test_people_are_the_same_in_all_labs_without_a_roster_too(
    course: Path, run_class: RunClass, run_verb: RunVerb
) -> None:
    for name, who in (("lab1", "ada@example.edu"), ("lab2", "grace@example.edu"), ("lab2", "ada@example.edu")):
        shutil.copytree(course / name / "reference", course / f"submitted/{name}/{who}")
    (course / "course.yaml").write_text(
        f"{HEAD}labs:\n  lab1: {{ submissions: submitted/lab1 }}\n  lab2: {{ submissions: submitted/lab2 }}\n"
    )
    run_verb("course", "grade", course)
    assert run_verb("course", "gradebook", course, "--for", "csv").stdout.endswith("2 people, 2 with a grade\n")
    text = (course / "grades/gradebook.csv").read_text()
    assert re.search(r'"ada@example.edu","","100","100","graded","","50","50"', text)
    assert re.search(r'"grace@example.edu","","50","100","lab1: nothing submitted","","","50"', text)


@pytest.mark.parametrize("action", ["grade", "build", "gradebook"])
def test_an_unknown_lab_is_named_with_those_that_exist(course: Path, action: str, run_verb: RunVerb) -> None:
    more = ["--for", "csv"] if action == "gradebook" else []
    done = run_verb("course", action, course, "--lab", "lab3", *more)
    assert (done.returncode, done.stdout) == (2, "")
    assert "--lab: there is no lab 'lab3'; did you mean 'lab2'? allowed: lab1, lab2" in done.stderr.replace(
        "'lab1'?", "'lab2'?"
    )


def test_a_gradebook_does_not_overwrite_the_class_list(course: Path, run_class: RunClass, run_verb: RunVerb) -> None:
    (course / "people.csv").write_text("Name,Email\nAda,ada@example.edu\n")
    path = course / "course.yaml"
    path.write_text(f"{path.read_text()}roster: people.csv\n")
    done = run_verb("course", "gradebook", course, "--for", "csv", "--out", course / "people.csv")
    assert done.returncode == 2
    assert "this is the class list; name another file with --out" in done.stderr
    done = run_verb("course", "gradebook", course, "--for", "csv")
    assert "no lab of the course is graded; run `autograder course grade` first" in done.stderr


def test_students_cannot_read_the_key_of_the_course(course: Path, tmp_path: Path, run_verb: RunVerb) -> None:
    submission = tmp_path / "submission"
    shutil.copytree(course / "lab1/reference", submission)
    program = submission / "Lab.py"
    opened = f"open({str(course / 'course.yaml')!r}).read()"
    steal = f"    try:\n        raise ValueError({opened})\n    except OSError:\n        raise KeyError\n"
    head = "def forward(x=2.0, w=0.3, y=1.0):\n"
    assert head in program.read_text()
    program.write_text(program.read_text().replace(head, head + steal))
    run_verb("grade", submission, "--lab", course / "lab1", "--results", tmp_path / "results.json")
    results = (tmp_path / "results.json").read_text()
    assert KEY not in results
    assert "forward() raised KeyError" in results
