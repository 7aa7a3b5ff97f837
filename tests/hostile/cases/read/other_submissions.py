"""Reads what others have handed in: working copies in the temporary folder, and the folder beside its own."""

import glob
import os
import tempfile

FOUND = "nothing"
own = os.path.realpath(os.getcwd())
places = ["/tmp/submission-*/Lab4.py", "/tmp/*/submission-*/Lab4.py", "/tmp/*hostile*/*/classmate/Lab4.py"]
places += ["/dev/shm/*/submission-*/Lab4.py"]
places += [os.path.join(os.path.dirname(tempfile.gettempdir()), "*", "Lab4.py"), "../*/Lab4.py", "../../*/Lab4.py"]
for place in places:
    for path in glob.glob(place):
        try:
            if not os.path.realpath(path).startswith(own) and open(path).read():
                FOUND = "GOT " + "IN: read another program"
        except OSError as error:
            print(error.strerror)


def check_result(*_):
    print(FOUND)


def train(*_):
    raise RuntimeError(FOUND)


def fnn_forward(*_):
    return FOUND
