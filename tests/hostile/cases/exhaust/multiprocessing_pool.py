"""Computes with multiprocessing: a pool, a manager, a queue."""

import multiprocessing


def train(*_):
    context = multiprocessing.get_context("fork")
    with context.Pool(4) as pool:
        return 1.0, pool.map(abs, range(20))


def fnn_forward(*_):
    multiprocessing.get_context("spawn").Process(target=print, args=("spawned",)).start()
