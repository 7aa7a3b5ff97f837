"""Plain functions, each test with weight and number."""

from gradescope_utils.autograder_utils.decorators import number, weight

from autograder.testing import LabTest


class TestDistance(LabTest):
    @weight(1)
    @number("1.1")
    def test_triangle(self):
        """distance: (0, 0) to (3, 4)"""
        actual = self.student.call("distance", 0, 0, 3, 4)
        self.assertLess(abs(5 - actual), 0.001)

    @weight(1)
    @number("1.2")
    def test_negative(self):
        """distance: (-4, 3) to (0, 0)"""
        self.assertAlmostEqual(self.student.call("distance", -4, 3, 0, 0), 5)

    @weight(1)
    @number("1.3")
    def test_same_point(self):
        """distance: a point to itself"""
        self.assertEqual(self.student.call("distance", 1, 2, 1, 2), 0)


if __name__ == "__main__":
    import unittest

    unittest.main()
