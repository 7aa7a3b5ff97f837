"""The operations of the grader's table as torch has them."""

from collections.abc import Callable

import torch

functional = torch.nn.functional
TORCH: dict[str, Callable[..., torch.Tensor]] = {
    "+": torch.add,
    "-": torch.sub,
    "*": torch.mul,
    "/": torch.div,
    "**": torch.pow,
    "neg": torch.neg,
    "relu": torch.relu,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "exp": torch.exp,
    "log": torch.log,
    "abs": torch.abs,
    "sqrt": torch.sqrt,
    "softplus": functional.softplus,
    "@": torch.matmul,
    "T": torch.t,
    "sum": torch.sum,
    "sum axis 0": lambda a: a.sum(dim=0),
    "sum axis 1": lambda a: a.sum(dim=1),
    "mean": torch.mean,
    "mean axis 0": lambda a: a.mean(dim=0),
    "mean axis 1": lambda a: a.mean(dim=1),
    "softmax": lambda a: functional.softmax(a, dim=-1),
    "log_softmax": lambda a: functional.log_softmax(a, dim=-1),
    "cross_entropy": lambda a, b: functional.cross_entropy(a, b.long()),
    "mse": functional.mse_loss,
}
