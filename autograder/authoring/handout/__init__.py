"""The handout: what students get, generated from the rubric and the reference alone, so that it agrees with both."""

from pathlib import Path

from autograder.authoring.handout import answers, notebook, program, sheet, spoilers
from autograder.authoring.handout.folder import changed, others, write
from autograder.authoring.handout.prose import outdated
from autograder.render import blank_graph_svg
from autograder.rubric import FileError, Lab


def make(lab: Lab, *, as_notebook: bool = False) -> dict[str, str]:
    """Generate the texts of all files of the handout, by file name.

    Args:
        lab: the lab.
        as_notebook: whether students get a notebook in place of the program.

    Raises:
        FileError: A file cannot be generated from the reference, or it would give an answer away.
    """
    files = {lab.rubric.program: program.unwritten(lab)}
    if lab.paper():
        files[lab.rubric.answers] = answers.blank(lab)
    if sheet.source(lab).exists():
        files[sheet.NAME] = sheet.filled_in(lab, notebook=as_notebook)
    for name, graph in lab.known_graphs.items():
        weights = sheet.weights(lab, name)
        files[sheet.picture_name(name)] = blank_graph_svg.svg(
            graph, f"{name}: computation graph of {graph.output}", weights, lab.shapes(name)
        )
    for problem in spoilers.problems(lab, files):
        raise FileError(f"{lab.folder}: the handout would give an answer away: {problem}")
    return notebook.in_place_of_program(lab, files) if as_notebook else files


def of_reference(lab: Lab) -> dict[str, str]:
    """The texts of the files in reference/ that are generated too, by file name: the right answers on paper."""
    return {lab.rubric.answers: answers.filled_in(lab)} if lab.paper() else {}


def is_notebook(lab: Lab, folder: Path) -> bool:
    """Whether the handout in a folder has a notebook in place of the program."""
    return notebook.is_used(lab, folder)


def without_sheet(lab: Lab) -> str:
    """A warning if the lab has no lab sheet, else ""."""
    source = sheet.source(lab)
    return "" if source.exists() else f"{sheet.NAME} is not generated, because there is no {source}"


__all__ = ["changed", "is_notebook", "make", "of_reference", "others", "outdated", "without_sheet", "write"]
