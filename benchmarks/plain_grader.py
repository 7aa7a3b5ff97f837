"""A grader to compare with: the same checks, as most courses write them with gradescope-utils, in one process.

It imports the submission and compares it with the reference for the same inputs. Unlike the autograder, it
has no limits on time or memory, no sandbox between submission and answers, no feedback beyond "wrong" and no
partial credit.

    python benchmarks/plain_grader.py examples/perfect_plain results.json
"""

import importlib.util
import sys
import unittest
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import yaml
from gradescope_utils.autograder_utils.decorators import number, weight
from gradescope_utils.autograder_utils.json_test_runner import JSONTestRunner

REFERENCE = Path(__file__).resolve().parents[1] / "reference"
NODES = ["m1", "r", "m2", "y_hat", "s", "loss"]
PARTIALS = ["dloss_ds", "ds_dy_hat", "dy_hat_dm2", "dm2_dw2", "dm2_dr", "dr_dm1", "dm1_dw1"]
GRADIENTS = ["dloss_dw2", "dloss_dw1"]

TASK1 = [(4.2, -1.4, -0.4), (-4.0, -2.6, -0.7), (3.1, 2.4, 0.8)]  # x, y, w
TASK2 = [  # x1, w1, w2, y
    (1.1, 1.7, 1.6, 1.5),
    (2.9, 1.2, -0.6, 0.3),
    (2.9, -0.8, -2.3, 1.4),
    (1.5, 1.2, 1.2, -0.9),
]
TRAIN = [(1.4, -0.9, -1.3, 0.1), (-2.0, 2.4, -0.7, 0.04), (1.6, 2.5, -0.8, 0.06)]  # x, y, w, lr


def load(folder: Path, name: str) -> ModuleType:
    """The folder's Lab4.py, imported into this process under `name`."""
    spec = importlib.util.spec_from_file_location(name, folder / "Lab4.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def value(answer: object) -> float:
    """A paper answer as a number. Students write arithmetic; graders of this kind use eval."""
    return float(eval(str(answer), {}))


class Lab4(unittest.TestCase):
    """The checks of rubric.yaml, in its order."""

    folder: Path

    @classmethod
    def setUpClass(cls) -> None:
        cls.student = load(cls.folder, "student")
        cls.reference = load(REFERENCE, "reference")
        cls.answers = yaml.safe_load((cls.folder / "answers.yaml").read_text())

    def compare_paper(self, task: str, truth: dict[str, float], rtol: float) -> None:
        for name, expected in truth.items():
            np.testing.assert_allclose(value(self.answers[task][name]), expected, rtol=rtol, atol=1e-6)

    def compare(self, function: str, inputs: list[tuple[float, ...]], keys: list[str] | None = None) -> None:
        for values in inputs:
            returned: Any = getattr(self.student, function)(*values)
            expected: Any = getattr(self.reference, function)(*values)
            if keys:
                returned, expected = [returned[key] for key in keys], [expected[key] for key in keys]
            np.testing.assert_allclose(returned, expected, rtol=1e-3, atol=1e-6)

    def compare_training(self, inputs: list[tuple[float, ...]], n_epochs: int = 20) -> None:
        for values in inputs:
            w, losses = self.student.train(*values, n_epochs)
            expected_w, expected_losses = self.reference.train(*values, n_epochs)
            np.testing.assert_allclose(w, expected_w, rtol=1e-3, atol=1e-6)
            np.testing.assert_allclose(losses[:10], expected_losses[:10], rtol=1e-3, atol=1e-6)

    @weight(6)
    @number("1.1")
    def test_task1_values_on_paper(self) -> None:
        self.compare_paper("task1", {"y_hat": 2, "s": 1, "loss": 1}, rtol=0)

    @weight(3)
    @number("1.2")
    def test_task1_gradient_on_paper(self) -> None:
        self.compare_paper("task1", {"dloss_dw": 8}, rtol=0)

    @weight(1)
    @number("2.1")
    def test_check_result_published(self) -> None:
        self.compare("check_result", [(4.0, 1.0, 0.5)])

    @weight(3)
    @number("2.2")
    def test_check_result_hidden(self) -> None:
        self.compare("check_result", TASK1)

    @weight(4)
    @number("3.1")
    def test_train_published(self) -> None:
        self.compare_training([(4.0, 1.0, 0.5, 0.01)])

    @weight(12)
    @number("3.2")
    def test_train_hidden(self) -> None:
        self.compare_training(TRAIN)

    @weight(4)
    @number("3.3")
    def test_train_second_rate(self) -> None:
        self.compare_training([(-2.0, 2.4, -0.7, 0.11)])

    @weight(3)
    @number("3.4")
    def test_train_one_epoch(self) -> None:
        self.compare_training([(1.4, -0.9, -1.3, 0.1)], n_epochs=1)

    @weight(3)
    @number("3.5")
    def test_train_unstable(self) -> None:
        self.compare_training([(1.4, -0.9, -1.3, 0.6)])

    @weight(6)
    @number("4.1")
    def test_task2_values_on_paper(self) -> None:
        self.compare_paper("task2", self.reference.fnn_forward(), rtol=0.02)

    @weight(6)
    @number("4.2")
    def test_task2_gradients_on_paper(self) -> None:
        truth = self.reference.fnn_gradients()
        self.compare_paper("task2", {key: truth[key] for key in GRADIENTS}, rtol=0.02)

    @weight(2)
    @number("5.1")
    def test_fnn_forward_published(self) -> None:
        self.compare("fnn_forward", [()], NODES)

    @weight(12)
    @number("5.2")
    def test_fnn_forward_hidden(self) -> None:
        self.compare("fnn_forward", TASK2, NODES)

    @weight(2)
    @number("6.1")
    def test_fnn_gradients_published(self) -> None:
        self.compare("fnn_gradients", [()], PARTIALS + GRADIENTS)

    @weight(7)
    @number("6.2")
    def test_fnn_gradients_partials_hidden(self) -> None:
        self.compare("fnn_gradients", TASK2, PARTIALS)

    @weight(12)
    @number("6.3")
    def test_fnn_gradients_hidden(self) -> None:
        self.compare("fnn_gradients", TASK2, GRADIENTS)

    @weight(2)
    @number("7.1")
    def test_fnn_check_result_published(self) -> None:
        self.compare("fnn_check_result", [()])

    @weight(12)
    @number("7.2")
    def test_fnn_check_result_hidden(self) -> None:
        self.compare("fnn_check_result", TASK2)


def main() -> None:
    """Grade the folder given first, write results to the file given second."""
    Lab4.folder = Path(sys.argv[1])
    tests = unittest.defaultTestLoader.loadTestsFromTestCase(Lab4)
    with Path(sys.argv[2]).open("w") as results:
        JSONTestRunner(stream=results, visibility="visible").run(tests)


if __name__ == "__main__":
    main()
