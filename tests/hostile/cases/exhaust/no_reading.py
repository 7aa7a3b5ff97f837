"""Is asked, and neither reads nor answers; with a request that waits in the socket."""

import os
import time

time.sleep(0.2)
os.closerange(0, 3)


def attack(*_):
    time.sleep(0.6)


check_result = train = fnn_forward = fnn_gradients = fnn_check_result = attack
