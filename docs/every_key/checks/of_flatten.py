"""A test in Python, of the function flatten."""

from gradescope_utils.autograder_utils.decorators import weight

from autograder.testing import LabTest


class Flatten(LabTest):
    @weight(1)
    def test_keeps_the_first_axis(self):
        """flatten keeps the first axis"""
        x = self.random((2, 3, 4))
        self.assert_close(self.student.call("flatten", x), self.reference.call("flatten", x))
