"""A class of algorithms that setUp makes."""

from gradescope_utils.autograder_utils.decorators import visibility, weight

from autograder.testing import LabTest


class TestPairs(LabTest):
    def setUp(self):
        self.solver = self.student.make("Solution")

    @weight(1)
    def test_empty(self):
        self.assertEqual(self.solver.call("pairs", [], 0), [])

    @weight(1)
    def test_no_solution(self):
        self.assertEqual(self.solver.call("pairs", [1, 2, 3], 10), [])

    @weight(2)
    @visibility("after_due_date")
    def test_several(self):
        self.assertEqual(self.solver.call("pairs", [-1, 0, 1, 2, 4, 3], 3), [[-1, 4], [0, 3], [1, 2]])
