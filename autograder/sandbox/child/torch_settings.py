"""Settings of torch that hold for the whole process: what one function changes must not affect the calls of others.

Runs in the sandbox.
"""

from typing import Any, NamedTuple


class TorchSettings(NamedTuple):
    """Whether torch records what gradients need, the type of new tensors, and the device where they are made."""

    gradients: bool
    dtype: Any
    device: Any

    @classmethod
    def now(cls) -> "TorchSettings":
        """The settings as they are."""
        import torch

        new = torch.empty(0)  # ten times as fast as torch.get_default_device
        return cls(torch.is_grad_enabled(), new.dtype, new.device)

    def restore(self) -> None:
        """Let them be these again. Each is set only if it has changed, because a default device slows torch down."""
        import torch

        now = TorchSettings.now()
        if now.gradients != self.gradients:
            torch.set_grad_enabled(self.gradients)
        if now.dtype != self.dtype:
            torch.set_default_dtype(self.dtype)
        if now.device != self.device:
            torch.set_default_device(None if self.device.type == "cpu" else self.device)
