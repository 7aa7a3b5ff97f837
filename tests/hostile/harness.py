"""Runs one hostile submission through the whole grader and looks at what it got, learned and left behind.

attempt = run(case, ROOT, None, None)     # through ./run_autograder, as whoever runs this
assert not attempt.failures()
"""

import ctypes
import functools
import json
import math
import os
import re
import secrets
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

import jsonschema
import odd_files

from autograder import rubric as rubrics
from autograder import submission as handed_in
from autograder.rubric import Lab, TrainingCheck

ROOT = Path(__file__).resolve().parents[2]
CASES = Path(__file__).resolve().parent / "cases"
SCHEMA = jsonschema.Draft202012Validator(json.loads((ROOT / "tests/gradescope/results.schema.json").read_text()))

TIMEOUT = 60.0  # seconds for a whole run; far beyond the limits below
LIMITS = {"call": 0.5, "load": 1, "submission": 4, "search": 0.2}
LIMITS_IN_A_CLASS = {**LIMITS, "submission": 2}  # most of its time goes into those that use it up
TEMPLATE = 2.0  # points of the untouched template: more is a gain
USER = 61_234  # an ordinary user without an entry in passwd
GRACE = 0.5  # seconds in which what the grader has killed may disappear
PREFIX = "autograder-hostile-"  # of the harness's own folders; what cases leave behind starts with "hostile-"
SIGNIFICANT = 5  # digits from which on a number in a text can give an answer away

NUMBER = re.compile(r"\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?")
STATUS = {0: "graded", 2: "unreadable", 3: "failed", None: "hung"}  # by the exit status
GOT_IN = "GOT IN: "  # what a case says when it could do what it must not


@dataclass(frozen=True)
class Case:
    """One hostile submission: `build` makes it in an empty folder and returns what to submit."""

    group: str
    name: str
    build: Callable[[Path], Path]

    @property
    def id(self) -> str:
        return f"{self.group}/{self.name}"


@dataclass(frozen=True)
class Attempt:
    """What became of one run. `status`: "graded", "unreadable", "failed", "crashed" or "hung"."""

    name: str
    group: str
    status: str
    seconds: float
    points: float | None
    valid: bool
    leaks: tuple[str, ...] = ()
    survivors: tuple[str, ...] = ()
    leftovers: tuple[str, ...] = ()
    problem: str = ""  # why results.json is not valid

    def failures(self) -> list[str]:
        """Each promise that was broken, in words."""
        found = []
        if self.status not in ("graded", "unreadable"):
            found.append(f"the run {self.status} {self.problem}".strip())
        if not self.valid:
            found.append(f"results.json: {self.problem}")
        if self.points is not None and self.points > TEMPLATE:
            found.append(f"it got {self.points:g} points")
        found += [f"learned {leak}" for leak in self.leaks]
        found += [f"still runs: {process}" for process in self.survivors]
        found += [f"left behind: {file}" for file in self.leftovers]
        return found


def cases() -> list[Case]:
    """All hostile submissions: those of the folder `cases`, and those built by `odd_files`."""
    found = []
    for group in sorted(path for path in CASES.iterdir() if path.is_dir()):
        for path in sorted(group.iterdir()):
            if path.is_dir():
                found.append(Case(group.name, path.name, functools.partial(_copy_folder, path)))
            elif path.suffix == ".py":
                found.append(Case(group.name, path.stem, functools.partial(_copy_program, path)))
    return found + [Case("odd_files", name, build) for name, build in odd_files.BUILDERS.items()]


def run(case: Case, lab: Path, interpreter: Path | None, user: int | None) -> Attempt:
    """Have the grader mark `case` with a copy of `lab` that has short limits.

    interpreter: None for `bash run_autograder`, else the Python that runs `-m autograder`. user: None for the user who
    runs this, else the number of another one (this process has to be root).
    """
    with folders(case, user) as work:
        canary, lab_copy = _secrets(lab, work)
        handed = case.build(work / "submission")
        results = work / "results/results.json"
        give(work, user)
        arguments = ["--lab", lab_copy, handed, "--results", results, "--quiet", "--device", "cpu"]
        if interpreter is None:
            command = ["bash", ROOT / "run_autograder", *arguments]
        else:
            command = [*as_user(user), interpreter, "-I", "-m", "autograder", "grade", *arguments]

        with Watch(case, work) as watch:
            status, seconds, printed = execute([str(word) for word in command], work, TIMEOUT)
        shown = Shown(lab, rubrics.load(lab_copy), (canary, *_paths(work)))
        attempt = _attempt(case, work / "submission", handed, results, shown, printed)
        last = (printed.strip().splitlines() or [""])[-1] * (status not in (0, 2))
        return replace(
            attempt,
            status=STATUS.get(status, "crashed"),
            seconds=seconds,
            survivors=watch.survivors,
            leftovers=watch.leftovers,
            problem=attempt.problem or last,
        )


