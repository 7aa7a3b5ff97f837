"""Opens files until no more can be opened."""


def attack(*_):
    held = []
    try:
        for _ in range(100_000):
            held.append(open("/dev/null"))
    finally:
        globals()["kept"] = held


check_result = train = fnn_forward = fnn_gradients = fnn_check_result = attack
