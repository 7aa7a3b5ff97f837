"""docs/class.md is true: its commands mark a class, one after the other as they stand there."""

import re
import shlex
import subprocess
import sys
import zipfile
from pathlib import Path

from conftest import ROOT

GUIDE = (ROOT / "docs/class.md").read_text()
COMMANDS = re.findall(r"^\.venv/bin/.*$", GUIDE, flags=re.MULTILINE)
EXPORT = "assignment_1234567_export"


def test_the_commands_of_the_guide_mark_resume_and_compare(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / f"{EXPORT}.zip", "w") as archive:
        archive.writestr(f"{EXPORT}/submission_metadata.yml", "submission_1:\n  :submitters: []\n")
        for name in ("Lab4.py", "answers.yaml"):
            archive.write(ROOT / "examples/forgot_zero_grad" / name, f"{EXPORT}/submission_1/{name}")
    marking = [command for command in COMMANDS if "autograder class" in command and "--dask" not in command]
    assert len(marking) == 3
    for command in marking:
        words = [sys.executable, "-I", "-m", "autograder", *shlex.split(command)[1:]]
        done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        assert "1 marked; the median is 77 of 100 points" in done.stdout
    assert {path.name for path in (tmp_path / "marks").iterdir()} == set(
        re.findall(r"^\| `([\w.]+)/?` \|", GUIDE, re.M)
    )


def test_the_cluster_is_started_as_its_test_starts_one() -> None:
    cluster = [command for command in COMMANDS if "dask" in command]
    assert [shlex.split(command)[:2] for command in cluster[:2]] == [
        [".venv/bin/dask", "scheduler"],
        [".venv/bin/dask", "worker"],
    ]
    started = (ROOT / "tests/classroom/test_cluster.py").read_text()
    assert all(word in started for word in ('"scheduler"', '"worker"', '"--nworkers"', '"--nthreads"', '"--dask"'))
