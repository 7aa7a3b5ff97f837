"""Changes what it shares with the fork server, if anything: modules, the environment, shared memory, the umask."""

import builtins
import os

import torch

os.environ["LD_PRELOAD"] = "/tmp/hostile.so"
os.umask(0)
builtins.hostile = "was here"
torch.hostile = "was here"
FOUND = "nothing"


def train(*_):
    os._exit(0)


def fnn_forward(*_):
    return {"loss": getattr(builtins, "hostile", "gone")}
