"""Takes nearly all the time that a call may take, in every call, until the time for everything is used up."""

import time


def attack(*_):
    time.sleep(0.8)


check_result = train = fnn_forward = fnn_gradients = fnn_check_result = attack
