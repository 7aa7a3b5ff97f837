"""`autograder watch` grades at each save, goes on whatever it finds, and ends at Ctrl-C."""

import io
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import ROOT, RunVerb
from rich.console import Console

from autograder.cli import watch as watch_verb
from autograder.cli.options import DONE, USAGE
from autograder.errors import UserError
from autograder.file_changes import FileChanges

FORGOTTEN, RIGHT = ROOT / "examples/forgot_zero_grad/Lab4.py", ROOT / "examples/perfect_plain/Lab4.py"


class Watch:
    """A process that watches a copy of a submission, with a copy of the lab."""

    def __init__(self, place: Path, *options: str) -> None:
        self.lab, self.submission, self.temporary = place / "lab", place / "mine", place / "tmp"
        shutil.copytree(FORGOTTEN.parent, self.submission)
        shutil.copytree(ROOT / "reference", self.lab / "reference")
        shutil.copy(ROOT / "rubric.yaml", self.lab)
        self.program = self.submission / "Lab4.py"
        self._process = subprocess.Popen(
            [sys.executable, "-m", "autograder", "watch", str(self.submission), "--lab", str(self.lab), *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=place,
            env={**os.environ, "TMPDIR": str(self.temporary)},
        )

    def round(self) -> str:
        """What one grading prints, to the last line."""
        said = ""
        assert self._process.stdout
        for line in self._process.stdout:
            said += line
            if line.endswith("Ctrl-C ends\n"):
                return said
        raise AssertionError(f"it ended: {said}")

    def until(self, text: str) -> str:
        """What the first grading prints that says `text`. The rest of a save may be seen before or after it."""
        while text not in (said := self.round()):
            pass
        return said

    def end(self) -> tuple[int, str]:
        """Ctrl-C: the exit status, and what is printed then."""
        self._process.send_signal(signal.SIGINT)
        said, _ = self._process.communicate()
        return self._process.returncode, said

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()
        assert self._process.stdout
        self._process.stdout.close()


@pytest.fixture
def watch(place: Path) -> Iterator[Callable[..., Watch]]:
    started: list[Watch] = []

    def watch(*options: str) -> Watch:
        started.append(Watch(place, *options))
        return started[-1]

    yield watch
    for each in started:
        each.kill()


@pytest.mark.long
def test_each_save_is_graded(watch: Callable[..., Watch]) -> None:
    watched = watch()
    first = watched.until("77 of 100 points")
    assert re.search(r"^started at \d\d:\d\d:\d\d, graded in \d+\.\d\d s; Ctrl-C ends$", first, re.MULTILINE)
    assert "results in" not in first
    assert "\033" not in first
    shutil.copyfile(RIGHT, watched.program)
    assert re.search(r"^saved at \d\d:\d\d:\d\d, graded in", watched.until("100 of 100 points"), re.MULTILINE)
    shutil.copy(ROOT / "student_template/Lab4.py", watched.submission / "Lab4.py.new")
    (watched.submission / "Lab4.py.new").replace(watched.program)
    watched.until(" of 100 points")
    watched.program.unlink()
    watched.program.write_text(FORGOTTEN.read_text())
    watched.until("77 of 100 points")
    assert watched.end() == (DONE, "")
    assert not any(watched.temporary.iterdir())
    assert {path.name for path in watched.submission.iterdir()} == {path.name for path in FORGOTTEN.parent.iterdir()}


@pytest.mark.long
def test_a_change_of_the_lab_is_graded_and_what_cannot_be_graded_ends_nothing(watch: Callable[..., Watch]) -> None:
    watched = watch("--results", "kept.json")
    assert "results in kept.json" in watched.until("77 of 100 points")
    rubric, text = watched.lab / "rubric.yaml", (watched.lab / "rubric.yaml").read_text()
    rubric.write_text(text.replace("    function: train\n", "    function: tarin\n", 1))
    said = watched.until("there is no function 'tarin'; did you mean 'train'?")
    assert re.search(r"^saved at \d\d:\d\d:\d\d, not graded; Ctrl-C ends$", said, re.MULTILINE)
    shutil.copyfile(RIGHT, watched.program)
    watched.until("tarin")
    rubric.write_text(text)
    watched.until("100 of 100 points")
    reference = watched.lab / "reference/Lab4.py"
    solution = reference.read_text()
    reference.write_text("import nothing_of_this_name\n")
    assert "100 of 100" not in watched.until("Ctrl-C ends")
    reference.write_text(solution)
    watched.until("100 of 100 points")
    watched.submission.rename(watched.submission.with_name("aside"))
    assert "Traceback" not in watched.until("There is no file or folder")
    watched.submission.with_name("aside").rename(watched.submission)
    watched.until("100 of 100 points")
    results = watched.lab.with_name("kept.json")
    before = results.read_text()
    watched.program.write_text("while True:\n    pass\n")
    while results.read_text() == before:  # until it is being graded
        time.sleep(0.02)
    assert watched.end() == (DONE, "")


class Desk:
    """What grades a submission that cannot be read."""

    def grade(self) -> None:
        raise UserError("it is odd")


@pytest.mark.parametrize("terminal", [True, False])
def test_only_a_terminal_is_cleared(terminal: bool, capsys: pytest.CaptureFixture[str]) -> None:
    console = Console(file=io.StringIO(), force_terminal=terminal, color_system=None)
    assert watch_verb._show(Desk(), console, "saved")
    said = console.file.getvalue()
    assert ("\033[2J" in said, "grading …" in said) == (terminal, terminal)
    assert "not graded; Ctrl-C ends" in said.rpartition("\033[H")[2]
    assert capsys.readouterr().err == "autograder: it is odd\n"


def test_it_ends_when_nobody_reads_any_more() -> None:
    class Closed(io.StringIO):
        def write(self, _: str) -> int:
            raise BrokenPipeError

    console = Console(file=Closed())
    console.on_broken_pipe = lambda: sys.exit(1)  # without what it does to this process's own output
    assert not watch_verb._show(Desk(), console, "saved")


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (["nowhere.py"], "there is no file or folder nowhere.py; check the path"),
        ([RIGHT, "--lab", "nowhere"], "nowhere/rubric.yaml: it cannot be read"),
        ([RIGHT, "--device", "abacus"], "'abacus' is no device"),
    ],
)
def test_what_only_another_command_can_fix_ends_it(given: list[object], says: str, run_verb: RunVerb) -> None:
    endings = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        done = run_verb("watch", *given)
    finally:
        for each, handler in endings.items():
            signal.signal(each, handler)
    assert (done.returncode, done.stdout) == (USAGE, "")
    assert says in done.stderr


