"""Tests in Python, written the way instructors write them for gradescope-utils."""

import unittest

import helpers
import numpy as np
from gradescope_utils.autograder_utils.decorators import (
    hide_errors,
    leaderboard,
    number,
    partial_credit,
    tags,
    visibility,
    weight,
)

from autograder.testing import LabTest


class Flatten(LabTest):
    @weight(3)
    @number("9.1")
    def test_flatten(self):
        """flatten keeps the batch"""
        x = self.random((2, 3, 4))
        self.assert_close(self.student.call("flatten", x), self.reference.call("flatten", x))

    @weight(2)
    @number("9.2")
    @tags("shapes")
    @visibility("after_due_date")
    def test_shape(self):
        self.assertEqual(self.student.call("flatten", np.zeros((3, 2, 1))).shape, helpers.SHAPE, "the shape is wrong")


class Others(LabTest):
    @weight(2)
    @number("9.3")
    def test_root_raises(self):
        with self.assertRaises(ValueError):
            self.student.call("root", -4.0)

    @partial_credit(4)
    @number("9.4")
    @leaderboard("steps", "asc")
    def test_counter(self, set_score=None, set_leaderboard_value=None):
        counter = self.student.make("Counter", start=2)
        right = [counter.call("add", 3) == 5, counter.call("add", step=-1) == 4, counter.get("count") == 4]
        set_leaderboard_value(len(right))
        set_score(4 * sum(right) / len(right))

    @weight(2)
    @number("9.5")
    @hide_errors("words() counts something else")
    def test_words(self):
        self.assertEqual(self.student.call("words", "a bcd"), {"a": 1, "bcd": 3})

    @weight(2)
    @number("9.6")
    def test_module(self):
        """Line keeps its slope"""
        line = self.student.make("Line", 3)
        x = self.random((4,))
        np.testing.assert_allclose(line.call("forward", x), 3 * x, rtol=1e-4)
        self.assert_close(line.get("slope"), 3.0)
        self.assert_close(line.call("__call__", 2.0), 6.0)

    @weight(2)
    @number("9.7")
    def test_noise(self):
        """random numbers begin at the same seed"""
        self.assert_close(self.student.call("noise", 5), self.reference.call("noise", 5))

    @weight(3)
    @number("9.8")
    def test_same(self):
        """what goes there and back is the same"""
        for value in (
            1,
            2.5,
            True,
            None,
            "text",
            float("inf"),
            [1, [2.0, "a"]],
            {"a": [1, 2], "b": None},
            [[1, 2]] * 9,
            [[[1.5], [2.0]]] * 9,
            [0.5] * 12,
            [2**53 + 1, -(3**60), 10**250],
        ):
            with self.subTest(value=value):
                self.assertEqual(self.student.call("same", value), value)
        array = np.array([[1, 2], [3, 4]])
        found = self.student.call("same", array)
        assert found.dtype == np.int64 and (found == array).all(), "whole numbers stay whole"
        assert self.student.call("same", array > 2).dtype == bool


if __name__ == "__main__":
    unittest.main()
