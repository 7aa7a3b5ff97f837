"""What all students have in their programs: the student template, and what a handout takes from the reference."""

import functools
from contextlib import suppress

from autograder.authoring.handout.program import unwritten
from autograder.rubric import FileError, Lab
from autograder.submission import Unreadable, read
from autograder.submission.normal_form import function_forms, line_forms


def given_statements(lab: Lab) -> frozenset[bytes]:
    """The digests of all statements that students are given; none if there is neither a template nor a handout."""
    texts: list[tuple[str, ...]] = []
    with suppress(Unreadable):  # there may be no template
        if template := read(lab.template, program=lab.rubric.program, answers=lab.answers).program:
            texts.append(template.cells)
    with suppress(FileError, OSError):  # this reference may not be made for a handout
        texts.append((unwritten(lab),))
    return _statements(tuple(texts), tuple(lab.rubric.functions))


@functools.cache
def _statements(texts: tuple[tuple[str, ...], ...], asked: tuple[str, ...]) -> frozenset[bytes]:
    by_line = [form for cells in texts for cell in cells for form in line_forms(cell, asked)]
    parsed = [form for cells in texts for form in function_forms(cells, asked)]
    return frozenset(digest for form in (*by_line, *parsed) for digest in form.digests)
