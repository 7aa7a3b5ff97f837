"""The handout: what students get, generated from the rubric and the reference alone, so that it agrees with both."""

from autograder.authoring.handout import answers, program, sheet, spoilers
from autograder.authoring.handout.folder import changed, others, write
from autograder.authoring.handout.prose import outdated
from autograder.render import blank_graph_svg
from autograder.rubric import FileError, Lab


def make(lab: Lab) -> dict[str, str]:
    """Generate the texts of all files of the handout, by file name.

    Raises:
        FileError: A file cannot be generated from the reference, or it would give an answer away.
    """
    files = {lab.rubric.program: program.unwritten(lab)}
    if lab.paper():
        files[lab.rubric.answers] = answers.blank(lab)
    if sheet.source(lab).exists():
        files[sheet.NAME] = sheet.filled_in(lab)
    for name, graph in lab.known_graphs.items():
        weights = sheet.weights(lab, name)
        files[sheet.picture_name(name)] = blank_graph_svg.svg(
            graph, f"{name}: computation graph of {graph.output}", weights, lab.shapes(name)
        )
    for problem in spoilers.problems(lab, files):
        raise FileError(f"{lab.folder}: the handout would give an answer away: {problem}")
    return files


def of_reference(lab: Lab) -> dict[str, str]:
    """The texts of the files in reference/ that are generated too, by file name: the right answers on paper."""
    return {lab.rubric.answers: answers.filled_in(lab)} if lab.paper() else {}


def without_sheet(lab: Lab) -> str:
    """A warning if the lab has no lab sheet, else ""."""
    source = sheet.source(lab)
    return "" if source.exists() else f"{sheet.NAME} is not generated, because there is no {source}"


__all__ = ["changed", "make", "of_reference", "others", "outdated", "without_sheet", "write"]
