"""What one more right submission of a class costs, against the least that it can cost: a bare fork of a process that
has torch, which loads the same program, makes the same calls and ends, without a sandbox and without a judge.

Both take turns, so that other load on the machine affects them alike. Ours is all that a class does for a submission:
its checks, results.json, its page and its record. It uses every sandbox layer that this machine has
(`autograder doctor`). The folder of the class is in memory where that is possible: on a disk with ext4, a submission
takes up to 5 ms more if many files were removed in the last minutes, as a benchmark before this one does.
"""

import argparse
import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

from autograder import rubric
from autograder.classroom import worker
from autograder.classroom.discover import ClassSubmission
from autograder.grader import Grader
from autograder.sandbox.host import fork_server
from autograder.sandbox.host.calls import Call
from autograder.sandbox.host.program import SandboxedProgram

DYNAMO = "torch._dynamo"  # which the first optimizer imports
SETTLING = 16  # submissions
ROOT = Path(__file__).resolve().parents[1]
PLAIN = ROOT / "examples/perfect_plain"
OPTIMIZER = ROOT / "examples/perfect_optimizer"
# Right functions in unusual styles, which take the place of those of the plain program.
STYLES = (
    *("right_train_autograd_grad", "right_train_nn_linear", "right_train_numpy"),
    *("right_check_module", "right_forward_matrices", "right_gradients_autograd"),
)

# One thread, because others do not survive a fork; and huge pages, where they cost nothing but this variable.
ENVIRONMENT = {
    **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"),
    "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",
}
BARE = """
import gc, importlib, json, os, sys, time, types
gc.disable()
import torch
gc.freeze()
for line in sys.stdin:
    asked = json.loads(line)
    for module in asked["import"]:
        importlib.import_module(module)
        gc.freeze()
    wall, own = time.perf_counter(), time.process_time()
    pid = os.fork()
    if not pid:
        gc.enable()
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        module = sys.modules["Lab4"] = types.ModuleType("Lab4")
        exec(compile(asked["program"], "Lab4.py", "exec"), vars(module))
        for name, values in asked["calls"]:
            getattr(module, name)(*values)
        os._exit(0)
    _, status, used = os.wait4(pid, 0)
    assert status == 0, status
    wall, own = time.perf_counter() - wall, time.process_time() - own
    print(json.dumps([wall, own, used.ru_utime, used.ru_stime, used.ru_minflt]), flush=True)
"""


@dataclass(frozen=True)
class Cost:
    """Seconds of wall and CPU time, and the page faults of the processes that run students' code."""

    wall: float = 0.0
    judge: float = 0.0
    helpers: float = 0.0  # other processes of the judge
    server: float = 0.0
    reference: float = 0.0
    user: float = 0.0  # of the processes that run students' code
    system: float = 0.0  # of the same
    faults: float = 0.0

    @property
    def cpu(self) -> float:
        """CPU time of all processes."""
        return self.judge + self.helpers + self.server + self.reference + self.user + self.system


def mean(costs: Sequence[Cost]) -> Cost:
    """The mean of each part."""
    return Cost(*(statistics.fmean(getattr(cost, part.name) for cost in costs) for part in fields(Cost)))


class Bare:
    """A process that has torch and forks for each program; use as a context manager."""

    def __enter__(self) -> "Bare":
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-W", "ignore", "-c", BARE],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=ENVIRONMENT,
        )
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def run(self, program: str, calls: Sequence[tuple[str, Sequence[float]]], modules: Sequence[str]) -> Cost:
        """Load the program, make the calls and end."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps({"program": program, "calls": calls, "import": modules}) + "\n")
        self._process.stdin.flush()
        wall, server, user, system, faults = json.loads(self._process.stdout.readline())
        return Cost(wall, server=server, user=user, system=system, faults=faults)


class Ours:
    """Grades submissions as a worker of a class does; use as a context manager."""

    def __enter__(self) -> "Ours":
        self._open = contextlib.ExitStack()
        memory = self._open.enter_context(worker.folder_in_memory())
        folder = memory or Path(self._open.enter_context(tempfile.TemporaryDirectory()))
        self._folder, self._number = folder, 0
        self._server = self._open.enter_context(fork_server.ForkServer())
        self._open.callback(setattr, self._server, "memory", None)
        self._server.memory = memory
        self._grader = self._open.enter_context(Grader(rubric.load(ROOT), self._server, "cpu", in_a_class=True))
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def run(self, program: str) -> tuple[Cost, list[tuple[str, Sequence[float]]]]:
        """Grade a right submission. Returns the cost, and the calls: function, inputs and settings."""
        self._number += 1
        path = self._folder / f"submitted/{self._number}"
        path.mkdir(parents=True)
        (path / "Lab4.py").write_text(program)
        (path / "answers.yaml").write_bytes((PLAIN / "answers.yaml").read_bytes())
        task = worker.GradingTask(ClassSubmission(str(self._number), path), "")
        with calls_recorded() as calls:
            before = self._used()
            wall, judge = time.perf_counter(), time.process_time()
            done = worker.grade_submission(self._grader, task, self._folder)
            wall, judge = time.perf_counter() - wall, time.process_time() - judge
            after = self._used()
        if done.points != 100:
            raise SystemExit(f"a right submission got {done.points} points: {program}")
        others = Cost(*(getattr(after, each.name) - getattr(before, each.name) for each in fields(Cost)))
        return replace(others, wall=wall, judge=judge), calls

    def _used(self) -> Cost:
        """What other processes have used so far. One that has not ended counts as the reference, which never does."""
        server = used_by(self._server.server_pid)
        alive = sum(used_by(pid).own for pid in children(self._server.server_pid))
        helpers = sum(used_by(pid).own for pid in children(os.getpid()) if pid != self._server.server_pid)
        ended = (server.user, server.system, server.faults)
        return Cost(0.0, 0.0, helpers, server.own, alive, *ended)


@contextlib.contextmanager
def calls_recorded() -> Iterator[list[tuple[str, Sequence[float]]]]:
    """Record the calls that reach a student's process: all but those that are answered from memory."""
    made: list[tuple[str, Sequence[float]]] = []
    known: set[tuple[str | float, ...]] = set()
    call = SandboxedProgram.call

    def recording(self: SandboxedProgram, function: str, inputs: Any, settings: Any, *more: Any, **rest: Any) -> Call:
        asked = (function, *inputs.values(), *settings.values())
        if rest.get("again") or asked not in known:
            known.add(asked)
            made.append((function, asked[1:]))
        return call(self, function, inputs, settings, *more, **rest)

    with patch.object(SandboxedProgram, "call", recording):
        yield made


