"""docs/class.md is true: its commands grade a class, one after the other, in the order of the page; those for a cluster
run in classroom/test_cluster."""

import re
import shlex
import shutil
import zipfile
from pathlib import Path

from conftest import ROOT, RunClass

GUIDE = (ROOT / "docs/class.md").read_text()
COMMANDS = re.findall(r"^\.venv/bin/.*$", GUIDE, flags=re.MULTILINE)
ON_DASK = [command for command in COMMANDS if "dask" in command]
EXPORT = "assignment_1234567_export"


def test_the_commands_of_the_guide_grade_resume_and_compare(tmp_path: Path, run_class: RunClass) -> None:
    with zipfile.ZipFile(tmp_path / f"{EXPORT}.zip", "w") as archive:
        archive.writestr(f"{EXPORT}/submission_metadata.yml", "submission_1:\n  :submitters: []\n")
        for name in ("Lab4.py", "answers.yaml"):
            archive.write(ROOT / "examples/forgot_zero_grad" / name, f"{EXPORT}/submission_1/{name}")
    (tmp_path / "roster.csv").write_text("Name,Email\nAda,ada@example.edu\n")
    shutil.copy(tmp_path / f"{EXPORT}.zip", tmp_path / "submissions.zip")
    here = [command for command in COMMANDS if "autograder class" in command and command not in ON_DASK]
    (listing,) = (command for command in here if command.endswith("--dry-run"))
    _, _, path, *more = shlex.split(listing)
    said = run_class(Path(path), Path("none"), *more)
    assert f"submission_1: {EXPORT}/submission_1\nAda: Nothing submitted\n" in said
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
