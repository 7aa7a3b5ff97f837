"""How many random one-token changes of autograder/ the tests find.

Each change is made in a clone of this repository. Then the tests of its package run, and those of the expected points,
until one fails. Changes that no test finds are printed at the end: either they do no harm, or a test is missing.

Why not a library: mutmut changes only code that runs in the test process, so nothing in the sandbox; cosmic-ray has one
test command for all files and takes no samples.
"""

from __future__ import annotations

import argparse
import ast
import io
import queue
import random
import subprocess
import tempfile
import time
import tokenize
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TIMEOUT = 600.0  # seconds for the tests of one change: a change that makes them hang counts as found
SWAPS = {
    **{"and": ["or"], "or": ["and"], "not": [""], "is": ["is not"], "in": ["not in"]},
    **{"True": ["False"], "False": ["True"], "break": ["continue"], "continue": ["break"]},
    **{"min": ["max"], "max": ["min"], "any": ["all"], "all": ["any"], "startswith": ["endswith"]},
    **{"+": ["-"], "-": ["+"], "*": ["/", "+"], "/": ["*"], "//": ["*"], "%": ["+"], "**": ["*"]},
    **{"<": ["<=", ">"], "<=": ["<", ">"], ">": [">=", "<"], ">=": [">", "<"], "==": ["!="], "!=": ["=="]},
    **{"+=": ["-="], "-=": ["+="], "*=": ["/="], "/=": ["*="]},
}


@dataclass(frozen=True)
class Mutant:
    """One token of a file replaced. line: from 1; start, end: columns in it, from 0; path: below the root."""

    path: str
    line: int
    start: int
    end: int
    new: str

    def apply(self, text: str) -> str:
        """The file's text with the change."""
        lines = text.splitlines(keepends=True)
        old = lines[self.line - 1]
        lines[self.line - 1] = old[: self.start] + self.new + old[self.end :]
        return "".join(lines)


def mutants(path: Path) -> Iterator[Mutant]:
    """Every change of a file's code that still compiles. Annotations and docstrings are left unchanged."""
    text = path.read_text()
    name = path.relative_to(ROOT).as_posix()
    tree = ast.parse(text)
    silent, same = set(_annotations(tree)), ast.dump(tree)
    tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    for before, token, following in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if token.start in silent or (before.string, token.string) == ("is", "not"):
            continue
        for new in _replacements(token, following):
            end = following.end[1] if token.string == "is" and following.string == "not" else token.end[1]
            mutant = Mutant(name, token.start[0], token.start[1], end, new)
            try:
                if ast.dump(ast.parse(mutant.apply(text))) != same:
                    yield mutant
            except SyntaxError:  # the `in` of a loop, the `*` of an argument
                continue


def _replacements(token: tokenize.TokenInfo, following: tokenize.TokenInfo) -> list[str]:
    if token.type == tokenize.NUMBER:
        try:
            return [str(int(token.string, 0) + 1)]
        except ValueError:
            return [f"({token.string} * 2)"] if float(token.string) else ["1.0"]
    if token.string == "is" and following.string == "not":
        return ["is"]
    if token.string == "*" and following.string == ",":  # marks keyword-only parameters
        return []
    return SWAPS.get(token.string, [])


def _annotations(tree: ast.Module) -> Iterator[tuple[int, int]]:
    """Every position (line, column) inside an annotation."""
    for node in ast.walk(tree):
        for part in (getattr(node, "annotation", None), getattr(node, "returns", None)):
            if isinstance(part, ast.expr):
                for line in range(part.lineno, (part.end_lineno or part.lineno) + 1):
                    begin = part.col_offset if line == part.lineno else 0
                    end = (part.end_col_offset or 0) if line == part.end_lineno else 200
                    yield from ((line, column) for column in range(begin, end))


