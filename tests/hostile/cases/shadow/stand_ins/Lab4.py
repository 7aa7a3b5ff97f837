"""matplotlib and tqdm beside it, which the grader replaces where they are not installed."""

import matplotlib.pyplot as plt
import tqdm


def train(*_):
    for _ in tqdm.tqdm(range(3)):
        plt.plot([1.0])
    return 1.0
