"""The instructor's list of who has which numbers, a folder for each student, and the commands around them."""

import csv
import json
from pathlib import Path

import pytest
from conftest import RunVerb
from numbers_of_ones_own import ADA, ALAN, ROSTER, make_lab, on_paper, own

from autograder import individual, rubric
from autograder.fileio import CannotWrite
from autograder.individual import table
from autograder.rubric import Lab

pytestmark = pytest.mark.usefixtures("quick_draws")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return make_lab(tmp_path / "lab")


def test_roster_csv_has_all_inputs_and_no_formula(folder: Path, tmp_path: Path, run_verb: RunVerb) -> None:
    export = (
        '\ufeffName,SID,Email\r\n"=HYPERLINK(""http://example.org"")",11,ada@example.edu\r\n@Alan,,alan@example.edu\r\n'
    )
    (tmp_path / "export.csv").write_bytes(export.encode())
    done = run_verb("individual", "--roster", "export.csv", "--out", "roster.csv", "--lab", folder)
    assert (done.returncode, done.stdout, done.stderr) == (0, "roster.csv: the numbers of 2 students\n", "")
    header, ada, alan = csv.reader((tmp_path / "roster.csv").read_text().splitlines())
    assert ada[:3] == ['\'=HYPERLINK("http://example.org")', "ada@example.edu", "11"]
    assert alan[:3] == ["'@Alan", "alan@example.edu", ""]
    inputs = own(folder, ADA).rubric.graphs["task2"].inputs["published"]
    assert [float(dict(zip(header, ada, strict=True))[f"task2.{name}"]) for name in inputs] == list(inputs.values())
    again = run_verb("individual", "--roster", "roster.csv", "--out", "again.csv", "--lab", folder)
    assert again.returncode == 0
    assert (tmp_path / "again.csv").read_text() == (tmp_path / "roster.csv").read_text()


@pytest.mark.parametrize(
    ("roster", "out", "says"),
    [
        ("Email\nada\n", "roster.csv", "export.csv, line 2, column Email: 'ada' is not an email address\n"),
        (None, "roster.csv", "export.csv: it cannot be read (No such file or directory)"),
        (ROSTER, ".", "it cannot be written (Is a directory); name another place with --out"),
    ],
)
def test_invalid_roster_is_one_sentence(
    folder: Path, tmp_path: Path, roster: str | None, out: str, says: str, run_verb: RunVerb
) -> None:
    if roster:
        (tmp_path / "export.csv").write_text(roster)
    done = run_verb("individual", "--roster", "export.csv", "--out", out, "--lab", folder)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert says in done.stderr
    assert not (tmp_path / "roster.csv").exists()


def test_a_lab_without_own_numbers_has_no_table(tmp_path: Path, run_verb: RunVerb) -> None:
    done = run_verb("individual", "--roster", "export.csv", "--out", "roster.csv")
    assert done.returncode == 2
    assert "rubric.yaml: all students have the same numbers; set `individual: true`" in done.stderr


def test_student_option_selects_the_inputs(folder: Path, tmp_path: Path, run_verb: RunVerb) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/answers.yaml").write_text(on_paper(own(folder, ADA)))
    done = run_verb("grade", "mine", "--lab", folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "autograder: each student has their own numbers; say whose submission this is with --student\n"
    )
    assert not (tmp_path / "results").exists()
    done = run_verb("grade", "mine", "--lab", folder, "--student", " ADA@example.edu", "--quiet")
    assert (done.returncode, done.stdout) == (0, "21 of 100 points\n")
    assert json.loads((tmp_path / "results/results.json").read_text())["extra_data"]["numbers_of"] == "ADA@example.edu"
    assert run_verb("grade", folder / "reference", "--lab", folder, "--quiet").returncode == 0


def test_metadata_selects_the_inputs(folder: Path, tmp_path: Path, on_gradescope: RunVerb) -> None:
    (tmp_path / "submission").mkdir()
    (tmp_path / "submission/answers.yaml").write_text(on_paper(own(folder, ADA)))
    users = [{"name": "Ada", "email": "ada@example.edu", "sid": "11"}]
    (tmp_path / "submission_metadata.json").write_text(json.dumps({"users": users}))
    done = on_gradescope("grade", "--lab", folder, "--quiet")
    assert (done.returncode, done.stdout) == (0, "21 of 100 points\n")
    (tmp_path / "submission_metadata.json").write_text("{")
    done = on_gradescope("grade", "--lab", folder, "--quiet")
    assert done.returncode == 0
    assert "it is unknown who submitted this" in done.stderr
    data = json.loads((tmp_path / "results/results.json").read_text())
    assert 0 <= data["score"] < 21
    assert data["stdout_visibility"] == "hidden"


def test_each_student_gets_a_folder_made_for_their_lab(folder: Path, tmp_path: Path) -> None:
    (folder / "roster.csv").write_text(ROSTER + "Eve,,../../EVE x\n")

    def write(the_lab: Lab, where: Path) -> None:
        (where / "sheet.json").write_text(json.dumps(the_lab.rubric.graphs["task1"].inputs["published"]))

    course = individual.course(rubric.load(folder))
    made = individual.individual_handouts(course, tmp_path / "out", write)
    names = ["ada@example.edu", "alan@example.edu", "grace@example.edu", "%2e.%2f..%2feve%20x"]
    assert [each.name for each in made] == names
    assert {each.name for each in (tmp_path / "out").iterdir()} == {*names, "roster.csv"}
    sheet = json.loads((tmp_path / "out/alan@example.edu/sheet.json").read_text())
    assert sheet == own(folder, ALAN).rubric.graphs["task1"].inputs["published"]
    assert (tmp_path / "out/roster.csv").read_text() == table.roster_csv(course)
    with pytest.raises(CannotWrite, match="it exists already"):
        individual.individual_handouts(course, tmp_path / "out", write)


def test_a_handout_that_fails_leaves_nothing_behind(folder: Path, tmp_path: Path) -> None:
    (folder / "roster.csv").write_text(ROSTER)

    def fail(the_lab: Lab, where: Path) -> None:
        raise CannotWrite("no")

    with pytest.raises(CannotWrite):
        individual.individual_handouts(individual.course(rubric.load(folder)), tmp_path / "out", fail)
    assert [each.name for each in tmp_path.iterdir()] == ["lab"]
