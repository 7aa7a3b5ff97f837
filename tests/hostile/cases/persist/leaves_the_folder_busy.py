"""Leaves files that are open, locked, unlinked, read-only and with odd names in its folder."""

import fcntl
import os

held = open("locked", "w")
fcntl.flock(held, fcntl.LOCK_EX)
os.mkdir("read only")
open("read only/file", "w").write("x")
os.chmod("read only", 0o500)
for name in (b"\xff\xfe", b"new\nline", b"-rf", b"*", b" ", "ü\u202e".encode()):
    open(name, "w").write("x")
try:
    os.mkfifo("pipe")
    os.symlink("/", "root")
    os.symlink("loop", "loop")
except OSError as error:
    print(error.strerror)


def attack(*_):
    os._exit(1)


check_result = train = fnn_forward = fnn_gradients = fnn_check_result = attack
