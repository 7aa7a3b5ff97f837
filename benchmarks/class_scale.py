"""How the cost of grading a class grows with its size: time, CPU time, and memory of the main process.

`autograder class` grades generated classes (export.py) of several sizes, with all its steps: unpacking, grading,
grades.csv and the class report. In between, `python -c "import torch"` runs, to show how fast this machine is just now.
Submissions that never end are left out: each costs two of the rubric's time limits, and nothing else.
"""

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import export

from autograder.measure import timed

SIZES = (100, 200, 500, 1000)


@dataclass(frozen=True)
class Cost:
    """wall: seconds; cpu: seconds of all processes together; parent: peak resident memory in MB of the main process."""

    wall: float
    cpu: float
    parent: float


def cost(command: list[str]) -> Cost:
    """Run a command to its end, without its output."""
    before, begun, peak = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter(), 0.0
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        while process.poll() is None:
            peak = max(peak, peak_of(process.pid))
            time.sleep(0.05)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)}: exit status {process.returncode}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(time.perf_counter() - begun, cpu, peak)


def peak_of(pid: int) -> float:
    """Peak resident memory of a process so far, in MB; 0 if it has ended."""
    with suppress(OSError):
        status = Path(f"/proc/{pid}/status").read_text()
        return sum(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:")) / 1e3
    return 0.0


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog="examples:\n  .venv/bin/python benchmarks/class_scale.py --sizes 100 1000 10000\n"
        "  .venv/bin/python benchmarks/class_scale.py --sizes 200 --jobs 1 2 4 8 --device cuda",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, metavar="N", help="submissions of each class")
    parser.add_argument("--jobs", type=int, nargs="+", default=[os.cpu_count()], metavar="N", help="worker processes")
    parser.add_argument("--device", default="cpu", help="where they compute (default: cpu)")
    options = parser.parse_args()
    torch = [sys.executable, "-c", "import torch"]
    timed(torch)  # the first reads from disk
    rows, imports = [], []
    with tempfile.TemporaryDirectory() as folder:
        for size in options.sizes:
            path = Path(folder, f"{size}.zip")
            export.write(size, path, hanging=0)
            grader = [sys.executable, "-I", "-m", "autograder", "class", str(path), "--device", options.device]
            for jobs in options.jobs:
                imports.append(timed(torch))
                rows.append((size, jobs, cost([*grader, "--jobs", str(jobs), "--out", f"{folder}/{size}-{jobs}"])))
                imports.append(timed(torch))
    cpu = statistics.median(run.cpu for run in imports)
    print(f"on {options.device}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    print(f"import torch: {cpu:.2f} s CPU (median of {len(imports)})\n")
    print("submissions  jobs   wall s  per second  CPU ms each  of import torch  parent MB")
    for size, jobs, run in rows:
        print(f"{size:>11}{jobs:>6}{run.wall:>9.1f}{size / run.wall:>12.1f}{1000 * run.cpu / size:>13.1f}", end="")
        print(f"{run.cpu / size / cpu:>17.4f}{run.parent:>11.0f}")


if __name__ == "__main__":
    main()