def run_class(
    cases: Sequence[Case], lab: Path, interpreter: Path | None, user: int | None, *, closed: bool = False
) -> tuple[dict[str, Attempt], Attempt]:
    """Have the grader grade all of `cases` as one class, by two processes, with a copy of `lab` that has short limits.

    interpreter, user: as of `run`, None for this Python. closed: as on Gradescope, what nobody must read is closed to
    other users, and of this project there is only what runs. Returns what became of each case, by its id, and of the
    class: how the run ended, and what runs on or is left behind.
    """
    together = Case("class", "together", lambda folder: folder)
    with folders(together, user) as work:
        canary, lab_copy = _secrets(lab, work, LIMITS_IN_A_CLASS)
        handed = {case.id: _hand_in(case, work / "submission") for case in cases}
        give(work, user)
        if closed:
            for name in ("lab", "submission", "classmate"):
                (work / name).chmod(0o700)
        out = work / "results/class"
        place = [work.parent, interpreter.parents[2]] if closed and interpreter else []
        command = [
            *([*ALONE, *place] if place else []),
            *as_user(user),
            interpreter or sys.executable,
            "-I",
            "-m",
            "autograder",
            "class",
        ]
        command += [work / "submission", "--out", out, "--lab", lab_copy, "--jobs", "2", "--device", "cpu"]
        with Watch(together, work) as watch:
            status, seconds, printed = execute([str(word) for word in command], work, TIMEOUT + len(cases))
        shown = Shown(lab, rubrics.load(lab_copy), (canary, *_paths(work)))
        found = {}
        for case in cases:
            path = handed[case.id]
            found[case.id] = _attempt(case, path, path, out / f"results/{path.name}.json", shown)
        last = Attempt("together", "class", STATUS.get(status, "crashed"), seconds, None, True, problem=printed)
        return found, replace(last, survivors=watch.survivors, leftovers=watch.leftovers)


def _hand_in(case: Case, submissions: Path) -> Path:
    """A case among the submissions of a class: a folder, or the zip that is submitted."""
    folder = submissions / case.id.replace("/", "-")
    folder.mkdir()
    handed = case.build(folder)
    if handed.is_dir():
        return folder
    target = handed.rename(folder.with_name(folder.name + handed.suffix))
    folder.rmdir()
    return target


def _secrets(lab: Path, work: Path, limits: Mapping[str, float] = LIMITS) -> tuple[str, Path]:
    """A word that no submission may learn, where one may look for it; and a copy of the lab, with it in every file."""
    canary = f"canary-{secrets.token_hex(8)}"
    (work / "classmate").mkdir()
    (work / "classmate/Lab4.py").write_text(f'SOLUTION = "{canary}"\n')
    (work / "home/secret.txt").write_text(canary)
    return canary, _lab(lab, work / "lab", canary, limits)


@dataclass(frozen=True)
class Shown:
    """What must not be shown: the lines of the lab in a folder, the answers of its copy, and words."""

    lab: Path
    copy: Lab
    words: tuple[str, ...]


def _attempt(case: Case, submission: Path, handed: Path, results: Path, shown: Shown, printed: str = "") -> Attempt:
    """What a case got and learned. submission: the folder made for it; handed: what in there was submitted; printed:
    what was said beside the results."""
    data, problem = read_results(results, {check.number for check in shown.copy.rubric.checks})
    answers = expected_values(shown.copy, _digest(handed, shown.copy))
    secret = Secret(answers, [GOT_IN, *shown.words], secret_lines(shown.lab))
    score = data.get("score") if isinstance(data, dict) else None
    return Attempt(
        case.name,
        case.group,
        "graded",
        0.0,
        float(score) if isinstance(score, int | float) else None,
        not problem,
        tuple(secret.found_in("\n".join([printed, *texts(data)]), own_text(submission))),
        problem=problem,
    )


