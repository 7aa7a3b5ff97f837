"""Takes the identity of root back, or of anybody else."""

import os


GOT = "GOT " + "IN: "  # the harness looks for these words together

def attack(*_):
    before = os.getresuid()
    for user in (0, 1, 1000):
        try:
            os.setresuid(user, user, user)
        except OSError:
            continue
        if os.getresuid() != before:
            raise RuntimeError(GOT + f"became user {user}")


check_result = train = fnn_forward = fnn_gradients = fnn_check_result = attack
