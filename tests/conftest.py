"""What tests of several packages share: the real lab, one fork server a test process, and grading a submission with
them."""

import functools
import json
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from browser import Page, browser
from small_labs import logistic

from autograder import cli, rubric
from autograder.authoring.answer_key.key import Key, key
from autograder.classroom import worker
from autograder.classroom.worker import Done, GradingTask
from autograder.grader import Grader
from autograder.gradescope import container
from autograder.individual.variants import Draw, Variants
from autograder.mistakes import for_lab
from autograder.mistakes.catalogue import FunctionModel, Mutant
from autograder.mistakes.for_lab import Mistakes
from autograder.outcome import CheckResult, GradeReport
from autograder.sandbox.host.calls import ProgramFiles
from autograder.sandbox.host.fork_server import ForkServer
from autograder.sandbox.host.limits import ProcessLimits
from autograder.sandbox.host.program import SandboxedProgram

# Started in the background, where Ctrl-C is ignored, the tests would hand that on to all that they start.
signal.signal(signal.SIGINT, signal.default_int_handler)

ROOT = Path(__file__).resolve().parents[1]
SCHEMA_FILE = ROOT / "tests/gradescope/results.schema.json"
RESULTS_SCHEMA = jsonschema.Draft202012Validator(json.loads(SCHEMA_FILE.read_text()))  # made once: it takes a while
pytest_plugins = ["run_tests_plugin"]
collect_ignore = ["hostile/cases", "labs", "submissions"]  # programs to be graded, not tests to be run


def moments(number: float) -> float:
    """CPU seconds for `number` times counting to a million in Python, on this machine as busy as it is: about 0.04 s
    each on a quick one. A bound of so many moments tells linear time from quadratic on a slow machine too."""
    start = time.process_time()
    for _ in range(1_000_000):
        pass
    return number * max(time.process_time() - start, 0.04)


@dataclass(frozen=True)
class Result:
    """A graded submission: the report and the content of results.json."""

    report: GradeReport
    results: dict[str, Any]

    def check(self, number: str) -> CheckResult:
        return next(check for check in self.report.checks if check.number == number)

    def points(self) -> dict[str, float]:
        return {check.number: check.outcome.points for check in self.report.checks}


# By fixture: the group of the tests that use it.
GROUPS = {"real_key": "key", "two_weights": "key", "chromium": "browser", "gathered": "class"}


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist looks for groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What shares something that takes seconds to make stays together in one process."""
    for shared, group in GROUPS.items():
        for item in items:
            if shared in getattr(item, "fixturenames", ()) and not item.get_closest_marker("xdist_group"):
                item.add_marker(pytest.mark.xdist_group(group))
                item.add_marker(pytest.mark.long)


@pytest.fixture(scope="session", autouse=True)
def shared_catalogues() -> Iterator[None]:
    """Make the mistakes of a function once in a process: a tenth of a second for each lab that a test loads, and they
    are the same for the same text of a rubric."""
    make_model, make = Mistakes._model, for_lab.catalogue
    models: dict[str, FunctionModel] = {}
    made: dict[int, tuple[Mutant, ...]] = {}

    def model(self: Mistakes, graph: str, *arguments: Any, by_hand: bool) -> FunctionModel:
        own = [each for each in self.lab.rubric.mistakes if each.graph == graph]
        published = self.lab.rubric.graphs[graph].inputs["published"]
        operations = self.lab.graphs[graph].operations
        key = repr((self.lab.graphs[graph], id(operations), len(operations), published, own, arguments, by_hand))
        if key not in models:
            models[key] = make_model(self, graph, *arguments, by_hand=by_hand)
        return models[key]

    def catalogue(model: FunctionModel) -> tuple[Mutant, ...]:
        if id(model) not in made:
            made[id(model)] = make(model)
        return made[id(model)]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Mistakes, "_model", model)
        patch.setattr(for_lab, "catalogue", catalogue)
        yield


@pytest.fixture(scope="session")
def real_lab() -> rubric.Lab:
    return rubric.load(ROOT)


@pytest.fixture(scope="session")
def quick_lab(real_lab: rubric.Lab) -> rubric.Lab:
    """The real lab with short limits, for submissions that hang; the lines of mistakes are not looked for."""
    return real_lab.with_limits(call=2.0, load=3.0, search=0.0)


@pytest.fixture(scope="session")
def server() -> Iterator[ForkServer]:
    with ForkServer() as started:
        yield started


@pytest.fixture(scope="session")
def quick_grader(quick_lab: rubric.Lab, server: ForkServer) -> Iterator[Grader]:
    with Grader(quick_lab, server, "cpu") as grader:
        yield grader


@pytest.fixture
def grade(quick_grader: Grader, tmp_path: Path) -> Callable[[Path], Result]:
    """Grade the submission at a path."""

    def grade(path: Path) -> Result:
        target = tmp_path / "results.json"
        report = quick_grader.grade(path, target)
        return Result(report, json.loads(target.read_text()))

    return grade


@pytest.fixture(scope="session")
def real_key(real_lab: rubric.Lab, server: ForkServer) -> Key:
    """The answer key of the real lab. It takes seconds, so the tests that read one stay together in one process."""
    return key(real_lab, server)


@pytest.fixture(scope="session")
def two_weights(server: ForkServer, tmp_path_factory: pytest.TempPathFactory) -> tuple[rubric.Lab, Key]:
    """A lab with two weights and a node used twice, and its key."""
    the_lab = logistic(tmp_path_factory.mktemp("logistic"))
    return the_lab, key(the_lab, server)


@functools.cache
def can_mount() -> bool:
    """Whether this user may mount something, where nobody else sees it."""
    trying = ["unshare", "--mount", "mount", "-t", "tmpfs", "none", "/mnt"]
    return shutil.which("unshare") is not None and not subprocess.run(trying, capture_output=True).returncode


RunVerb = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run_verb(
    server: ForkServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> RunVerb:
    """Call a verb of the command line from `tmp_path`, in this process and with the fork server that is there."""
    monkeypatch.setattr("autograder.sandbox.host.fork_server.ForkServer", lambda: nullcontext(server))
    monkeypatch.chdir(tmp_path)

    def call(*words: object) -> subprocess.CompletedProcess[str]:
        arguments = [str(word) for word in words]
        capfd.readouterr()
        try:
            status = cli.main(arguments)
        except SystemExit as wrong_use:  # as argparse ends
            status = int(wrong_use.code or 0)
        return subprocess.CompletedProcess(arguments, status, *capfd.readouterr())

    return call


@pytest.fixture
def on_gradescope(run_verb: RunVerb, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunVerb:
    """Call a verb as `run_verb` does, with Gradescope's folders in `tmp_path`."""
    places = {"ROOT": ".", "SUBMISSION": "submission", "RESULTS": "results/results.json"}
    for name, place in {**places, "METADATA": "submission_metadata.json"}.items():
        monkeypatch.setattr(container, name, tmp_path / place)
    return run_verb


