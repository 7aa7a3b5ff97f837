"""Makes the export of a class as Gradescope does, with any number of submissions, the same for the same seed.

Programs are combined from the functions of the sample submissions in examples/ and tests/submissions/: right in all
styles, wrong in one or more functions, not begun. A few do not run at all or never end, and a few students submit
another student's program.
"""

from __future__ import annotations

import argparse
import ast
import datetime
import functools
import random
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[1]
FUNCTIONS = ("check_result", "train", "fnn_forward", "fnn_gradients", "fnn_check_result")
# The share of the class that submits each kind of program; all others are right.
SHARES = {"one wrong": 0.30, "several wrong": 0.10, "unfinished": 0.05, "blank": 0.04, "broken": 0.04, "copied": 0.03}
HANGING = 500  # one submission in 500 never ends, but at least one
HANGS = "hangs_in_train"
FIRST = [
    "Ada",
    "Grace",
    "Emmy",
    "José",
    "Zoë",
    "Søren",
    "Chidi",
    "Mei",
    "Anjali",
    "Łukasz",
    "Noor",
    "Siobhán",
    "Ana-María",
]
LAST = [
    "Lovelace",
    "Hopper",
    "Noether",
    "O'Brien",
    "García",
    "Øster",
    "Nwosu",
    "王",
    "Rao",
    "Wójcik",
    "van Dyk",
    "Müller",
]
OPENING = datetime.datetime(2026, 11, 2, 9, tzinfo=datetime.timezone(datetime.timedelta(hours=-5)))


@dataclass
class Samples:
    """What programs are made of. right, wrong, blank: the sources of each function; imports: one line each."""

    right: dict[str, list[str]] = field(default_factory=lambda: {name: [] for name in FUNCTIONS})
    wrong: dict[str, list[str]] = field(default_factory=lambda: {name: [] for name in FUNCTIONS})
    blank: dict[str, list[str]] = field(default_factory=lambda: {name: [] for name in FUNCTIONS})
    imports: set[str] = field(default_factory=set)
    right_answers: list[str] = field(default_factory=list)
    wrong_answers: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    def program(self, chosen: list[str]) -> str:
        """A program with these functions and the imports that they need."""
        body = "\n\n\n".join(chosen)
        used = set[str]().union(*map(names_in, chosen))
        return "\n".join(sorted(line for line in self.imports if bound(line) & used)) + f"\n\n\n{body}\n"


@functools.cache
def bound(line: str) -> set[str]:
    """The names that an import defines."""
    (node,) = ast.parse(line).body
    assert isinstance(node, ast.Import | ast.ImportFrom)
    return {alias.asname or alias.name.partition(".")[0] for alias in node.names}


def samples() -> Samples:
    """Read the functions and answers of the sample submissions."""
    found = Samples()
    add_functions(found, found.blank, (ROOT / "student_template/Lab4.py").read_text())
    for folder in sorted((ROOT / "tests/submissions").iterdir()):
        kind = folder.name.partition("_")[0]
        program, answers = folder / "Lab4.py", folder / "answers.yaml"
        if kind not in ("right", "wrong"):
            if program.is_file() and folder.name != HANGS:
                found.broken.append(program.read_text())
        elif answers.is_file():
            (found.right_answers if kind == "right" else found.wrong_answers).append(answers.read_text())
        elif program.is_file() and len([*folder.iterdir()]) == 1:
            add_functions(found, found.right if kind == "right" else found.wrong, program.read_text())
    found.broken.append((ROOT / "examples/syntax_error/Lab4.py").read_text())
    found.right_answers.append((ROOT / "examples/perfect_plain/answers.yaml").read_text())
    found.wrong_answers.append((ROOT / "student_template/answers.yaml").read_text())
    return found


def add_functions(found: Samples, into: dict[str, list[str]], text: str) -> None:
    """Add those functions of a program that need only its imports and nothing else of it."""
    body = ast.parse(text).body
    imports = [node for node in body if isinstance(node, ast.Import | ast.ImportFrom)]
    if any(alias.name in ("*", "annotations") for node in imports for alias in node.names):
        return
    own = {name for node in body if node not in imports for name in defined(node)}
    for node in body:
        if isinstance(node, ast.FunctionDef) and node.name in FUNCTIONS and not names(node) & own:
            into[node.name].append(ast.get_source_segment(text, node) or "")
            found.imports |= {ast.unparse(each) for each in imports}


