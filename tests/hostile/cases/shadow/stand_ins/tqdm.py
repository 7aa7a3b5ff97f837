def tqdm(*_):
    while True:
        yield 1
