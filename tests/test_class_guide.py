"""docs/class.md is true: its commands grade a class, one after the other, in the order of the page; those for a cluster
run in classroom/test_cluster."""

import re
import shlex
import shutil
import zipfile
from pathlib import Path

import importers
from conftest import ROOT, RunClass, RunVerb

GUIDE = (ROOT / "docs/class.md").read_text()
COMMANDS = re.findall(r"^\.venv/bin/.*$", GUIDE, flags=re.MULTILINE)
ON_DASK = [command for command in COMMANDS if "dask" in command]
PART = GUIDE.split("## Handing the grades over")[1].split("\n## ")[0]
HANDING_OVER = re.findall(r"^\.venv/bin/.*$", PART, flags=re.MULTILINE)
EXPORT = "assignment_1234567_export"
SUBMITTER = "  :submitters:\n  - :name: Ada Lovelace\n    :sid: '00123'\n    :email: ada@example.edu\n"


def export(folder: Path) -> None:
    with zipfile.ZipFile(folder / f"{EXPORT}.zip", "w") as archive:
        archive.writestr(f"{EXPORT}/submission_metadata.yml", f"submission_1:\n{SUBMITTER}")
        for name in ("Lab4.py", "answers.yaml"):
            archive.write(ROOT / "examples/forgot_zero_grad" / name, f"{EXPORT}/submission_1/{name}")


def test_the_commands_of_the_guide_grade_resume_and_compare(tmp_path: Path, run_class: RunClass) -> None:
    export(tmp_path)
    (tmp_path / "roster.csv").write_text("Name,Email\nAda Lovelace,ada@example.edu\nGrace,grace@example.edu\n")
    shutil.copy(tmp_path / f"{EXPORT}.zip", tmp_path / "submissions.zip")
    here = [command for command in COMMANDS if "autograder class" in command and command not in ON_DASK]
    here = here[: len(here) - sum(command in here for command in HANDING_OVER)]
    (listing,) = (command for command in here if command.endswith("--dry-run"))
    _, _, path, *more = shlex.split(listing)
    said = run_class(Path(path), Path("none"), *more)
    assert f"Ada Lovelace: {EXPORT}/submission_1" in said
    assert "Grace: Nothing submitted\n" in said
    assert not Path("none").exists()
    here.remove(listing)
    assert len(here) == 3
    for command in here:
        _, verb, path, option, out, *more = shlex.split(command)
        assert (verb, option) == ("class", "--out")
        assert "1 graded; the median is 77 of 100 points" in run_class(Path(path), Path(out), *more)
    assert {path.name for path in (tmp_path / "grades").iterdir()} == set(
        re.findall(r"^\| `([\w.]+)/?` \|", GUIDE, re.M)
    )


def test_grades_are_handed_over_as_the_guide_says(tmp_path: Path, run_class: RunClass, run_verb: RunVerb) -> None:
    export(tmp_path)
    run_class(Path(f"{EXPORT}.zip"), Path("grades"))
    submission = "Ada Lovelace_111_assignsubmission_file"
    shutil.copytree(ROOT / "examples/perfect_plain", tmp_path / "moodle" / submission)
    run_class(Path("moodle"), Path("moodle_grades"))
    (tmp_path / "canvas_gradebook.csv").write_text(
        "Student,ID,SIS User ID,SIS Login ID,Section,Lab 4 (4711)\n    Points Possible,,,,,100\n"
        '"Lovelace, Ada",901,00123,ada@example.edu,S1,\n'
    )
    (tmp_path / "participants.csv").write_text(
        "First name,Last name,ID number,Email address\nAda,Lovelace,1,ada@example.edu\n"
    )
    assert len(HANDING_OVER) == 9
    for command in HANDING_OVER:
        _, verb, *words = shlex.split(command)
        done = run_verb(verb, *words)
        assert done.returncode == 0, done.stderr
    page = (tmp_path / "grades/feedback/submission_1.html").read_text()
    for text in ("The loop is right. The sheet was unclear.", "Well explained. See me about task 2."):
        assert text in page
        assert text.removesuffix(".") in (tmp_path / "grades/grades.csv").read_text()
    ada = importers.CanvasUser("901", "", "", "")
    found = importers.canvas((tmp_path / "canvas.csv").read_text(), [ada])
    assert found == ("Lab 4 (4711)", 100, {ada: "87"})
    assert importers.moodle((tmp_path / "moodle.csv").read_text(), {"ada@example.edu": "ada"})[0] == {"ada": 100}
    (returned,) = importers.moodle_feedback((tmp_path / "feedback.zip").read_bytes(), {111: "ada"}).values()
    assert returned == (tmp_path / f"moodle_grades/feedback/{submission}.html").read_bytes()
    for file in ("grades/gradebook.csv", "gradescope.csv"):
        assert '"87"' in (tmp_path / file).read_text()
