"""Machine learning in NumPy: the test sets a model's attributes; every test has partial credit."""

from collections.abc import Callable

import numpy as np
from gradescope_utils.autograder_utils.decorators import partial_credit, visibility

from autograder.testing import LabTest


class TestLogisticRegression(LabTest):
    arrays_as = "numpy"

    @property
    def data(self):
        X = np.linspace(0, 1, num=30 * 784).reshape((30, 784)) - 0.5
        return X, np.tile([-1, 1], reps=15)

    def model(self, weight):
        model = self.student.make("LogisticRegression")
        model.set("weight", weight)
        model.set("bias", 0.5)
        return model

    @visibility("visible")
    @partial_credit(2)
    def test_probability(self, set_score: Callable[[float], None]):
        X, y = self.data
        actual = self.model(np.zeros(784)).call("probability", X, y)
        expected = 1 / (1 + np.exp(-0.5 * y))
        np.testing.assert_array_almost_equal(actual, expected)
        set_score(2)

    @visibility("visible")
    @partial_credit(2)
    def test_loss(self, set_score: Callable[[float], None]):
        X, y = self.data
        np.testing.assert_almost_equal(self.model(np.zeros(784)).call("loss", X, y), 0.724077, decimal=4)
        set_score(2)

    @visibility("visible")
    @partial_credit(3)
    def test_step(self, set_score: Callable[[float], None]):
        X, y = self.data
        model = self.model(np.linspace(-1, 1, 784))
        before, gradient = model.get("weight"), model.call("gradient", X, y)
        set_score(1 if gradient.shape == (784,) else 0)
        model.call("step", X, y, learning_rate=2.0)
        np.testing.assert_array_almost_equal(model.get("weight"), before - 2 * gradient)
        set_score(3)
