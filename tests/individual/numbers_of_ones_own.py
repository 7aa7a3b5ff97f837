"""The real lab with numbers of each student's own, and what a student submits."""

import shutil
from pathlib import Path

from conftest import ROOT

from autograder import individual, rubric
from autograder.roster import Person
from autograder.rubric import Lab, expected

ADA, ALAN, GRACE = (Person(name, f"{name.lower()}@example.edu", "") for name in ("Ada", "Alan", "Grace"))
ROSTER = "Name,Email,SID\nAda,ada@example.edu,11\nAlan,alan@example.edu,12\nGrace,grace@example.edu,13\n"


def make_lab(folder: Path) -> Path:
    """A copy of the lab in `folder`, each student with numbers of their own; no line of a mistake is looked for."""
    shutil.copytree(ROOT / "reference", folder / "reference")
    text = (ROOT / "rubric.yaml").read_text()
    assert "\nindividual: false" in text
    assert "\n  search: 1.5" in text
    text = text.replace("\nindividual: false", "\nindividual: true").replace("\n  search: 1.5", "\n  search: 0")
    (folder / "rubric.yaml").write_text(text)
    return folder


def on_paper(the_lab: Lab, **wrong: float) -> str:
    """The right answers of a lab as an answers.yaml; wrong: other ones, "task1_s"."""
    lines = []
    for name, asked in the_lab.paper().items():
        inputs = the_lab.rubric.graphs[name].inputs["published"]
        right = expected(the_lab.graphs[name], asked, inputs)
        lines += [f"{name}:", *(f"  {key}: {wrong.get(f'{name}_{key}', value):.6g}" for key, value in right.items())]
    return "\n".join(lines) + "\n"


def own(folder: Path, person: Person) -> Lab:
    """The lab as a student has it."""
    return individual.lab_of(rubric.load(folder), person.email or person.sid)
