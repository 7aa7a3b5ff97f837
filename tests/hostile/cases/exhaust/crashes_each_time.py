"""Ends its process in every call after a slow import, so that each check needs a new one."""

import os
import time

time.sleep(0.5)


def attack(*_):
    os._exit(1)


check_result = train = fnn_forward = fnn_gradients = fnn_check_result = attack
