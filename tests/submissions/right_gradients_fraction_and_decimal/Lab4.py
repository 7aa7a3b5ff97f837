from decimal import Decimal
from fractions import Fraction


def fnn_forward(x1=4.0, w1=0.5, w2=0.2, y=1.0):
    m1 = Fraction(x1) * Fraction(w1)
    r = max(m1, Fraction(0))
    m2 = r * Fraction(w2)
    y_hat = 1 / (1 + (-Decimal(m2.numerator) / Decimal(m2.denominator)).exp())
    s = y_hat - Decimal(y)
    return {"m1": m1, "r": r, "m2": m2, "y_hat": y_hat, "s": s, "loss": s * s}


def fnn_gradients(x1=4.0, w1=0.5, w2=0.2, y=1.0):
    node = fnn_forward(x1, w1, w2, y)
    r = Decimal(node["r"].numerator) / Decimal(node["r"].denominator)
    back = {"dloss_ds": 2 * node["s"], "ds_dy_hat": Decimal(1), "dy_hat_dm2": node["y_hat"] * (1 - node["y_hat"])}
    back |= {"dm2_dw2": r, "dm2_dr": Decimal(w2), "dr_dm1": Fraction(node["m1"] > 0), "dm1_dw1": Decimal(x1)}
    until_m2 = back["dloss_ds"] * back["ds_dy_hat"] * back["dy_hat_dm2"]
    back["dloss_dw2"] = until_m2 * back["dm2_dw2"]
    back["dloss_dw1"] = until_m2 * back["dm2_dr"] * int(back["dr_dm1"]) * back["dm1_dw1"]
    return back
