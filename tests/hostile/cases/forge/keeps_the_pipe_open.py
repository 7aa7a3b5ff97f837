"""A child of its own keeps socket and output open for ever, while it ends itself."""

import os
import time


def attack(*_):
    if os.fork() == 0:
        time.sleep(20)
        os._exit(0)
    os._exit(0)


check_result = train = fnn_forward = fnn_gradients = fnn_check_result = attack
