"""No submission gets a point it has not earned, learns an answer, breaks the run or leaves anything behind."""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import harness
import pytest
from conftest import can_mount
from run_tests_plugin import LONGEST

CASES = harness.cases()
ROOT = harness.ROOT
GROUPS = sorted({case.group for case in CASES})
WAYS = (
    *("as this user", "as root with a user to become", "as an ordinary user"),
    *("as root without Landlock", "as root with Landlock 2 and no seccomp"),
)
# What seems to be missing in a way, and Landlock's version there.
OLDER: dict[str, tuple[list[str], int | None]] = {WAYS[3]: (["_files"], None), WAYS[4]: (["_system_calls"], 2)}
# Of these groups the cases run there: where its own user has to keep a submission from what it must not read or change.
BY_ITS_USER = ("compare", "forge", "game", "inject", "read")
# What a submission gains by these is decided in its own process, by what the judge makes of its answers, and by the
# judge's clock: the same whoever it runs as. A few of each show that in the other ways; as this user all of them run.
IN_ITS_PROCESS = ("compare", "game", "inject", "values")
BY_THE_CLOCK = (
    *("abort", "clock_turned_back", "constant_folding", "corrupts_its_heap", "crashes_each_time", "flood_at_import"),
    *("flood_of_both", "flood_of_output", "just_within_the_limit", "loop_at_import", "loop_in_a_call"),
    *("loop_in_c_at_import", "loop_in_c_power", "loop_in_c_regex", "loop_in_torch", "no_reading", "own_alarm"),
    *("recursion", "recursion_in_c", "segmentation_fault", "sleep", "sleep_at_import", "slow_drip"),
    "swallows_everything",
)
# Files are read by the judge, who in this way is root as in the first one.
READ_BY_ROOT = WAYS[1], "odd_files"
# They say that a call went through which only seccomp refuses; what it could do, the user keeps from.
OF_SECCOMP = (
    "calls_newer_than_the_list",
    "new_namespaces",
    "signals_through_a_descriptor",
    "netlink_and_raw",
    "network",
)
ALONE = 2  # cases of each group that go through ./run_autograder too
# Of this group the short run takes the first; what gets points alone too is seen by a right solution, below.
ALONE_IN_SHORT = ("odd_files",)
# The short run takes one case in four of a group, and one in six of those that use up the time they are given.
EVERY = {group: 6 if group == "exhaust" else 4 for group in GROUPS}
LEFT_OUT = [
    case
    for group, every in EVERY.items()
    for number, case in enumerate(each for each in CASES if each.group == group)
    if number % every
]

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="looks for what is left behind in /proc"),
    pytest.mark.timeout(LONGEST),  # the first test of a way waits for the whole class
]


@pytest.fixture(scope="module")
def interpreter(way: str) -> Iterator[Path]:
    """A Python that every user can start."""
    if way in OLDER and not can_mount():
        pytest.skip("what a submission must not read cannot be put out of the way here, which takes mounting")
    if os.getuid() != 0:
        pytest.skip("only root can run the grader as another user; the cases have run as this one")
    folder = Path(tempfile.mkdtemp(prefix=harness.PREFIX))
    try:
        folder.chmod(0o755)
        python = harness.light_interpreter(folder, *OLDER.get(way, ()))
        if python is None:
            pytest.skip("there is no Python of this version that other users can start (wanted: /usr/bin/python3)")
        yield python
    finally:
        shutil.rmtree(folder)


def cases_of(way: str) -> list[harness.Case]:
    """The cases that are tried in a way."""
    if way == WAYS[0]:
        return CASES
    here = [case for case in CASES if not (case in LEFT_OUT and is_the_same(case, way))]
    if way in OLDER:
        here = [case for case in here if case.group in BY_ITS_USER]
    return [case for case in here if way != WAYS[4] or case.name not in OF_SECCOMP]


def is_the_same(case: harness.Case, way: str) -> bool:
    """Whether what is tried in a way was tried as this user."""
    return case.group in IN_ITS_PROCESS or case.name in BY_THE_CLOCK or (way, case.group) == READ_BY_ROOT


GradedClass = tuple[dict[str, harness.Attempt], harness.Attempt]
GRADED: dict[str, GradedClass] = {}


