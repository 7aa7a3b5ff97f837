"""The blank answers.yaml."""

from autograder.authoring.handout.sheet import given
from autograder.rubric import Lab

HEAD = """\
# Your answers on paper: write each value after its colon and a space.
# A value is a number or arithmetic, such as 3, -0.7, 1/3 or 2*(3-1)*5.
# Give numbers that are not exact with 4 decimals. Leave blank what you have not worked out.
"""


def blank(lab: Lab) -> str:
    """The file's text: a section for each graph that is worked out on paper, with its inputs."""
    sections = (
        "\n".join([f"{name}: # {given(lab, name)}", *(f"  {quantity}:" for quantity in quantities)])
        for name, quantities in lab.paper().items()
    )
    return "\n".join([HEAD, "\n\n".join(sections), ""])