@pytest.fixture(params=[True, False], ids=["watchfiles", "polling"])
def file(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file to change, with and without watchfiles."""
    if request.param:
        pytest.importorskip("watchfiles")
    else:
        monkeypatch.setitem(sys.modules, "watchfiles", None)
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder/a.py").write_text("1")
    return tmp_path / "folder/a.py"


def later(change: Callable[[], object], seconds: float = 0.1) -> None:
    threading.Timer(seconds, change).start()


def test_a_change_is_noticed_while_waiting(file: Path) -> None:
    changes = FileChanges([file, file.parent, file.parent.parent / "other"])
    for new in ("2", "3"):
        later(lambda: file.write_text(new))  # noqa: B023  # it is called before the next one
        assert changes.wait() == {file, file.parent}
    later(file.with_name("b.py").touch)
    assert changes.wait() == {file.parent}
    later((file.parent.parent / "other").touch)
    assert changes.wait() == {file.parent.parent / "other"}


def test_a_new_folder_and_a_replaced_one_are_watched(file: Path) -> None:
    changes = FileChanges([file.parent])
    (file.parent / "inside").mkdir()
    later((file.parent / "inside/b.py").touch)
    assert changes.wait()
    file.parent.rename(file.parent.with_name("old"))
    later(lambda: shutil.copytree(file.parent.with_name("old"), file.parent))
    assert changes.wait()
    later(lambda: file.write_text("4"))
    assert changes.wait()


def test_two_saves_at_once_are_one_change_and_a_file_gone_for_a_moment_is_none(file: Path) -> None:
    changes = FileChanges([file.parent])
    text = file.read_text()
    file.unlink()
    later(lambda: file.write_text(text))
    assert changes.wait()
    assert file.exists()
    for new in ("2", "3"):
        file.with_name("b.py").write_text(new)
        file.with_name("b.py").replace(file)
    assert changes.wait()
    later(lambda: file.write_text("last"))
    assert changes.wait()
    assert file.read_text() == "last"


def test_what_editors_and_tools_leave_is_no_change(file: Path) -> None:
    changes = FileChanges([file.parent], but=[file.with_name("results.json")])
    for name in (".a.py.swp", "a.py~", "#a.py#", "results.json"):
        file.with_name(name).touch()
    file.with_name("__pycache__").mkdir()
    (file.parent / "__pycache__/a.pyc").touch()
    later(lambda: file.write_text("saved"), 0.3)
    assert changes.wait()
    assert file.read_text() == "saved"