def defined(node: ast.stmt) -> set[str]:
    """The names that a statement defines."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return {node.name}
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)}


@functools.cache
def names_in(source: str) -> set[str]:
    """The names that a function uses; most of a class have the same few functions."""
    return names(ast.parse(source))


def names(node: ast.AST) -> set[str]:
    """The names that a piece of code uses."""
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}


def kinds(count: int, hanging: int, chance: random.Random) -> list[str]:
    """What kind of program each student submits."""
    drawn = [kind for kind, share in SHARES.items() for _ in range(round(share * count))]
    made = (["hanging"] * hanging + drawn + ["right"] * count)[:count]
    chance.shuffle(made)
    return made


def programs(count: int, hanging: int, chance: random.Random) -> Iterator[tuple[str, str]]:
    """The program and the answers of each submission."""
    found = samples()
    earlier: list[str] = []
    for kind in kinds(count, hanging, chance):
        answers = chance.choice(found.right_answers if chance.random() < 0.7 else found.wrong_answers)
        if kind == "copied" and earlier:
            yield chance.choice(earlier), answers
            continue
        if kind == "hanging":
            yield (ROOT / "tests/submissions" / HANGS / "Lab4.py").read_text(), answers
            continue
        if kind == "broken":
            yield chance.choice(found.broken), answers
            continue
        bad = {"one wrong": 1, "several wrong": 3, "unfinished": 2, "blank": len(FUNCTIONS)}.get(kind, 0)
        source = found.blank if kind in ("blank", "unfinished") else found.wrong
        spoiled = chance.sample([name for name in FUNCTIONS if source[name]], bad)
        chosen = [chance.choice((source if name in spoiled else found.right)[name]) for name in FUNCTIONS]
        earlier.append(found.program(chosen))
        yield earlier[-1], (ROOT / "student_template/answers.yaml").read_text() if kind == "blank" else answers


def metadata(number: int, chance: random.Random) -> dict[str, Any]:
    """What the export says about one submission: who, and all attempts."""
    people = [person(chance) for _ in range(chance.choice((1, 1, 1, 1, 1, 1, 1, 2)))]
    attempts = sorted(chance.randrange(0, 14 * 24 * 3600) for _ in range(chance.choice((1, 1, 2, 3, 4, 7))))
    score = chance.uniform(0, 60)
    told = []
    for each, seconds in enumerate(attempts):
        score = min(100.0, score + chance.uniform(-2, 25))
        created = OPENING + datetime.timedelta(seconds=seconds)
        told.append({":id": 1000 * number + each, ":created_at": created, ":score": round(score, 1), **results(score)})
    latest = told.pop()
    return {":submitters": people, ":status": "processed", **latest, ":history": told}


def person(chance: random.Random) -> dict[str, str | None]:
    """A student."""
    name = f"{chance.choice(FIRST)} {chance.choice(LAST)}"
    sid = f"{chance.randrange(10**8):09}" if chance.random() < 0.97 else None  # with leading zeros
    return {":name": name, ":sid": sid, ":email": f"student{chance.randrange(10**6)}@example.edu"}


def results(score: float) -> dict[str, Any]:
    """An earlier result, as the export repeats it."""
    tests = [
        {"number": f"{group}.{each}", "score": round(score / 18, 2), "max_score": 5.6, "output": "What came back: …"}
        for group in range(1, 7)
        for each in range(1, 4)
    ]
    return {":results": {"tests": tests}}


def files(count: int, seed: int, hanging: int) -> Iterator[tuple[str, str]]:
    """Every file of the export: path and text."""
    chance = random.Random(seed)
    told = {}
    for number, (program, answers) in enumerate(programs(count, hanging, chance), start=1):
        folder = f"submission_{100_000 + number}"
        told[folder] = metadata(number, chance)
        yield f"{folder}/Lab4.py", program
        yield f"{folder}/answers.yaml", answers
    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    yield "submission_metadata.yml", yaml.dump(told, Dumper=dumper, allow_unicode=True, sort_keys=False)


def write(count: int, out: Path, seed: int = 0, hanging: int | None = None) -> None:
    """Write the export: a zip if the name ends in .zip, else a folder. hanging: how many never end (None: few)."""
    hanging = max(1, count // HANGING) if hanging is None else hanging
    name = "assignment_1234567_export"
    if out.suffix == ".zip":
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for path, text in files(count, seed, hanging):
                archive.writestr(zipfile.ZipInfo(f"{name}/{path}"), text, zipfile.ZIP_DEFLATED)
        return
    for path, text in files(count, seed, hanging):
        target = out / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog="example: .venv/bin/python benchmarks/export.py -n 1000 class.zip",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("out", type=Path, metavar="OUT", help="a folder, or a file whose name ends in .zip")
    parser.add_argument("-n", type=int, default=200, metavar="N", help="submissions (default: 200)")
    parser.add_argument("--seed", type=int, default=0, help="of the random class (default: 0)")
    parser.add_argument(
        "--hanging", type=int, metavar="N", help="submissions that never end (default: 1 of 500, at least 1)"
    )
    options = parser.parse_args()
    write(options.n, options.out, options.seed, options.hanging)


if __name__ == "__main__":
    main()