def tests_of(path: str) -> list[str]:
    """The tests of the package or module of a file, then those of the expected points, relative to the root."""
    package = Path(path).parts[1].removesuffix(".py")
    found = [place for place in (f"tests/{package}", f"tests/test_{package}.py") if (ROOT / place).exists()]
    return [*found, "tests/test_expected_scores.py"]


def found_by(mutant: Mutant, checkout: Path) -> str:
    """The first test that fails with a change, "" if all pass."""
    file = checkout / mutant.path
    text = file.read_text()
    file.write_text(mutant.apply(text))
    pytest = [checkout / ".venv/bin/python", "-m", "pytest", "-x", "-q", "--tb=no", "-p", "no:cacheprovider"]
    command = [*pytest, "-m", "not slow", *tests_of(mutant.path)]
    try:
        done = subprocess.run(command, cwd=checkout, capture_output=True, text=True, timeout=TIMEOUT)
        failed = [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
        return failed[0] if failed else f"exit status {done.returncode}" if done.returncode else ""
    except subprocess.TimeoutExpired:
        return "the time limit"
    finally:
        file.write_text(text)


def checkout_in(folder: Path) -> Path:
    """A clone of what is committed, set up for development; made if it is missing, otherwise updated."""
    if folder.exists():
        subprocess.run(["git", "fetch", "-q", ROOT, "HEAD"], cwd=folder, check=True)
        subprocess.run(["git", "reset", "-q", "--hard", "FETCH_HEAD"], cwd=folder, check=True)
    else:
        subprocess.run(["git", "clone", "-q", ROOT, folder], check=True)
    subprocess.run(["bash", "setup.sh", "--dev", "--quiet"], cwd=folder, check=True, capture_output=True)
    return folder


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog="example: .venv/bin/python scripts/mutants.py -n 200 --seed 7 --only checks",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("-n", type=int, default=200, metavar="N", help="changes to try (default: 200)")
    parser.add_argument("--seed", type=int, default=0, help="of the random choice (default: 0)")
    parser.add_argument("--only", default="", metavar="PATH", help="only changes in this folder or file of autograder/")
    parser.add_argument("--jobs", type=int, default=2, help="changes tried at the same time (default: 2)")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="keep the clones in FOLDER for the next run")
    options = parser.parse_args()

    files = sorted(path for path in (ROOT / "autograder").rglob("*.py") if "new_lab/lab" not in path.as_posix())
    files = [path for path in files if path.relative_to(ROOT / "autograder").as_posix().startswith(options.only)]
    every = [mutant for file in files for mutant in mutants(file)]
    chosen = random.Random(options.seed).sample(every, min(options.n, len(every)))
    print(f"{len(chosen)} of {len(every)} changes", flush=True)

    with tempfile.TemporaryDirectory() as folder:
        checkouts: queue.SimpleQueue[Path] = queue.SimpleQueue()
        for number in range(min(options.jobs, len(chosen))):
            checkouts.put(checkout_in((options.keep or Path(folder)) / str(number)))

        def attempt(mutant: Mutant) -> str:
            checkout = checkouts.get()
            begun = time.monotonic()
            found = found_by(mutant, checkout)
            checkouts.put(checkout)
            what = f"{mutant.path}:{mutant.line}:{mutant.start} -> {mutant.new or '(nothing)'}"
            result = f"found by {found}" if found else "SURVIVED"
            print(f"{what}: {result}  ({time.monotonic() - begun:.0f} s)", flush=True)
            return found

        with ThreadPoolExecutor(max(options.jobs, 1)) as pool:
            found = list(pool.map(attempt, chosen))
    print(f"found {sum(map(bool, found))} of {len(found)}")
    for mutant in (mutant for mutant, by in zip(chosen, found, strict=True) if not by):
        line = (ROOT / mutant.path).read_text().splitlines()[mutant.line - 1].strip()
        print(f"  {mutant.path}:{mutant.line}: {line}   [column {mutant.start}: {mutant.new or '(nothing)'}]")


if __name__ == "__main__":
    main()
