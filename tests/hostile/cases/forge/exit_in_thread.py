"""A thread ends the process while a call is being made."""

import os
import threading
import time


def attack(*_):
    threading.Thread(target=lambda: (time.sleep(0.05), os._exit(0))).start()
    time.sleep(0.5)
    return 1.0


check_result = train = fnn_forward = fnn_gradients = fnn_check_result = attack
