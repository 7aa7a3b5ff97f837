"""Write docs/feedback.md, what students are told for each kind of mistake. Run it after a change to feedback:

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
HEAD = """# What students are told

Each is a real submission of this repository, the lines that matter, and the words it gets. This page is written by
`docs/feedback.py` and a test holds it to what the grader says today.

Signs: `✓` right, `↳` follows rightly from an earlier slip (and counts), `~` right for some inputs, `✗` wrong,
`·` blank, `?` unreadable. Values returned for hidden inputs are never repeated, and an expected number is never shown.

No answer (an exception, a call that takes too long) for some numbers, where others of the same kind got a right one,
counts as a wrong answer: failing is never worth more than being wrong. Numbers for which a ReLU is on its other side
are another kind, at which a program may well fail for itself: there it loses their share and no more.
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
        "All losses and weights of all calls are those of one faulty loop, so it is named.",
        "examples/forgot_zero_grad",
        "train",
        "3.2",
    ),
    Example(
        "The first wrong node, and what follows from it",
        "Later values are computed rightly from the wrong one: they count.",
        "tests/submissions/wrong_forward_sigmoid_sign",
        "fnn_forward",
        "5.2",
    ),
    Example(
        "A slip in one link of the chain",
        "The gradients follow from the student's own local derivative; only that one loses its points.",
        "tests/submissions/wrong_gradients_sigmoid_of_y_hat",
        "fnn_gradients",
        "6.2",
    ),
    Example(
        "Right numbers by chance",
        "On the lab's own inputs this is right; other inputs show it.",
        "tests/submissions/wrong_forward_abs",
        "fnn_forward",
        "5.2",
    ),
    Example(
        "Several mistakes would give this number",
        "On paper there is one set of inputs, and with it different slips meet. None is claimed.",
        "examples/missing_factor_2",
        "task1",
        "1.2",
    ),
    Example(
        "A slip on paper that is carried on",
        "The second gradient is off by the same factor as the first: it is not punished twice.",
        "examples/missing_factor_2",
        "task2",
        "4.2",
    ),
    Example(
        "The handout's own notation",
        "Read to the letter, the handout's formula gives a slightly different number. On paper that is accepted.",
        "examples/literal_sigmoid",
        "task2",
        "4.2",
    ),
    Example(
        "The results of two weights exchanged",
        "The order of what is returned is named, not the chain rule.",
        "tests/submissions/wrong_check_swapped",
        "fnn_check_result",
        "7.2",
    ),
    Example(
        "The program raises",
        "The student's own exception, with its line, and what it usually means.",
        "tests/submissions/wrong_train_leaf_in_place",
        "train",
        "3.1",
    ),
    Example(
        "It works on the CPU only",
        "Found without a GPU; the rest of the function is graded all the same.",
        "tests/submissions/wrong_device_inputs_on_the_cpu",
        "train",
        "8",
    ),
    Example(
        "cuda is written into the code",
        "Gradescope has no GPU. The code is graded as if it used the device that it is given.",
        "tests/submissions/wrong_device_cuda_of_tensors",
        "fnn_check_result",
        "8",
    ),
    Example(
        "It prints and returns nothing",
        "Of 90 public solutions of this exercise, 39 do that.",
        "examples/prints_only",
        "train",
        "3.1",
    ),
    Example(
        "Nothing recognised",
        "Where no mistake explains all that came back, none is claimed; what can be said is said.",
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
        Grader(rubric.load(ROOT), server, "cpu") as grader,
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
        text = text.replace(f"→ See the advice under {check.number}.", f"→ {check.outcome.hint}")
    return text


if __name__ == "__main__":
    (ROOT / "docs/feedback.md").write_text(page(), encoding="utf-8")
