def check_result(x=4.0, y=1.0, w=0.5, device="cpu"):
    return (x * w - y) ** 2, 2 * x
