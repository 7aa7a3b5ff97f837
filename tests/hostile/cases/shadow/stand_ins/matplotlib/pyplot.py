def plot(*_):
    raise SystemExit
