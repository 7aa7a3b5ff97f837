"""The handout as a notebook: the students' program with a cell for each function, between the parts of the lab sheet.

Format: https://nbformat.readthedocs.io/en/latest/format_description.html
"""

import ast
import base64
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from autograder.authoring.handout import sheet
from autograder.rubric import Lab

DEFINITION = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
HEADING = re.compile(r"^(?=## )", re.MULTILINE)
MATH_BLOCK = re.compile(r"^( *)```math\n(.*?)\n *```$", re.DOTALL | re.MULTILINE)
PICTURE = re.compile(r'<img src="([^"]+\.svg)" alt="([^"]*)">')


def file_name(lab: Lab) -> str:
    """The file name of the notebook: Lab4.ipynb for Lab4.py."""
    return f"{lab.module}.ipynb"


def is_used(lab: Lab, folder: Path) -> bool:
    """Whether the handout in a folder has a notebook in place of the program."""
    return (folder / file_name(lab)).exists() and not (folder / lab.rubric.program).exists()


def in_place_of_program(lab: Lab, files: Mapping[str, str]) -> dict[str, str]:
    """The files of a handout with a notebook in place of the program, which is then called so in all texts.

    Args:
        lab: the lab.
        files: the handout with the program, by file name.
    """
    program = lab.rubric.program
    texts = {each: _renamed(text, lab) for each, text in files.items() if not each.endswith(".svg")}
    pictures = {each: text for each, text in files.items() if each.endswith(".svg")}
    made = _notebook(texts[program], texts.get(sheet.NAME, ""), pictures)
    return {file_name(lab): made} | {each: text for each, text in (texts | pictures).items() if each != program}


def _renamed(text: str, lab: Lab) -> str:
    text = text.replace(f"`python {lab.rubric.program}`", "the notebook")
    return text.replace(lab.rubric.program, file_name(lab))


def _notebook(program: str, text: str, pictures: Mapping[str, str]) -> str:
    """The notebook as JSON, in version 4.5 of the format. It is always the same for the same texts."""
    cells = [_cell(number, *each, pictures) for number, each in enumerate(_cells(program, text))]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    notebook = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


def _cell(number: int, kind: str, source: str, pictures: Mapping[str, str]) -> dict[str, Any]:
    cell: dict[str, Any] = {"cell_type": kind, "id": f"cell-{number}", "metadata": {}}
    if kind == "code":
        return cell | {"execution_count": None, "outputs": [], "source": source.splitlines(keepends=True)}
    used = [name for name, _ in PICTURE.findall(source) if name in pictures]
    if used:
        cell["attachments"] = {name: _attachment(pictures[name]) for name in used}
    return cell | {"source": _for_jupyter(source).splitlines(keepends=True)}


def _cells(program: str, text: str) -> Iterator[tuple[str, str]]:
    """Cells as ("code" or "markdown", source): each part of the sheet before the first function that it asks for."""
    sections = [part.strip() for part in HEADING.split(text) if part.strip()]
    shown = 0
    for source, function in _parts(program):
        asking = (number for number, part in enumerate(sections, 1) if f"`{function}`" in part)
        upto = max(shown, next(asking, 0)) if function else shown
        upto = max(upto, 1) if sections else 0  # the beginning comes first
        yield from (("markdown", part) for part in sections[shown:upto])
        shown = upto
        yield "code", source
    yield from (("markdown", part) for part in sections[shown:])


def _parts(program: str) -> Iterator[tuple[str, str]]:
    """The parts of a program, each a cell, with the name of the function that it defines: "" for all other code."""
    lines = program.split("\n")
    first = 1
    statements = ast.parse(program).body
    for statement, after in zip(statements, [*statements[1:], None], strict=True):
        if isinstance(statement, DEFINITION) or isinstance(after, DEFINITION) or after is None:
            last = len(lines) if after is None else statement.end_lineno or 0
            name = statement.name if isinstance(statement, DEFINITION) else ""
            yield "\n".join(lines[first - 1 : last]).strip("\n"), name
            first = last + 1


def _for_jupyter(text: str) -> str:
    """Markdown as Jupyter reads it: formulas between $$, and pictures from the notebook itself."""
    text = MATH_BLOCK.sub(r"\1$$\n\2\n\1$$", text)
    return PICTURE.sub(r"![\2](attachment:\1)", text)


def _attachment(picture: str) -> dict[str, str]:
    return {"image/svg+xml": base64.b64encode(picture.encode()).decode()}
