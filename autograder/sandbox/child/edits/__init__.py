"""Small changes of a program, one of which may repair it: likely ones first.

Automated program repair as in Weimer et al. 2009 ("Automatically finding patches using genetic programming"), with
single edits only: what is wanted is the line that they are in, not the repaired program.
"""

from autograder.sandbox.child.edits.edit import Edit, made
from autograder.sandbox.child.edits.find import edits

__all__ = ["Edit", "edits", "made"]
