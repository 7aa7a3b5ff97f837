"""`autograder new` starts a lab that is complete: every command of docs/new-lab.md works with it."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT, RunVerb

from autograder import rubric
from autograder.authoring import handout, new_lab
from autograder.fileio import CannotWrite

GUIDE = (ROOT / "docs/new-lab.md").read_text()
COMMANDS = re.findall(r"^\.venv/bin/autograder .*$", GUIDE, flags=re.MULTILINE)


@pytest.mark.slow("guide to a new lab")
def test_every_command_of_the_guide_works_one_after_the_other(tmp_path: Path, run_verb: RunVerb) -> None:
    printed = []
    for command in COMMANDS:
        done = run_verb(*command.split()[1:])
        assert done.returncode == 0, (command, done.stderr)
        printed.append(done.stdout)
    examples = ["new", "grade", "new", "grade"]
    assert [command.split()[1] for command in COMMANDS] == [
        *("new", "grade", *examples, "handout", "handout", "audit", "build")
    ]
    assert "50 of 50 points" in printed[1]
    assert "100 of 100 points" in printed[3]
    assert "100 of 100 points" in printed[5]
    made, checked, audited, built = printed[6:]
    assert "written" not in made  # it was made at the start
    assert checked == ""
    assert "No mistake gets full credit" in audited
    assert "The reference gets all 50 points; the template gets 2" in built
    assert "Warning" not in built
    program = [sys.executable, "my_lab/student_template/Lab.py"]
    template = subprocess.run(program, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert re.findall(r"^(\w+)\(\) is still to be written$", template.stdout, re.M) == ["forward", "gradients", "train"]


def test_the_guide_names_the_files_that_are_made(tmp_path: Path) -> None:
    folder = new_lab.start("my_lab", tmp_path)
    made = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    named = set(re.findall(r"^\| `(\S+)` \|", GUIDE, flags=re.MULTILINE)) - {"student_template/"}
    assert {name for name in made if not name.startswith("student_template")} == named
    sheet = (folder / "student_template/README.md").read_text()
    assert "x = 2, w = 0.3, y = 1" in sheet
    assert "five results" in sheet


@pytest.mark.parametrize("source", new_lab.sources())
def test_every_lab_has_its_name_and_a_key_of_its_own(source: str, tmp_path: Path) -> None:
    old = rubric.load(new_lab.sources()[source]).rubric
    first, second = (rubric.load(new_lab.start(name, tmp_path / "labs", source)) for name in ("My lab", "two"))
    assert (first.rubric.lab, first.rubric.program, first.rubric.points) == ("My lab", "Lab.py", old.points)
    assert (first.folder / "student_template/README.md").read_text().startswith("# My lab\n")
    assert (first.folder / "student_template/Lab.py").read_text().startswith('"""My lab.\n')
    assert len({first.rubric.key, second.rubric.key, old.key}) == 3
    assert len(first.rubric.key) >= 32
    for path in (path for path in tmp_path.rglob("*") if path.is_file()):
        assert not re.search(rf"Lab\d|{re.escape(old.lab)}|labs/{source}|change me", path.read_text()), path
    assert handout.outdated(first) == []


@pytest.mark.parametrize("source", new_lab.sources())
def test_the_reference_of_a_copy_gets_all_points(source: str, tmp_path: Path, run_verb: RunVerb) -> None:
    folder = new_lab.start("copy", tmp_path, source)
    done = run_verb("grade", folder / "reference", "--lab", folder, "--quiet")
    points = rubric.load(folder).rubric.points
    assert done.stdout == f"{points:g} of {points:g} points\n"


def test_a_lab_to_start_from_that_does_not_exist_is_a_sentence(tmp_path: Path, run_verb: RunVerb) -> None:
    done = run_verb("new", "mine", "--from", "linear", "--in", tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("autograder: there is no lab to start from 'linear'; allowed: linear_regression, ")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_empty_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    assert new_lab.start("mine", tmp_path) == tmp_path / "mine"  # an empty one is filled
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken/notes.txt").write_text("mine")
    (tmp_path / "file").write_text("mine")
    for name in ("taken", "file"):
        with pytest.raises(CannotWrite, match=f"{name}: it exists already"):
            new_lab.start(name, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "mine", "taken"]
    assert [path.name for path in (tmp_path / "taken").iterdir()] == ["notes.txt"]


@pytest.mark.parametrize("name", ["", "..", "a/b", "a\nb", '"', "$HOME", "-x", " x"])
def test_a_name_that_no_folder_or_rubric_can_have_is_a_sentence(tmp_path: Path, name: str, run_verb: RunVerb) -> None:
    done = run_verb("new", "--in", tmp_path, "--", name)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "cannot be a lab's name" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_a_sentence(tmp_path: Path, run_verb: RunVerb) -> None:
    (tmp_path / "file").touch()
    done = run_verb("new", "x", "--in", tmp_path / "file")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert re.search(r"it cannot be written \(.*\); choose another name, or another place with --in$", done.stderr)
