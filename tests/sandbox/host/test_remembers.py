"""Which programs may keep something from one call to the next, as far as their text shows."""

import pytest

from autograder.sandbox.host.remembers import may_remember

NET = """
class Net(nn.Module):
    \"\"\"One hidden layer.

    forward = relu, then sigmoid.
    \"\"\"
    width: int

    # its weights
    def __init__(self, w1, w2):
        super().__init__()
        self.w1 = nn.Parameter(torch.tensor(w1))
        self.layers = [self.w1]

    @property
    def weight(self): return self.w1

    def forward(self, x):
        return torch.sigmoid(x)


def train(x):
    net = Net(0.1, 0.2)
    net.w1.grad = None
    return net(x)
"""


@pytest.mark.parametrize(
    ("text", "may"),
    [
        ("import torch\nRATE = 0.1\ndef f(x, lr=RATE, n=20):\n    w.grad = None\n    return x\n", False),
        ('"""Lab."""\nif __name__ == "__main__":\n    a = f(1)\n', False),
        ('"""\nlast = {}\n"""\n', False),
        ("x, y, w = 4.0, 1.0, 0.5  # (published)\nNAME = 'Ada'\n", False),
        ("Forward = namedtuple('Forward', 'm1 r')\nCPU = torch.device('cpu')\n", False),
        (NET, False),
        ("last = {}\n", True),
        ("first, last = f(1)\n", True),
        ("w: torch.Tensor = torch.ones(1)\n", True),
        ("device = torch.device('cuda' if torch.cuda.is_available() else 'cpu')\n", False),
        ("pair = namedtuple('P', 'a')([])\n", True),
        ("seen = \\\n  []\n", True),
        ("def f(x,\n      seen=[]):\n    pass\n", True),
        ("def f(x):\n    global n\n", True),
        ("@cache\ndef f(x): pass\n", True),
        ("class Net: seen = []\n", True),
        ("class Net:\n    seen = []\n    def f(self): pass\n", True),
        ("class Net:\n    count: int = 0\n", True),
        ("class Net:\n    def f(self, seen=[]): pass\n", True),
        ("class Net:\n    @cache\n    def f(self): pass\n", True),
        ("class Net:\n    def f(self):\n        Net.count += 1\n", True),
        ("class Net:\n    def f(self):\n        type(self).count = 1\n", True),
        ("class Net:\n    def f(cls):\n        cls.count = 1\n", True),
    ],
)
def test_what_may_remember_earlier_calls(text: str, may: bool) -> None:
    assert may_remember(text.encode()) == may


LONG = {
    False: (
        *("\n" * 2_000_000, "def f(\n" * 200_000, "a" * 2_000_000, "a: " * 500_000, " A.b" + " " * 2_000_000),
        *("a = " + " " * 2_000_000, "'" * 1_500_003, "'" * 3 + '"' * 1_500_003),
    ),
    True: (
        *("class A:\n" * 200_000, "class A:\n" + " \n" * 1_000_000, "class A:\n" + " x\n" * 1_000_000),
        *("a=namedtuple(" * 100_000, "a=namedtuple('')" * 100_000),
    ),
}


@pytest.mark.parametrize(("text", "may"), [(text, may) for may, texts in LONG.items() for text in texts])
def test_no_text_takes_long_to_look_through(text: str, may: bool) -> None:
    """It happens in the judge."""
    assert may_remember(text.encode()) == may
