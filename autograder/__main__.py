"""`python -m autograder`."""

import os
import sys

from autograder.cli import main

status = main()
sys.stdout.flush()
sys.stderr.flush()
os._exit(status)  # nothing is left to be done, and tearing the interpreter down takes time
