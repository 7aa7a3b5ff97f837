"""Layers of torch with their gradients, and what a method prints."""

import numpy as np
from gradescope_utils.autograder_utils.decorators import weight

from autograder.testing import LabTest


class TestLayers(LabTest):
    @weight(1)
    def test_relu(self):
        x = np.array([[-10.0, -1.0, 0.3], [1.0, 10.2, -0.1]])
        self.assert_close(self.student.make("ReLULayer").call("__call__", x), np.maximum(x, 0))

    @weight(1)
    def test_relu_gradient(self):
        (gradient,) = self.student.make("ReLULayer").gradients("__call__", np.array([-2.0, -0.5, 0.5, 2.0]))
        self.assert_close(gradient, np.array([0.0, 0.0, 1.0, 1.0]), msg="the gradient of ReLU is wrong")

    @weight(2)
    def test_mse_gradients(self):
        prediction, target = self.random((6,)), self.random((6,))
        by_prediction, by_target = self.student.make("MSELoss").gradients("forward", prediction, target)
        self.assert_close(by_prediction, 2 * (prediction - target) / 6, rtol=1e-3)
        self.assert_close(by_target, -by_prediction)


class TestPlaylist(LabTest):
    @weight(2)
    def test_show(self):
        songs = self.student.make("Playlist")
        for title in ("one", "two"):
            songs.call("add", title)
        songs.call("show")
        self.assertEqual(self.student.printed.strip(), "now: two", "show() has to print the current song")
        self.assertEqual(songs.get("songs"), ["one", "two"])
        self.assertEqual(songs.get_object("current").get("title"), "two")
