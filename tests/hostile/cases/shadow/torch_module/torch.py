print("GOT " + "IN: another torch")


def right():
    return 1.0


class Tensor(float):
    pass
