"""Two runs never write into one folder."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.classroom import lock
from autograder.classroom.lock import Locked

HOLD = """
import sys, time
from pathlib import Path
from autograder.classroom import lock
with lock.held(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(600)
"""


def test_lock_is_held_and_released(tmp_path: Path) -> None:
    folder = tmp_path / "deep/out"
    with lock.held(folder):
        about = json.loads((folder / lock.NAME).read_text())
        assert about["process"] == os.getpid()
        with pytest.raises(Locked, match=rf"process {os.getpid()} on .+ has been grading into it since \d{{4}}-"):
            lock.check(folder)
        with pytest.raises(Locked, match="wait until it ends, or name another folder with --out"), lock.held(folder):
            pass
        assert (folder / lock.NAME).exists()
    assert not folder.exists(), "it was empty"
    lock.check(folder)


def test_folder_with_results_stays(tmp_path: Path) -> None:
    with lock.held(tmp_path / "out"):
        (tmp_path / "out/grades.csv").write_text("")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["grades.csv"]
    with lock.held(tmp_path / "out"):
        lock.check(tmp_path)


def test_lock_of_a_killed_process_is_taken_over(tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    assert process.stdout.readline() == "held\n"
    with pytest.raises(Locked, match=f"process {process.pid} "):
        lock.check(tmp_path)
    process.kill()
    process.communicate()
    assert (tmp_path / lock.NAME).exists()
    lock.check(tmp_path)
    with lock.held(tmp_path):
        assert json.loads((tmp_path / lock.NAME).read_text())["process"] == os.getpid()
    assert not (tmp_path / lock.NAME).exists()


@pytest.mark.parametrize("content", ["", "[]", "{}", "no JSON"])
def test_lock_that_says_nothing_still_holds(tmp_path: Path, content: str) -> None:
    with lock.held(tmp_path):
        (tmp_path / lock.NAME).write_text(content)
        with pytest.raises(Locked, match="another run is grading into it"):
            lock.check(tmp_path)
