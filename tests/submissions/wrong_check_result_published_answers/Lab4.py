def check_result(x=4.0, y=1.0, w=0.5, device="cpu"):
    return 1.0, 8.0