@dataclass(frozen=True)
class Used:
    """CPU seconds of a process; and of its children that it has waited for, with their page faults."""

    own: float
    user: float
    system: float
    faults: int

    @property
    def cpu(self) -> float:
        """Of the process and these children."""
        return self.own + self.user + self.system


def used_by(pid: int) -> Used:
    """What a process has used so far."""
    found = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    own, system, user_of_ended, system_of_ended = (int(each) / os.sysconf("SC_CLK_TCK") for each in found[11:15])
    return Used(own + system, user_of_ended, system_of_ended, int(found[8]))


def children(pid: int) -> list[int]:
    """The processes that a process has started and that have not ended."""
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def right_programs() -> list[str]:
    """Eight unlike right programs."""
    plain = (PLAIN / "Lab4.py").read_text()
    samples = [ROOT / "tests/submissions" / name / "Lab4.py" for name in STYLES]
    return [plain, (OPTIMIZER / "Lab4.py").read_text(), *(f"{plain}\n\n{each.read_text()}" for each in samples)]


def measured(programs: Sequence[str], rounds: int, modules: Sequence[str], ours: Ours, bare: Bare) -> None:
    """Run both in turns and print what they cost. What comes first does not count: a fork server has to settle."""
    costs: list[tuple[Cost, Cost]] = []
    made: list[int] = []
    settling = -(-SETTLING // len(programs))
    for number in range(settling + rounds):
        for program in programs:
            changed = f"{program}\n# {number}\n"  # so that each has hidden inputs of its own
            cost, calls = ours.run(changed)
            costs.append((cost, bare.run(changed, calls, modules)))
            made.append(len(calls))
    counted = costs[settling * len(programs) :]
    print(f"  {len(counted)} in turns with {statistics.fmean(made):.1f} calls each")
    show(mean([each for each, _ in counted]), mean([each for _, each in counted]))


def show(our: Cost, least: Cost) -> None:
    """Print what each part of both costs, and the ratio."""
    print(f"  {'ms of each':14}{'CPU':>7}{'wall':>7}{'user':>8}{'system':>8}{'faults':>8}{'server':>8}  judge")
    for name, cost in (("this grader", our), ("a bare fork", least)):
        judge = f"{1000 * cost.judge:.1f} + helpers {1000 * cost.helpers:.1f} + reference {1000 * cost.reference:.1f}"
        print(
            f"  {name:14}{1000 * cost.cpu:7.1f}{1000 * cost.wall:7.1f}{1000 * cost.user:8.1f}{1000 * cost.system:8.1f}"
            f"{cost.faults:8.0f}{1000 * cost.server:8.1f}  {judge if cost is our else ''}".rstrip()
        )
    print(f"  {'ratio':14}{our.cpu / least.cpu:7.2f}{our.wall / least.wall:7.2f}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog="example: .venv/bin/python benchmarks/limit.py -n 100",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("-n", type=int, default=48, metavar="N", help="submissions of each kind (default: 48)")
    options = parser.parse_args()
    programs = right_programs()
    with Ours() as ours, Bare() as bare:
        print("one more right submission")
        measured(programs[:1], options.n, (), ours, bare)
        print(f"\nthe mean of {len(programs)} unlike ones")
        measured(programs, max(options.n // len(programs), 1), (DYNAMO,), ours, bare)


if __name__ == "__main__":
    main()
