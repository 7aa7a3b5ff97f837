"""Letters that run from right to left beside points and line ends, and characters that hide among others."""

WORD = "\u05e9\u05dc\u05d5\u05dd"
TEXT = f"{WORD} 100 of 100 {WORD} \u0661\u0660\u0660 \u0645\u0631\u062d\u0628\u0627 x\U000e0131\U000e0130\u3164\u00ad\u034f"


def check_result(*_):
    print(TEXT * 20)


def train(*_):
    raise ValueError(TEXT)


def fnn_forward(*_):
    return {TEXT: 1.0, WORD: 2.0}


def fnn_gradients(*_):
    return TEXT
