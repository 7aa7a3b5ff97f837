"""What one more submission costs once torch is loaded: CPU time, memory of a child, growth of the fork server.

The same submissions are graded in one run of this grader and, for comparison, by a plain gradescope-utils grader that
starts a process for each. This grader uses every sandbox layer that this machine has (`autograder doctor`).
"""

import argparse
import itertools
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from limit import used_by

from autograder import rubric
from autograder.grader import Grader
from autograder.sandbox.host.calls import ProgramFiles
from autograder.sandbox.host.fork_server import ForkServer
from autograder.sandbox.host.limits import ProcessLimits
from autograder.sandbox.host.program import SandboxedProgram

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = ("perfect_plain", "forgot_zero_grad", "missing_factor_2", "literal_sigmoid", "prints_only", "half_finished")


def resident(pid: int) -> float:
    """Resident memory of a process in MB."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * resource.getpagesize() / 1e6


def private(pid: int) -> str:
    """Memory that a process shares with no other. Only root may read that of a sandboxed child."""
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except PermissionError:
        return "not readable (only root may)"
    kilobytes = sum(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Private_"))
    return f"{kilobytes / 1e3:.1f} MB"


def copies(count: int, folder: Path) -> list[Path]:
    """Copies of the examples in turn, each changed a little, so that each gets its own hidden inputs."""
    made = []
    for number, name in zip(range(count), itertools.cycle(EXAMPLES)):
        made.append(folder / f"{number}")
        shutil.copytree(ROOT / "examples" / name, made[-1])
        with (made[-1] / "Lab4.py").open("a") as program:
            program.write(f"# {number}\n")
    return made


def submissions(count: int) -> None:
    """Grade `count` submissions in one run and print what each costs, beside the plain grader."""
    with (
        ForkServer() as fork_server,
        Grader(rubric.load(ROOT), fork_server, "cpu", in_a_class=True) as grader,
        tempfile.TemporaryDirectory() as folder,
    ):
        handed_in = copies(count, Path(folder))
        fork_server.expect_many_forks()
        grader.grade(ROOT / "examples/perfect_plain", Path(folder) / "first.json")
        server = fork_server.server_pid
        cpu, clock = used_by(os.getpid()).cpu + used_by(server).cpu, time.perf_counter()
        for number, path in enumerate(handed_in):
            grader.grade(path, Path(folder) / f"{number}.json")
        cpu = (used_by(os.getpid()).cpu + used_by(server).cpu - cpu) / count
        clock = (time.perf_counter() - clock) / count
    plain_cpu, plain_clock = [], []
    for name in EXAMPLES[:3]:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        begun = time.perf_counter()
        plain = [sys.executable, str(ROOT / "benchmarks/plain_grader.py"), str(ROOT / "examples" / name), os.devnull]
        subprocess.run(plain, check=True, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        plain_clock.append(time.perf_counter() - begun)
        plain_cpu.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    print(f"{count} submissions, each beyond the first")
    print(f"  this grader     {1000 * cpu:8.1f} ms CPU {1000 * clock:8.1f} ms wall")
    peer_cpu, peer_clock = statistics.median(plain_cpu), statistics.median(plain_clock)
    print(f"  plain grader    {1000 * peer_cpu:8.1f} ms CPU {1000 * peer_clock:8.1f} ms wall")
    print(f"  ratio           {peer_cpu / cpu:8.1f}        {peer_clock / clock:8.1f}")


def forks(count: int) -> None:
    """Fork `count` children; print the growth of the fork server and the private memory of a child after a call."""
    limits = ProcessLimits(10, 20, 600)
    text = (ROOT / "reference/Lab4.py").read_text()
    with (
        ForkServer() as fork_server,
        SandboxedProgram(fork_server, ProgramFiles("Lab4.py", (text,)), limits, "Lab4") as student,
    ):
        student.call("train", {"x": 4.0, "y": 1.0, "w": 0.5}, {"lr": 0.01, "n_epochs": 20})
        assert student.pid is not None
        print(f"private memory of a child after training: {private(student.pid)}")
        before = resident(fork_server.server_pid)
        begun = time.perf_counter()
        with tempfile.TemporaryDirectory() as folder:
            for _ in range(count):
                fork_server.fork(Path(folder), limits).close()
        each = 1000 * (time.perf_counter() - begun) / count
        after = resident(fork_server.server_pid)
        print(f"{count} forks: server {before:.1f} -> {after:.1f} MB resident, {each:.1f} ms each")


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog="example: .venv/bin/python benchmarks/class_cost.py -n 120 --forks 10000",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("-n", type=int, default=60, metavar="N", help="submissions to grade (default: 60)")
    parser.add_argument("--forks", type=int, default=500, metavar="N", help="children to fork (default: 500)")
    options = parser.parse_args()
    submissions(options.n)
    forks(options.forks)


if __name__ == "__main__":
    main()
