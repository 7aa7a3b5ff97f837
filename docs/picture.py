"""Draw docs/report.svg, the picture of the terminal report in README.md. Run it after a change to feedback or report:

.venv/bin/python docs/picture.py
"""

import dataclasses
import io
import re
import tempfile
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console

from autograder import rubric
from autograder.grader import Grader
from autograder.render import terminal
from autograder.sandbox.host.fork_server import ForkServer

ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 60.0  # seconds to find a line, so that the picture is the same on every machine


def draw() -> str:
    """The picture as SVG."""
    with (
        ForkServer() as server,
        tempfile.TemporaryDirectory() as folder,
        Grader(rubric.load(ROOT).with_limits(search=PATIENCE), server, "cpu") as grader,
    ):
        report = grader.grade(ROOT / "examples/forgot_zero_grad", Path(folder) / "results.json")
    report = dataclasses.replace(report, submission="examples/forgot_zero_grad", seconds=0.8)
    console = Console(width=80, record=True, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    terminal.show(report, "results/results.json", console=console)
    # Its fonts would come from the network.
    offline = re.sub(r"@font-face \{\{.*?\}\}", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)
    return console.export_svg(title="./run_autograder examples/forgot_zero_grad", code_format=offline)


if __name__ == "__main__":
    (ROOT / "docs/report.svg").write_text(draw(), encoding="utf-8")
