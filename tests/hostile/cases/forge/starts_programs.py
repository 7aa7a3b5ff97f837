"""Starts other programs in all the ways there are."""

import os
import subprocess

COMMAND = "echo done; touch /tmp/hostile-starts_programs"


def attack(*_):
    for start in (
        lambda: os.system(COMMAND),
        lambda: os.popen(COMMAND).read(),
        lambda: subprocess.run(["sh", "-c", COMMAND], check=True),
        lambda: os.posix_spawn("/bin/sh", ["sh", "-c", COMMAND], {}),
        lambda: os.spawnl(os.P_WAIT, "/bin/sh", "sh", "-c", COMMAND),
    ):
        try:
            start()
        except Exception as error:
            print(type(error).__name__)


check_result = train = fnn_forward = fnn_gradients = fnn_check_result = attack
