"""The share of right predictions, which is no computation graph: it cannot be differentiated."""

from gradescope_utils.autograder_utils.decorators import number, weight

from autograder.testing import LabTest


class Accuracy(LabTest):
    @weight(4)
    @number("8")
    def test_accuracy(self):
        """accuracy: the share of right predictions"""
        for samples, classes in ((7, 3), (12, 5)):
            logits = self.random((samples, classes))
            labels = self.rng.integers(0, classes, samples)
            labels[0] = logits[0].argmax()  # at least one is right
            found = self.student.call("accuracy", logits, labels)
            self.assert_close(found, self.reference.call("accuracy", logits, labels))
