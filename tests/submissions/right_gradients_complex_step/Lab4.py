"""Derivatives by the complex step f'(t) = Im f(t + ih) / h: exact to the last digit, no subtraction."""

import cmath
from dataclasses import asdict, dataclass

TINY = 1e-30


@dataclass
class Gradients:
    dloss_ds: float
    ds_dy_hat: float
    dy_hat_dm2: float
    dm2_dw2: float
    dm2_dr: float
    dr_dm1: float
    dm1_dw1: float

    @property
    def weights(self) -> dict[str, float]:
        delta = self.dloss_ds * self.ds_dy_hat * self.dy_hat_dm2
        return {"dloss_dw2": delta * self.dm2_dw2, "dloss_dw1": delta * self.dm2_dr * self.dr_dm1 * self.dm1_dw1}


def sigmoid(t: complex) -> complex:
    return 1 / (1 + cmath.exp(-t))


def slope(f, t: float) -> float:
    return f(complex(t, TINY)).imag / TINY


def fnn_gradients(x1=4.0, w1=0.5, w2=0.2, y=1.0):
    m1 = x1 * w1
    r = m1 if m1 > 0 else 0.0
    y_hat = sigmoid(r * w2).real
    found = Gradients(
        slope(lambda s: s * s, y_hat - y),
        slope(lambda p: p - y, y_hat),
        slope(sigmoid, r * w2),
        slope(lambda v: r * v, w2),
        slope(lambda h: h * w2, r),
        slope(lambda t: t if t.real > 0 else 0j, m1),
        slope(lambda v: x1 * v, w1),
    )
    return asdict(found) | found.weights
