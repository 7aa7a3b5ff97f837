"""The blank answers.yaml."""

from autograder.authoring.handout.sheet import given
from autograder.rubric import Lab

HEAD = """\
# Your answers on paper. Write each value after its colon and a space.
# A value is a number or an arithmetic expression, such as 3, -0.7, 1/3 or 2*(3-1)*5.
# Round numbers that are not exact to 4 decimals. Leave a value blank if you have no answer.
"""


def blank(lab: Lab) -> str:
    """The text of the file: a section for each graph that students work out on paper, with its published inputs."""
    sections = (
        "\n".join([f"{name}: # {given(lab, name)}", *(f"  {quantity}:" for quantity in quantities)])
        for name, quantities in lab.paper().items()
    )
    return "\n".join([HEAD, "\n\n".join(sections), ""])
