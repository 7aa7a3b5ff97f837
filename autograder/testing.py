"""What tests in Python are written with; see docs/python-checks.md.

from autograder.testing import LabTest
"""

from autograder.checks.lab_test import LabTest

__all__ = ["LabTest"]
