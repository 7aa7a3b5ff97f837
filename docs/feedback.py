"""Write docs/feedback.md, the feedback for each kind of mistake. Run it after a change to feedback:

.venv/bin/python docs/feedback.py
"""

import ast
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder import rubric
from autograder.grader import Grader
from autograder.outcome import CheckResult
from autograder.sandbox.host.fork_server import ForkServer

ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 60.0  # seconds to find a line, so that the page is the same on every machine
HEAD = """# Feedback

Each example is a real submission from this repository: the relevant lines of code, and the feedback that the student
gets. `docs/feedback.py` writes this page, and a test checks that it matches what the grader says today.

Signs: `✓` right, `↳` correct given an earlier wrong value (it earns points), `~` right for some inputs, `✗` wrong,
`·` blank, `?` unreadable. Feedback never repeats values returned for hidden inputs and never shows an expected number.

If one small change in the program makes everything right that a function returns, its line is named and what to look
at, never the change. The grader tries changes for a second or so (`limits.search` in `rubric.yaml`), with numbers drawn
for this alone. In a class it looks only where no known mistake explains the numbers, and tries fewer changes. If two
mistakes together explain the numbers, each may have its line: a change there leaves what the other alone would give.

How often that works was measured with 353 wrong programs in ten styles (`benchmarks/wrong_programs.py`), by people who
knew neither the table of mistakes nor the changes that are tried: the mistake is named in 97 of 100, and in the others
what the program raises is explained. All of that was improved with them; of 112 programs that were written afterwards,
the mistake was named in 88, before the table was extended once more. The right line was among those said in 87 of the
100, and in 4 it was another one where a change makes everything right as well.

If a function gives no answer for some inputs (an exception, or a call that takes too long) but a right one for others
of the same kind, the missing answer counts as wrong: failing never earns more than a wrong number. Inputs for which a
ReLU is on its other side are a different kind: a program that fails only for them loses only their share.
"""


@dataclass(frozen=True)
class Example:
    """One kind of feedback: a submission, the function (or the section of the answers) to show, and the check."""

    title: str
    why: str
    submission: str
    shown: str
    number: str


EXAMPLES = (
    Example(
        "One mistake explains everything",
        "One faulty loop explains all losses and weights of all calls, so the feedback names the mistake.",
        "examples/forgot_zero_grad",
        "train",
        "3.2",
    ),
    Example(
        "A mistake with a number of its own",
        "The momentum is computed from one loss; it is named because it explains all others too, of all calls.",
        "tests/submissions/wrong_train_velocity",
        "train",
        "3.2",
    ),
    Example(
        "The first wrong node, and what follows from it",
        "Later values are correct given the wrong one, so they earn points.",
        "tests/submissions/wrong_forward_sigmoid_sign",
        "fnn_forward",
        "5.2",
    ),
    Example(
        "A mistake in one factor of the chain rule",
        "The gradients are correct given the student's local derivative; only that derivative loses its points.",
        "tests/submissions/wrong_gradients_sigmoid_of_y_hat",
        "fnn_gradients",
        "6.2",
    ),
    Example(
        "Right numbers by chance",
        "With most inputs the result is right; some hidden inputs reveal the mistake.",
        "tests/submissions/wrong_forward_abs",
        "fnn_forward",
        "5.2",
    ),
    Example(
        "Several mistakes would give this number",
        "On paper there is one set of inputs, and with it different mistakes give the same number. All are listed.",
        "examples/missing_factor_2",
        "task1",
        "1.2",
    ),
    Example(
        "A mistake on paper that is carried forward",
        "The second gradient is off by the same factor as the first, so the mistake costs points only once.",
        "examples/missing_factor_2",
        "task2",
        "4.2",
    ),
    Example(
        "The handout's own notation",
        "Taken literally, the handout's formula gives a slightly different number. On paper that is accepted.",
        "examples/literal_sigmoid",
        "task2",
        "4.2",
    ),
    Example(
        "The results of two weights are exchanged",
        "The feedback names the order of the returned values, not the chain rule.",
        "tests/submissions/wrong_check_swapped",
        "fnn_check_result",
        "7.2",
    ),
    Example(
        "The program raises an exception",
        "The student's own exception, with its line, and what it usually means.",
        "tests/submissions/wrong_train_leaf_in_place",
        "train",
        "3.1",
    ),
    Example(
        "It works on the CPU only",
        "The grader finds this without a GPU. It costs points in this check only.",
        "tests/submissions/wrong_device_inputs_on_the_cpu",
        "train",
        "8",
    ),
    Example(
        "cuda is hard-coded",
        "Gradescope has no GPU. The code is graded as if it used the given device.",
        "tests/submissions/wrong_device_cuda_of_tensors",
        "fnn_check_result",
        "8",
    ),
    Example(
        "It prints and returns nothing",
        "Of 90 public solutions of this exercise, 39 do this.",
        "examples/prints_only",
        "train",
        "3.1",
    ),
    Example(
        "A result that is no number",
        "It is said what a result is instead: missing, None, text, several values, or a method that is not called. If "
        "nothing known explains all results, the feedback names no mistake and describes only what it can see.",
        "tests/submissions/wrong_train_item_not_called",
        "train",
        "3.1",
    ),
)


def page() -> str:
    """The whole page as Markdown."""
    parts = [HEAD]
    with (
        ForkServer() as server,
        tempfile.TemporaryDirectory() as folder,
        Grader(rubric.load(ROOT).with_limits(search=PATIENCE), server, "cpu") as grader,
    ):
        for example in EXAMPLES:
            report = grader.grade(ROOT / example.submission, Path(folder) / "results.json")
            check = next(each for each in report.checks if each.number == example.number)
            parts.append(
                f"## {example.title}\n\n{example.why}\n\n[`{example.submission}`](../{example.submission})\n\n"
                f"{excerpt(ROOT / example.submission, example.shown)}\n\n"
                f"**{check.number} {check.name}: {check.outcome.points:g} of {check.out_of:g} points**\n\n"
                f"```text\n{advised(report.checks, check.outcome.text)}\n```\n"
            )
    return "\n".join(parts)


def excerpt(submission: Path, name: str) -> str:
    """A function of Lab4.py, or a section of answers.yaml, as the student wrote it."""
    if name.startswith("task"):
        text = (submission / "answers.yaml").read_text()
        section = text[text.index(f"{name}:") :]
        return f"```yaml\n{section.split(chr(10) + 'task')[0].rstrip()}\n```"
    text = (submission / "Lab4.py").read_text()
    found = next(each for each in ast.parse(text).body if isinstance(each, ast.FunctionDef) and each.name == name)
    return f"```python\n{ast.get_source_segment(text, found)}\n```"


def advised(checks: Sequence[CheckResult], text: str) -> str:
    """The text of a check; advice that stands under an earlier one is put in."""
    for check in checks:
        given = "\n".join(f"→ {said}" for said in (check.outcome.hint, *(line.text for line in check.outcome.lines)))
        text = text.replace(f"→ See the advice under {check.number}.", given)
    return text


if __name__ == "__main__":
    (ROOT / "docs/feedback.md").write_text(page(), encoding="utf-8")
