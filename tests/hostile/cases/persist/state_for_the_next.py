"""Leaves a note for the next submission, in every place that both could reach."""

import os
import tempfile

import torch

for place in ("/tmp", "/var/tmp", "/dev/shm", "/run", tempfile.gettempdir(), os.path.expanduser("~"), ".."):
    try:
        open(f"{place}/hostile-state_for_the_next", "w").write("note")
    except OSError as error:
        print(error.strerror)
try:
    torch.save(torch.ones(1), os.path.join(torch.hub.get_dir(), "hostile-state_for_the_next"))
except Exception as error:
    print(type(error).__name__)
