"""What the diagnosis (naming the mistake) costs: CPU time of the judge for each wrong sample, with and without it.

The cost is compared with `python -c "import torch"`, the least that a run takes, measured at the same time.
"""

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from autograder import rubric
from autograder.grader import Grader
from autograder.mistakes.for_lab import Mistakes
from autograder.sandbox.host.fork_server import ForkServer

ROOT = Path(__file__).resolve().parents[1]


def silent(the_lab: rubric.Lab) -> Mistakes:
    """The mistakes of a lab in which none is known, so that none is looked for."""
    functions = {name: (Mistakes(the_lab).in_function(name)[0], ()) for name in the_lab.rubric.functions}
    papers = {f"paper {name}": (Mistakes(the_lab).on_paper(name)[0], ()) for name in the_lab.rubric.graphs}
    return Mistakes(the_lab, {**functions, **papers})


def costs(the_lab: rubric.Lab, samples: list[Path], rounds: int) -> list[tuple[float, str]]:
    """CPU seconds of the diagnosis for each sample: the minimum over the rounds with it, minus that without it."""
    with ForkServer() as server, tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "results.json"
        graders = [Grader(the_lab, server, "cpu"), Grader(the_lab, server, "cpu")]
        graders[1]._mistakes = silent(the_lab)
        found = []
        for sample in samples:
            seconds: list[list[float]] = [[], []]
            for _ in range(rounds):
                for grader, each in zip(graders, seconds, strict=True):
                    before = time.process_time()
                    grader.grade(sample, target)
                    each.append(time.process_time() - before)
            found.append((min(seconds[0]) - min(seconds[1]), sample.name))
        for grader in graders:
            grader.__exit__(None, None, None)
    return found


def main() -> None:
    """Print the cost of the diagnosis."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog="example: .venv/bin/python benchmarks/diagnosis.py -n 3",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("-n", type=int, default=3, metavar="ROUNDS", help="rounds for each sample (default: 3)")
    parser.add_argument("--only", default="wrong_*", metavar="GLOB", help="of tests/submissions (default: wrong_*)")
    options = parser.parse_args()
    samples = sorted((ROOT / "tests/submissions").glob(options.only))
    the_lab = rubric.load(ROOT).with_limits(search=0.0)  # wrong_programs.py measures the search
    found = sorted(costs(the_lab, samples, options.n))
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    subprocess.run([sys.executable, "-c", "import torch"], check=True)
    torch = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before
    print(f"{len(samples)} wrong submissions, CPU time of the judge for the diagnosis")
    for name, seconds in (
        ("median", found[len(found) // 2][0]),
        ("95 of 100 below", found[int(0.95 * len(found))][0]),
        (f"most ({found[-1][1]})", found[-1][0]),
    ):
        print(f"  {name:40}{1000 * seconds:7.1f} ms   {seconds / torch:.4f} of import torch")


if __name__ == "__main__":
    main()