DRAWS: dict[tuple[str, str], Draw] = {}


@pytest.fixture
def quick_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    """Find out what is demanded of everybody's numbers once for each rubric: it takes a second, and the key of the
    course does not change it."""
    find = Variants._draw_of

    def remembered(variants: Variants, name: str) -> Draw:
        rubric = (variants.lab.folder / "rubric.yaml").read_text().replace(variants.lab.rubric.key, "")
        if (rubric, name) not in DRAWS:
            DRAWS[rubric, name] = find(variants, name)
        return DRAWS[rubric, name]

    monkeypatch.setattr(Variants, "_draw_of", remembered)


@pytest.fixture
def hand_in(grade: Callable[[Path], Result], tmp_path: Path) -> Callable[..., Result]:
    """Grade a submission given as text."""

    def hand_in(program: str | None = None, answers: str | None = None) -> Result:
        folder = tmp_path / "submission"
        folder.mkdir(exist_ok=True)
        for name, text in (("Lab4.py", program), ("answers.yaml", answers)):
            if text is not None:
                (folder / name).write_text(text)
        return grade(folder)

    return hand_in


RunClass = Callable[..., str]


@pytest.fixture
def run_class(run_verb: RunVerb, server: ForkServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunClass]:
    """Grade a class as the verb does, but in this process and with the fork server that is there."""

    class Here:
        """What grades instead of a team of processes."""

        def __init__(self, _: Sequence[str], lab: rubric.Lab, out: Path, __: Path) -> None:
            self.lab, self.out = lab, out

        def __enter__(self) -> "Here":
            return self

        def __exit__(self, *_: object) -> None:
            pass

        def graded(self, tasks: Sequence[GradingTask]) -> Iterator[Done]:
            with Grader(self.lab, server, "cpu", in_a_class=True) as grader:
                for task in tasks:
                    yield worker.grade_submission(grader, task, self.out)

    def run_class(path: Path, out: Path, *more: str, status: int = 0) -> str:
        done = run_verb("class", path, "--out", out, *more)
        assert done.returncode == status, done.stderr
        return done.stdout + done.stderr

    monkeypatch.setattr("autograder.classroom.run.WorkerPool", Here)
    endings = {ending: signal.getsignal(ending) for ending in (signal.SIGTERM, signal.SIGHUP)}
    yield run_class
    for ending, handler in endings.items():
        signal.signal(ending, handler)


@pytest.fixture(scope="session")
def one_browser() -> Iterator[Page]:
    with browser() as opened:
        yield opened


@pytest.fixture
def chromium(one_browser: Page) -> Page:
    """A browser, as it is after a start."""
    one_browser.forget()
    return one_browser


@pytest.fixture
def student(server: ForkServer) -> Iterator[Callable[..., SandboxedProgram]]:
    """A program in the sandbox, from its text."""
    opened: list[SandboxedProgram] = []

    def student(
        text: str, *more: str, files: tuple[tuple[str, bytes], ...] = (), call: float = 2.0, load: float = 2.0
    ) -> SandboxedProgram:
        handle = SandboxedProgram(
            server, ProgramFiles("Lab4.py", (text, *more), files), ProcessLimits(call, load, 60.0), "Lab4"
        )
        opened.append(handle)
        return handle

    yield student
    for handle in opened:
        handle.close()


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that everybody may go through, for a grader of its own: a submission's user works in its `tmp`."""
    folder = Path(tempfile.mkdtemp(prefix="test-"))
    folder.chmod(0o755)
    (folder / "tmp").mkdir()
    (folder / "tmp").chmod(0o1777)
    yield folder
    shutil.rmtree(folder)
