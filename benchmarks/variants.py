"""Personal numbers: how many draws they take, whether every mistake shows, and what a right submission gets.

For each generated student, the right answers on paper, computed from the graph, are graded with the reference program.
"""

import argparse
import dataclasses
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from autograder import rubric
from autograder.grader import Grader
from autograder.gradescope import metadata
from autograder.individual.exposure import PaperSection, paper_section
from autograder.individual.variants import Inputs, Variants
from autograder.mistakes.for_lab import Mistakes
from autograder.rubric import Lab, expected
from autograder.sandbox.host.fork_server import ForkServer

ROOT = Path(__file__).resolve().parents[1]


@dataclass
class Shown:
    """In how many variants each mistake changes any answer of a section, and each gradient."""

    paper: PaperSection
    anywhere: Counter[str]
    in_gradient: Counter[tuple[str, str]]

    def add(self, inputs: Mapping[str, float]) -> None:
        """One more variant."""
        right = self.paper.right_at(inputs)
        for made in self.paper.mistakes:
            self.anywhere[made.mistake.id] += right.changed_by(made, self.paper.task.returns)
            for name in self.paper.gradients:
                self.in_gradient[made.mistake.id, name] += right.changed_by(made, (name,))

    def hidden(self, variants: int) -> tuple[int, int, list[str]]:
        """How many mistakes show in all variants, how many in none, and which show only in some."""
        counts = Counter({0: 0, variants: 0}) + Counter()
        some = []
        for mistake, count in [*self.anywhere.items(), *((" in ".join(key), n) for key, n in self.in_gradient.items())]:
            counts[count] += 1
            if 0 < count < variants:
                some.append(f"{mistake} ({variants - count} hide it)")
        return counts[variants], counts[0], some


def individual(folder: Path) -> Lab:
    """The lab in `folder`, with personal numbers for each student."""
    loaded = rubric.load(folder)
    return dataclasses.replace(loaded, rubric=msgspec.structs.replace(loaded.rubric, individual=True))


def drawn(variants: Variants, who: Sequence[str]) -> list[Inputs]:
    """The numbers of all students; prints what drawing them took."""
    begun = time.process_time()
    variants.by_graph  # noqa: B018 - computed once, the same for all
    first = time.process_time() - begun
    seconds, found = [], []
    for each in who:
        begun = time.process_time()
        found.append(variants.inputs(each))
        seconds.append(time.process_time() - begun)
    print(f"{len(who)} variants: {1000 * first:.0f} ms once, then {1000 * sum(seconds) / len(who):.1f} ms a student")
    print(f"  at most {1000 * max(seconds):.0f} ms")
    for name in variants.by_graph:
        draws = []
        for each, inputs in zip(who, found, strict=True):
            draws.append(next(n for n, tried in enumerate(variants.candidates(name, each), 1) if tried == inputs[name]))
        different = len({tuple(inputs[name].values()) for inputs in found})
        print(f"  {name}: {sum(draws) / len(draws):.0f} draws on average, at most {max(draws)}; {different} different")
    return found


def answers(the_lab: Lab, inputs: Inputs) -> str:
    """The right answers on paper, to six digits."""
    lines = []
    for name, asked in the_lab.paper().items():
        right = expected(the_lab.graphs[name], asked, inputs[name])
        lines += [f"{name}:", *(f"  {quantity}: {value:.6g}" for quantity, value in right.items())]
    return "\n".join(lines)


def graded(the_lab: Lab, who: Sequence[str], found: Sequence[Inputs]) -> Counter[float]:
    """How many students get how many points, from one grader with one fork server."""
    points: Counter[float] = Counter()
    with ForkServer() as server, Grader(the_lab, server, "cpu") as grader, tempfile.TemporaryDirectory() as folder:
        handed_in = Path(folder) / "handed_in"
        shutil.copytree(the_lab.reference, handed_in)
        for number, (each, inputs) in enumerate(zip(who, found, strict=True), 1):
            (handed_in / the_lab.rubric.answers).write_text(answers(the_lab, inputs))
            points[grader.grade(handed_in, Path(folder) / "results.json", metadata.from_student(each)).points] += 1
            if number % 50 == 0:
                print(f"\r{number} of {len(who)} graded", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return points


def main() -> None:
    """Print statistics of the variants."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog="example: .venv/bin/python benchmarks/variants.py -n 1000",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("-n", type=int, default=1000, metavar="N", help="students (default: 1000)")
    parser.add_argument("--lab", type=Path, default=ROOT, metavar="FOLDER", help="(default: this lab)")
    options = parser.parse_args()
    the_lab = individual(options.lab)
    mistakes = Mistakes(the_lab)
    who = [f"student{number}@example.edu" for number in range(options.n)]
    found = drawn(Variants(the_lab, mistakes), who)
    for name in the_lab.rubric.graphs:
        shown = Shown(paper_section(the_lab, mistakes, name), Counter(), Counter())
        for inputs in found:
            shown.add(inputs[name])
        everywhere, nowhere, some = shown.hidden(options.n)
        print(f"  {name}: of mistakes, in all answers and in each gradient: {everywhere} show in every variant,")
        print(f"    {nowhere} in none, {len(some)} in some only: {', '.join(some) or '-'}")
    begun = time.perf_counter()
    points = graded(the_lab, who, found)
    each = (time.perf_counter() - begun) / options.n
    got = ", ".join(f"{number} get {score:g}" for score, number in sorted(points.items()))
    print(f"right submissions: {got} of {the_lab.rubric.points:g} points; {1000 * each:.0f} ms each")


if __name__ == "__main__":
    main()
