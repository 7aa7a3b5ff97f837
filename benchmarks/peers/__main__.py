"""What grading one submission costs with this grader and with others, for the same lab and comparable checks.

otter-grader and nbgrader get their own virtual environments, which also see the packages of the current one (above all
torch). A grader that cannot be installed is named and left out. The submissions are copies of a right solution, written
as students write, to which every grader gives all points. This grader and nbgrader grade them in one run; the others
use a process for each. All of them run in turns, so that other load on the machine affects them alike.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from graders import GRADERS, ROOT, Grader

from autograder.measure import Run, timed

SUBMISSION = ROOT / "examples/perfect_plain"


@dataclass(frozen=True)
class Installed:
    """A grader that can be run, its version, and how many submissions it grades in a turn."""

    grader: Grader
    python: Path
    version: str
    count: int


def environment(folder: Path, packages: tuple[str, ...]) -> Path:
    """The Python of a virtual environment with `packages`, made if it is missing. Raises CalledProcessError."""
    python = folder / "bin/python"
    if not (folder / "done").exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True, capture_output=True)
        ours = sysconfig.get_path("purelib")
        site = [str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
        own = subprocess.run(site, check=True, capture_output=True, text=True).stdout.strip()
        install = [str(python), "-m", "pip", "install", "--quiet", "--no-input", *packages]
        subprocess.run(install, check=True, capture_output=True)
        Path(own, "shared.pth").write_text(f"{ours}\n")  # only now, so that pip installs what the peer itself requires
        (folder / "done").touch()
    return python


def installed(grader: Grader, cache: Path, count: int) -> Installed | None:
    """The grader with its environment; None, and a printed sentence, if it cannot be installed."""
    try:
        python = environment(cache / grader.name, grader.packages) if grader.packages else Path(sys.executable)
    except subprocess.CalledProcessError as error:
        said = (error.stderr or b"").decode(errors="replace").strip().splitlines()
        print(f"{grader.name} cannot be installed here and is left out: {said[-1] if said else error}")
        return None
    asked = [str(python), "-c", f"from importlib.metadata import version; print(version({grader.name!r}))"]
    version = subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip()
    return Installed(grader, python, version, count)


@contextmanager
def activated(python: Path, work: Path) -> Iterator[None]:
    """In the folder `work`, with the programs of an environment first on PATH: nbgrader calls some by name."""
    folder, path = Path.cwd(), os.environ["PATH"]
    try:
        os.chdir(work)
        os.environ["PATH"] = f"{python.parent}{os.pathsep}{path}"
        yield
    finally:
        os.chdir(folder)
        os.environ["PATH"] = path


def submissions(folder: Path, count: int) -> list[Path]:
    """Copies of the right solution, each changed a little, so that each gets its own hidden inputs."""
    copies = [folder / f"submission_{number}" for number in range(count)]
    for number, copy in enumerate(copies):
        shutil.copytree(SUBMISSION, copy)
        with (copy / "Lab4.py").open("a") as program:
            program.write(f"# {number}\n")
    return copies


def turn(one: Installed) -> tuple[list[Run], list[str], float]:
    """Grade once: wall and CPU time for each submission, the first command, and the points of the last submission."""
    with tempfile.TemporaryDirectory() as folder:
        work, handed_in = Path(folder, "work"), Path(folder, "class")
        for each in (Path(folder), work, handed_in):
            each.mkdir(exist_ok=True)
            each.chmod(0o711)  # this grader runs submissions as another user
        copies = submissions(handed_in, one.count)
        with activated(one.python, work):
            commands = one.grader.commands(one.python, work, copies)
            runs = [timed(command) for command in commands]
            points = one.grader.points(one.python, work)
    each = one.count if len(commands) == 1 else 1
    return [Run(run.wall / each, run.cpu / each, run.largest) for run in runs], commands[0], points


def main() -> None:
    """Install, measure, print."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog="example: .venv/bin/python benchmarks/peers -n 5 --turns 3",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("-n", type=int, default=5, metavar="N", help="submissions for each of the others (default: 5)")
    parser.add_argument("--ours", type=int, default=500, metavar="N", help="submissions for this grader (default: 500)")
    parser.add_argument("--turns", type=int, default=3, metavar="N", help="(default: 3)")
    parser.add_argument("--only", nargs="+", choices=[grader.name for grader in GRADERS], help="(default: all)")
    parser.add_argument("--cache", type=Path, help="keep the environments there (default: do not keep them)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        cache = options.cache or Path(temporary)
        wanted = [grader for grader in GRADERS if not options.only or grader.name in options.only]
        found = [
            installed(grader, cache.resolve(), options.n if grader.name != "autograder" else options.ours)
            for grader in wanted
        ]
        able = [each for each in found if each]
        if not able:
            raise SystemExit("no grader can be measured")
        runs: dict[str, list[Run]] = {each.grader.name: [] for each in able}
        said = {}
        for _ in range(options.turns):
            for each in able:
                more, command, points = turn(each)
                runs[each.grader.name] += more
                said[each.grader.name] = points, " ".join(command)
    show(able, runs, said)


def show(able: list[Installed], runs: dict[str, list[Run]], said: dict[str, tuple[float, str]]) -> None:
    """Print the table: medians, and the ratio to the first grader."""
    first = runs[able[0].grader.name]
    wall, cpu = (statistics.median(getattr(run, name) for run in first) for name in ("wall", "cpu"))
    print(f"seconds for one submission, medians; {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}\n")
    print(f"{'':30}{'wall s':>8}{'CPU ms':>9}{'wall, ratio':>13}{'CPU, ratio':>12}{'points':>8}")
    for each in able:
        mine = runs[each.grader.name]
        own, busy = (statistics.median(getattr(run, name) for run in mine) for name in ("wall", "cpu"))
        name = f"{each.grader.name} {each.version}"
        ratios = f"{own / wall:>13.1f}{busy / cpu:>12.1f}"
        print(f"{name:30}{own:>8.3f}{1000 * busy:>9.0f}{ratios}{said[each.grader.name][0]:>8g}")
    for name, (_, command) in said.items():
        print(f"\n{name}:\n  {command}")


if __name__ == "__main__":
    main()