@pytest.fixture(scope="module")
def graded(way: str, request: pytest.FixtureRequest) -> GradedClass:
    """All cases graded as one class, in a way: the grader starts once, and each of them follows on all the others.

    Once in a process, also where pytest comes back to a way after others.
    """
    if way in GRADED:
        return GRADED[way]
    python = None if way == WAYS[0] else request.getfixturevalue("interpreter")
    short = request.config.option.run == "short"
    cases = [case for case in cases_of(way) if not (short and case in LEFT_OUT)]
    user = harness.USER if way == WAYS[2] else None
    GRADED[way] = harness.run_class(cases, ROOT, python, user, closed=way in OLDER)
    return GRADED[way]


def ways() -> list[Any]:
    """Each way as a parameter; all that uses it runs in one process, which grades the class once."""
    others = [pytest.mark.slow("hostile programs")]
    return [
        pytest.param(way, marks=[pytest.mark.xdist_group(f"hostile {way}"), *(others if way != WAYS[0] else [])])
        for way in WAYS
    ]


def in_a_class() -> list[Any]:
    """Every case in every way as parameters."""
    slow = pytest.mark.slow("hostile programs")
    return [
        pytest.param(
            case, *way.values, id=f"{case.id}-{way.values[0]}", marks=[*way.marks, *[slow] * (case in LEFT_OUT)]
        )
        for way in ways()
        for case in cases_of(str(way.values[0]))
    ]


@pytest.mark.parametrize(("case", "way"), in_a_class(), scope="module")
def test_in_a_class(case: harness.Case, way: str, graded: GradedClass) -> None:
    assert not graded[0][case.id].failures()


@pytest.mark.parametrize("way", ways(), scope="module")
def test_hostile_class_ends_well_and_leaves_nothing(way: str, graded: GradedClass) -> None:
    assert not graded[1].failures()


def alone() -> list[Any]:
    """A few cases of each group."""
    slow = pytest.mark.slow("hostile programs")
    groups = ([case for case in CASES if case.group == group] for group in GROUPS)
    few = ((number, case) for group in groups for number, case in enumerate(group[:: -(-len(group) // ALONE)]))
    return [
        pytest.param(case, id=case.id, marks=slow if number or case.group not in ALONE_IN_SHORT else ())
        for number, case in few
    ]


@pytest.mark.parametrize("case", alone())
def test_with_run_autograder(case: harness.Case) -> None:
    assert not harness.run(case, ROOT, None, None).failures()


def test_there_are_enough_cases_in_every_group() -> None:
    groups = [case.group for case in CASES]
    assert len(CASES) >= 120
    assert {"forge", "read", "compare", "values", "exhaust", "inject", "shadow", "game", "persist"} <= set(groups)
    assert groups.count("odd_files") >= 20
    assert len({case.id for case in CASES}) == len(CASES)
    assert {case.name for case in CASES if case.group == "exhaust"} > set(BY_THE_CLOCK)
    for way in WAYS[1:3]:
        assert {case.group for case in cases_of(way)} == set(GROUPS)


@pytest.mark.xdist_group("harness")  # each sees what another one leaves on purpose
class TestTheHarness:
    """It sees what it is there to see."""

    def test_a_right_solution_is_a_gain(self) -> None:
        case = harness.Case(
            "control", "reference", lambda folder: Path(shutil.copytree(ROOT / "reference", folder / "r"))
        )
        attempt = harness.run(case, ROOT, None, None)
        assert (attempt.status, attempt.valid, attempt.points) == ("graded", True, 100)
        assert attempt.failures() == ["it got 100 points"]

    @pytest.mark.slow("hostile programs")
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
        cases = [right, harness.Case("control", "tells", tells)]
        found, together = harness.run_class(cases, ROOT, None, None)
        assert [attempt.failures()[:1] for attempt in found.values()] == [["it got 100 points"], ["it got 98 points"]]
        assert found["control/tells"].leaks == ("text: GOT IN: ",)
        assert together.failures() == []

    @pytest.mark.slow("hostile programs")
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
            assert {Path(path).name for path in watch.leftovers} == {"file", "hostile-control", "submission", "x"}
        assert not Path("/tmp/hostile-control").exists()
        assert harness.descendants() == {} or not any("sleep 30" in name for name in harness.descendants().values())

    def test_a_hang_is_ended(self) -> None:
        case = harness.Case("control", "hangs", lambda folder: folder)
        with harness.folders(case, None) as work:
            status, seconds, _ = harness.execute(["sleep", "30"], work, 0.2)
        assert status is None
        assert seconds < 5
