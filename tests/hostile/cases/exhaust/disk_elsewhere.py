"""Fills every folder that everybody may write to, with 50 MB each."""

import os

import torch


def train(*_):
    written = []
    for folder in ("/tmp", "/var/tmp", "/dev/shm", "/run/lock", "/dev/mqueue", os.path.expanduser("~")):
        try:
            with open(f"{folder}/hostile-disk_elsewhere", "wb") as file:
                for _ in range(50):
                    file.write(bytes(1 << 20))
            written.append(folder)
        except OSError:
            pass
    torch.save(torch.ones(1), "/tmp/hostile-disk_elsewhere.pt")