# ------------------------------------------------------------------ the surroundings of a run


@contextmanager
def folders(case: Case, user: int | None) -> Iterator[Path]:
    """A folder for one run: results/ closed to others, home/, tmp/ open to all like /tmp, submission/."""
    base = Path(tempfile.mkdtemp(prefix=PREFIX))
    work = base / case.name
    try:
        work.mkdir()
        for name, mode in (("results", 0o700), ("home", 0o700), ("tmp", 0o1777), ("submission", 0o755)):
            (work / name).mkdir()
            (work / name).chmod(mode)
        for folder in (base, work):
            folder.chmod(0o755)
        yield work
    finally:
        subprocess.run(["chmod", "-R", "u+rwX", base], capture_output=True, check=False)
        subprocess.run(["rm", "-rf", base], capture_output=True, check=False)  # rmtree gives up on deep folders


def execute(command: list[str], work: Path, timeout: float, **environment: str) -> tuple[int | None, float, str]:
    """Run a command to its end or the timeout: exit status (None: timed out), seconds, what it printed."""
    env = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": str(work / "home")}
    env |= {"TMPDIR": str(work / "tmp"), **environment}
    with (work / "printed.txt").open("w+b") as printed:  # a file: a pipe that somebody holds would never end
        began = time.monotonic()
        process = subprocess.Popen(
            command,
            cwd=work,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=printed,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            status: int | None = process.wait(timeout)
        except subprocess.TimeoutExpired:
            status = None
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        seconds = time.monotonic() - began
        printed.seek(0)
        return status, seconds, printed.read(1 << 20).decode("utf-8", "replace")


class Watch:
    """Sees what a run leaves: processes, because all orphans below this process come to it, and files."""

    def __init__(self, case: Case, work: Path) -> None:
        self.case = case
        self._control = case.group == "control"
        self.work = work
        self.survivors: tuple[str, ...] = ()
        self.leftovers: tuple[str, ...] = ()

    def __enter__(self) -> "Watch":
        become_subreaper()
        self._processes = set(descendants())
        self._files = set(self._listing())
        self._content = self._kept()
        return self

    def __exit__(self, *_: object) -> None:
        until = time.monotonic() + GRACE
        while (left := self._new_processes()) and time.monotonic() < until:
            time.sleep(0.02)
        self.survivors = tuple(sorted(set(left.values())))[:5] if left else ()
        until = time.monotonic() + 5
        while (left := self._new_processes()) and time.monotonic() < until:
            for pid in left:
                with suppress(OSError):
                    os.kill(pid, signal.SIGKILL)
            time.sleep(0.01)
        new = sorted(set(self._listing()) - self._files)
        changed = [name for name, content in self._kept().items() if self._content.get(name) != content]
        self.leftovers = (*new[:5], *changed[:5])
        for path in new:
            subprocess.run(["rm", "-rf", path], capture_output=True, check=False)

    def _new_processes(self) -> dict[int, str]:
        found = descendants(besides=self._processes)
        for pid in list(found):
            with suppress(OSError):
                if os.waitpid(pid, os.WNOHANG)[0] == pid:  # it had ended, and came to us to be reaped
                    del found[pid]
        return found

    def _listing(self) -> Iterator[str]:
        """What lies where a submission might leave something."""
        for folder in (self.work / "tmp", self.work / "home", self.work.parent, Path("/dev/shm")):
            with suppress(OSError):
                # The classes that other tests grade meanwhile have a folder for each worker there, and semaphores,
                # which Python calls mp- and glibc by chance while they are made; those of the cases: hostile-.
                others = ("class-worker-", "sem.")
                new = (path for path in folder.iterdir() if not path.name.startswith(others) or "hostile" in path.name)
                yield from map(str, new)
        for folder in _places(self.work):
            with suppress(OSError):
                # What a control test makes another process may see; only the control itself has to.
                found = (path for path in folder.glob("hostile-*") if self._control or "control" not in path.name)
                yield from map(str, found)

    def _kept(self) -> dict[str, object]:
        """What nobody may change: the lab, and what was submitted."""
        found: dict[str, object] = {}
        for folder in (self.work / "lab", self.work / "submission", self.work / "classmate"):
            found[str(folder)] = None  # should it be gone
            with suppress(OSError):
                for place in (folder, *(path for path in folder.iterdir() if path.is_dir())):
                    for path in islice(_below(place), 300):
                        with suppress(OSError):
                            status = path.lstat()
                            found[str(path)] = (status.st_mode, status.st_size, status.st_mtime_ns, status.st_ino)
        return found


@functools.cache
def become_subreaper() -> None:
    """Have all orphans below this process come to it (Linux)."""
    PR_SET_CHILD_SUBREAPER = 36  # noqa: N806
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def descendants(besides: Collection[int] = ()) -> dict[int, str]:
    """All processes below this one with their command lines, but `besides` and what is below those: a browser, say,
    that other tests have open starts and ends processes at any time."""
    parents: dict[int, int] = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            with suppress(OSError):  # "pid (name) state parent ...", and a name can hold spaces and brackets
                parents[int(entry)] = int(Path(f"/proc/{entry}/stat").read_text().rpartition(")")[2].split()[1])
    below = {os.getpid()}
    while more := {pid for pid, parent in parents.items() if parent in below and pid not in besides} - below:
        below |= more
    return {pid: _command_line(pid) for pid in below - {os.getpid()}}


# Runs a command where of this project there is the code, closed to others, and its libraries; nobody has a home; and of
# temporary folders there are those two that it is given.
EMPTY = """
cp -r "$0/autograder" "$2/code"
chmod -R go-rwx "$2/code"
for place in "$0"/* "$0"/.git /home; do
    [ ! -d "$place" ] || mount -t tmpfs none "$place"
    [ ! -f "$place" ] || mount --bind "$2/code/__main__.py" "$place"
done
mount --bind "$2/code" "$0/autograder"
mount -t tmpfs none /mnt
mkdir /mnt/0 /mnt/1 /mnt/2
mount --rbind "$0" /mnt/0
mount --bind "$1" /mnt/1
mount --bind "$2" /mnt/2
mount -t tmpfs -o mode=1777 none "${1%/*}"
mkdir -p "$0" "$1" "$2"
mount --rbind /mnt/0 "$0"
mount --bind /mnt/1 "$1"
mount --bind /mnt/2 "$2"
umount -l /mnt
shift 2
exec "$@"
"""
ALONE = ["unshare", "--mount", "sh", "-ec", EMPTY, str(ROOT)]

# What Python runs at its start where the kernel is to seem older: layers of confinement cannot be put up, and its
# Landlock is of an older version.
OLDER = """
import importlib.abc, importlib.machinery, sys

class Older(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name != "autograder.sandbox.child.confine":
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path)
        run = spec.loader.exec_module
        def exec_module(module):
            run(module)
            def missing(bounds):
                raise NotImplementedError("the kernel seems to be older")
            for layer in LAYERS:
                setattr(module, layer, missing)
            if VERSION is not None:
                from landlockpy import _syscall
                _syscall.abi_version = lambda: VERSION
        spec.loader.exec_module = exec_module
        return spec

sys.meta_path.insert(0, Older())
"""


def light_interpreter(folder: Path, without: Sequence[str] = (), landlock: int | None = None) -> Path | None:
    """A Python that every user can start, with this project and its libraries; None where there is none.

    folder: empty and open to all; the interpreter is made there. without: functions of `confine` that find their layer
    missing, as on an older kernel; landlock: its version there.
    """
    base = shutil.which("python3", path="/usr/bin:/usr/local/bin")
    if base is None or not shutil.which("setpriv"):
        return None
    shown = subprocess.run([base, "-c", "import sys; print(*sys.version_info[:2])"], capture_output=True, text=True)
    if shown.stdout.split() != [str(part) for part in sys.version_info[:2]]:
        return None
    made = subprocess.run([base, "-m", "venv", "--without-pip", folder / "venv"], capture_output=True, check=False)
    if made.returncode:
        return None
    library = next((folder / "venv/lib").glob("python*/site-packages"))
    packages = Path(jsonschema.__file__).resolve().parents[1]
    (library / "project.pth").write_text(f"{ROOT}\n{packages}\n")
    if without:
        older = OLDER.replace("LAYERS", repr(tuple(without))).replace("VERSION", repr(landlock))
        (library / "older_kernel.py").write_text(older)
        (library / "older_kernel.pth").write_text("import older_kernel\n")
    python = folder / "venv/bin/python"
    subprocess.run(["chmod", "-R", "go+rX", folder], check=True)
    probe = [*as_user(USER), python, "-I", "-c", "import autograder.cli, msgspec"]
    return python if subprocess.run(probe, capture_output=True, cwd="/", check=False).returncode == 0 else None


# ------------------------------------------------------------------ what was learned


def read_json(path: Path) -> tuple[Any, str]:
    """What is in a results file, and why it cannot be read ("" when it can)."""
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            return None, "is no file"
        return json.loads(path.read_bytes()), ""
    except OSError as error:
        return None, str(error.strerror)
    except ValueError as error:
        return None, f"is no JSON: {error}"


def read_results(path: Path, numbers: set[str]) -> tuple[Any, str]:
    """The content of results.json, and why it is not valid ("" when it is). numbers: of the checks it has to hold."""
    data, problem = read_json(path)
    if problem:
        return data, problem
    for error in SCHEMA.iter_errors(data):
        return data, f"does not fit the schema: {error.message[:200]}"
    if {test["number"] for test in data["tests"]} != numbers or len(data["tests"]) != len(numbers):
        return data, f"has {len(data['tests'])} checks, not {len(numbers)}"
    if not math.isclose(data["score"], sum(test["score"] for test in data["tests"]), abs_tol=1e-6):
        return data, "has a score that is not the sum of its checks"
    return data, ""


def texts(data: object) -> Iterator[str]:
    """All texts in JSON data, names included."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, list):
        for item in data:
            yield from texts(item)
    elif isinstance(data, dict):
        for key, item in data.items():
            yield key
            yield from texts(item)


@dataclass(frozen=True)
class Secret:
    """What must not be shown: numbers (what they are -> value), words anywhere, and whole lines."""

    answers: Mapping[str, float]
    words: Iterable[str]
    lines: Iterable[str]

    def found_in(self, said: str, own: str) -> Iterator[str]:
        """What of it is in `said` and not in `own`, the submission's own text."""
        yield from sorted({f"text: {word}" for word in [*self.words, *self.lines] if word in said and word not in own})
        known = {float(match) for match in NUMBER.findall(own)}
        for shown in sorted(set(NUMBER.findall(said))):
            if _digits(shown) < SIGNIFICANT or any(math.isclose(float(shown), own, rel_tol=1e-9) for own in known):
                continue
            for what, value in self.answers.items():
                if _same(shown, abs(value)):
                    yield f"answer: {shown} is {what}"
                    break


def expected_values(lab: Lab, digest: str) -> dict[str, float]:
    """Every number that a check compares with: of the fixed and published inputs, and of those drawn for `digest`."""
    found: dict[str, float] = {}
    for check in lab.rubric.checks:
        for name in getattr(check, "inputs", ()):
            graph = lab.graphs[lab.rubric.functions[check.function].graph]
            arguments = lab.arguments(check, name, digest)
            if isinstance(check, TrainingCheck):
                weight, losses = train(graph, arguments.inputs, arguments.settings)
                found[f"{check.number} {name} w"] = weight
                found |= {f"{check.number} {name} losses[{i}]": loss for i, loss in enumerate(losses)}
            else:
                values = rubrics.expected(graph, lab.quantities(check), arguments.inputs)
                found |= {f"{check.number} {name} {quantity}": value for quantity, value in values.items()}
        if hasattr(check, "section"):
            published = lab.rubric.graphs[check.section].inputs["published"]
            values = rubrics.expected(lab.graphs[check.section], check.quantities, published)
            found |= {f"{check.number} {quantity}": value for quantity, value in values.items()}
    return found


def train(graph: Any, inputs: Mapping[str, float], settings: Mapping[str, float]) -> tuple[float, list[float]]:
    """(w, losses) of gradient descent on a graph with the weight w."""
    values = dict(inputs)
    losses = []
    for _ in range(int(settings["n_epochs"])):
        at = graph.values(values)
        losses.append(at[graph.output])
        values["w"] -= settings["lr"] * graph.gradients(at)["w"]
    return values["w"], losses


def _digits(number: str) -> int:
    return len(re.sub(r"[eE].*", "", number).replace(".", "").strip("0"))


def _same(shown: str, value: float) -> bool:
    number = float(shown)
    if math.isclose(number, value, rel_tol=1e-6):
        return True
    digits = _digits(shown)  # shown with fewer digits than it has: the same when it rounds to them
    return digits > SIGNIFICANT and value > 0 and float(f"{value:.{digits}g}") == number


# ------------------------------------------------------------------ small things


def _copy_folder(source: Path, target: Path) -> Path:
    shutil.copytree(source, target, dirs_exist_ok=True)
    return _with_blank_answers(target)


def _copy_program(source: Path, target: Path) -> Path:
    shutil.copy(source, target / "Lab4.py")
    return _with_blank_answers(target)


def _with_blank_answers(target: Path) -> Path:
    if not (target / "answers.yaml").exists():
        shutil.copy(ROOT / "student_template/answers.yaml", target)
    return target


def _lab(source: Path, target: Path, canary: str, limits: Mapping[str, float]) -> Path:
    """A copy of the lab with short limits, and with a word in every file that nobody else has."""
    target.mkdir(mode=0o755)
    shutil.copytree(source / "reference", target / "reference", ignore=shutil.ignore_patterns("__pycache__"))
    rubric = (source / "rubric.yaml").read_text()
    for name, seconds in limits.items():
        rubric, times = re.subn(rf"(?m)^(  {name}:) [0-9.]+", rf"\1 {seconds}", rubric)
        assert times == 1, f"rubric.yaml has {times} limits named {name}"
    rubric, times = re.subn(r'(?m)^key: ".*"', f'key: "{canary} {canary}"', rubric)
    assert times == 1, "rubric.yaml has no key"
    (target / "rubric.yaml").write_text(f"# {canary}\n{rubric}")
    for file in (target / "reference").iterdir():
        if file.suffix in (".py", ".yaml"):
            file.write_text(f"# {canary}\n{file.read_text()}")
    return target


def give(work: Path, user: int | None) -> None:
    """Make everything of a run belong to the user who is going to be the judge."""
    if user is not None:
        subprocess.run(["chown", "-hR", f"{user}:{user}", work], check=True)


def as_user(user: int | None) -> list[str]:
    number = str(user)
    return [] if user is None else ["setpriv", "--reuid", number, "--regid", number, "--clear-groups", "--"]


def _digest(handed: Path, lab: Lab) -> str:
    with suppress(handed_in.Unreadable, OSError):
        return handed_in.read(handed, program=lab.rubric.program, answers=lab.answers).digest
    return ""


def own_text(submission: Path) -> str:
    found = []
    for path in islice(_below(submission), 300):
        with suppress(OSError):
            if stat.S_ISREG(path.lstat().st_mode):
                with path.open("rb") as file:
                    found.append(file.read(200_000).decode("latin-1"))
    return "\n".join(found)


def _below(folder: Path) -> Iterator[Path]:
    """A folder and what is in it, as deep as paths reach and links not followed."""
    yield folder
    for place, folders, files in os.walk(folder):
        folders.sort()
        yield from (Path(place, name) for name in sorted([*folders, *files]))


def _paths(work: Path) -> list[str]:
    """Places of the grader and of the lab that no student has to know."""
    return [
        f"{ROOT}/autograder/",
        f"{ROOT}/reference",
        f"{ROOT}/rubric.yaml",
        f"{work}/lab",
        f"{work}/results/results.j",
    ]


def secret_lines(lab: Path) -> list[str]:
    """Lines that give rubric or reference away: long enough, and not what students are given too."""
    files = (lab / "rubric.yaml", lab / "reference/Lab4.py", lab / "reference/answers.yaml")
    given = (ROOT / "student_template/Lab4.py").read_text() + (ROOT / "student_template/answers.yaml").read_text()
    lines = (line.strip() for file in files for line in file.read_text().splitlines())
    return sorted({line for line in lines if len(line) >= 30 and line not in given})


def _places(work: Path) -> Iterator[Path]:
    packages = Path(jsonschema.__file__).resolve().parents[1]
    yield from (Path("/tmp"), Path("/var/tmp"), Path("/run"), Path("/run/lock"), Path("/dev/mqueue"))
    yield from (
        ROOT,
        ROOT / "autograder",
        ROOT / "autograder/sandbox",
        ROOT / "reference",
        packages,
        packages / "torch",
    )
    yield from (work, work / "lab", work / "results", Path.home(), Path.home() / ".cache/torch/hub")


def _command_line(pid: int) -> str:
    with suppress(OSError):
        words = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace").strip()
        return words[-80:] or "(ended, not reaped)"
    return "(gone)"
