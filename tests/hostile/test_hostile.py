"""No submission gets a point it has not earned, learns an answer, breaks the run or leaves anything behind."""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import harness
import pytest

CASES = harness.cases()
ROOT = harness.ROOT
GROUPS = {case.group for case in CASES}
NEAR_THE_SYSTEM = {"forge", "read", "persist"}  # where it matters who runs the grader
SLOW = {"exhaust"}  # these run as an ordinary user only
BESIDE_EACH_OTHER = {"compare", "values", "game", "inject", "shadow"}  # they go for the marks, not for the system
# Every case runs through ./run_autograder, as an ordinary user or beside others in a class; one in four in the other
# ways that matter for it, too. `EVERY_WAY=1 ./run_tests tests/hostile` runs all in all ways, each with its own torch.
EVERY = 1 if os.environ.get("EVERY_WAY") else 4

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks for what is left behind in /proc")


@pytest.fixture(scope="session")
def interpreter() -> Iterator[Path]:
    """A Python that every user can start."""
    if os.getuid() != 0:
        pytest.skip("only root can run the grader as another user; the cases have run as this one")
    folder = Path(tempfile.mkdtemp(prefix=harness.PREFIX))
    try:
        folder.chmod(0o755)
        python = harness.light_interpreter(folder)
        if python is None:
            pytest.skip("there is no Python of this version that other users can start (wanted: /usr/bin/python3)")
        yield python
    finally:
        shutil.rmtree(folder)


def parameters(groups: set[str], every: int = 1) -> pytest.MarkDecorator:
    """Cases of some groups, one in `every`."""
    chosen = [case for case in CASES if case.group in groups][::every]
    return pytest.mark.parametrize("case", chosen, ids=[case.id for case in chosen])


@parameters(GROUPS - BESIDE_EACH_OTHER - (set() if os.getuid() else SLOW))
def test_with_run_autograder(case: harness.Case) -> None:
    assert not harness.run(case, ROOT, None, None).failures()


@parameters(BESIDE_EACH_OTHER, every=EVERY)
def test_with_run_autograder_too(case: harness.Case) -> None:
    assert not harness.run(case, ROOT, None, None).failures()


def test_beside_each_other_in_a_class() -> None:
    attempts = harness.run_class([case for case in CASES if case.group in BESIDE_EACH_OTHER], ROOT)
    assert len(attempts) > 90
    assert {f"{each.group}/{each.name}": each.failures() for each in attempts if each.failures()} == {}


@parameters(NEAR_THE_SYSTEM | SLOW, every=EVERY)
def test_as_root_with_a_user_to_become(case: harness.Case, interpreter: Path) -> None:
    assert not harness.run(case, ROOT, interpreter, None).failures()


@parameters(NEAR_THE_SYSTEM, every=EVERY)
def test_as_an_ordinary_user(case: harness.Case, interpreter: Path) -> None:
    assert not harness.run(case, ROOT, interpreter, harness.USER).failures()


@parameters(SLOW)
def test_what_exhausts_the_machine_as_an_ordinary_user(case: harness.Case, interpreter: Path) -> None:
    assert not harness.run(case, ROOT, interpreter, harness.USER).failures()


def test_there_are_enough_cases_in_every_group() -> None:
    groups = [case.group for case in CASES]
    assert len(CASES) >= 120
    assert {"forge", "read", "compare", "values", "exhaust", "inject", "shadow", "game", "persist"} <= set(groups)
    assert groups.count("odd_files") >= 20
    assert len({case.id for case in CASES}) == len(CASES)


class TestTheHarness:
    """It sees what it is there to see."""

    def test_a_right_solution_is_a_gain(self) -> None:
        case = harness.Case(
            "control", "reference", lambda folder: Path(shutil.copytree(ROOT / "reference", folder / "r"))
        )
        attempt = harness.run(case, ROOT, None, None)
        assert (attempt.status, attempt.valid, attempt.points) == ("marked", True, 100)
        assert attempt.failures() == ["it got 100 points"]

    def test_in_a_class_too_and_what_one_of_it_learns(self) -> None:
        def tells(folder: Path) -> Path:
            """Says, as some cases do, that it could do what it must not."""
            shutil.copytree(ROOT / "reference", folder, dirs_exist_ok=True)
            program = (folder / "Lab4.py").read_text()
            told = "def check_result(x=4.0, y=1.0, w=0.5, device='cpu'): raise ValueError('GOT ' + 'IN: ')\n"
            (folder / "Lab4.py").write_text(f"{program}\n\n{told}")
            return folder

        right = harness.Case(
            "control", "reference", lambda folder: Path(shutil.copytree(ROOT / "reference", folder / "r"))
        )
        *found, together = harness.run_class([right, harness.Case("control", "tells", tells)], ROOT)
        assert [attempt.failures()[:1] for attempt in found] == [["it got 100 points"], ["it got 98 points"]]
        assert found[1].leaks == ("text: GOT IN: ",)
        assert together.failures() == []

    def test_the_template_breaks_no_promise(self) -> None:
        folder = ROOT / "student_template"
        case = harness.Case("control", "template", lambda target: Path(shutil.copytree(folder, target / "t")))
        attempt = harness.run(case, ROOT, None, None)
        assert attempt.points == harness.TEMPLATE
        assert attempt.failures() == []

    def test_an_answer_in_a_text_is_found_and_a_number_of_its_own_is_not(self) -> None:
        secret = harness.Secret({"loss": 0.161051594, "w": -3.0}, ["canary-1"], ["a line of the reference"])
        shown = "loss=0.161052, w -3.000000, a canary-1, 0.1611, -1.61051594e-01"
        found = list(secret.found_in(shown, ""))
        assert found == ["text: canary-1", "answer: 0.161052 is loss", "answer: 1.61051594e-01 is loss"]
        assert list(secret.found_in(shown, "0.161052 1.61051594e-01 canary-1")) == []

    def test_processes_and_files_that_stay_are_found_and_removed(self) -> None:
        case = harness.Case("control", "stays", lambda folder: folder)
        stays = "(setsid sh -c 'sleep 30; :' &) ; touch tmp/file /tmp/hostile-control; echo >>submission/x"
        with harness.folders(case, None) as work:
            with harness.Watch(case, work) as watch:
                assert harness.execute(["sh", "-c", stays], work, 10)[0] == 0
            assert any("sleep 30" in process for process in watch.survivors)
            assert [Path(path).name for path in watch.leftovers][:3] == ["file", "hostile-control", "submission"]
        assert not Path("/tmp/hostile-control").exists()
        assert harness.descendants() == {} or not any("sleep 30" in name for name in harness.descendants().values())

    def test_a_hang_is_ended(self) -> None:
        case = harness.Case("control", "hangs", lambda folder: folder)
        with harness.folders(case, None) as work:
            status, seconds, _ = harness.execute(["sleep", "30"], work, 0.2)
        assert status is None
        assert seconds < 5
