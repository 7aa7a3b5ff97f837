"""Whether grading a class that is killed again and again ends with the same grades as an uninterrupted run.

A generated class (export.py) is graded without interruption, then several more times, each time killed by SIGKILL at
random moments and continued with --resume. Every grades.csv must be the same, byte for byte.
"""

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import export

EACH = 4  # times that the grading of one class is killed


def command(path: Path, out: Path) -> list[str]:
    """The command that grades the class at `path` into `out` and continues with what is there."""
    return [sys.executable, "-I", "-m", "autograder", "class", str(path), "--out", str(out), "--resume"]


def killed(command: list[str], seconds: float) -> bool:
    """Run a command and kill it after a time; False if it ended by itself."""
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            return True
    return False


def main() -> None:
    """Kill, continue, compare, print; exit status 1 if the grades differ."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog="example: .venv/bin/python benchmarks/killed.py -n 200 --kills 20",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("-n", type=int, default=200, metavar="N", help="submissions (default: 200)")
    parser.add_argument("--kills", type=int, default=20, metavar="N", help="(default: 20)")
    parser.add_argument(
        "--hanging", type=int, metavar="N", help="submissions that never end (default: 1 of 500, at least 1)"
    )
    parser.add_argument(
        "--seed", type=int, default=time.time_ns(), help="of the random moments (default: a new one each time)"
    )
    options = parser.parse_args()
    chance = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o711)  # submissions run as another user and have their folders in it
        os.environ["TMPDIR"] = folder  # a killed run leaves there what it unpacked
        path, alone, out = (Path(folder, name) for name in ("class.zip", "alone", "out"))
        export.write(options.n, path, hanging=options.hanging)
        begun = time.monotonic()
        subprocess.run(command(path, alone), check=True, capture_output=True)
        whole = time.monotonic() - begun
        grades = (alone / "grades.csv").read_bytes()
        kept, classes, same = [], 0, 0
        while len(kept) < options.kills:
            for _ in range(min(EACH, options.kills - len(kept))):
                if killed(command(path, out), chance.uniform(0, whole / 2)):
                    kept.append(len([*(out / "records").glob("*.msgpack")]))
            subprocess.run(command(path, out), check=True, capture_output=True)
            classes += 1
            same += (out / "grades.csv").read_bytes() == grades
            shutil.rmtree(out)
    print(f"{options.n} submissions, {whole:.0f} s without interruption; seed {options.seed}")
    print(f"killed {len(kept)} times, after this many submissions: {', '.join(map(str, kept))}")
    print(f"{same} of {classes} classes have the same grades.csv as the uninterrupted one")
    sys.exit(same != classes)


if __name__ == "__main__":
    main()
