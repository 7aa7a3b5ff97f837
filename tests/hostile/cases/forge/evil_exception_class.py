"""An exception whose class lies about its name and whose cause goes in a circle."""


class Meta(type):
    @property
    def __name__(cls):
        return "NotImplementedError" * 10_000


class Circle(Exception, metaclass=Meta):
    pass


def attack(*_):
    one, two = Circle(1), Circle(2)
    one.__cause__, two.__cause__ = two, one
    raise one from two


check_result = train = fnn_forward = fnn_gradients = fnn_check_result = attack
