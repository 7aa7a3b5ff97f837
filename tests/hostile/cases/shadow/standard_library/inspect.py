def signature(*_):
    raise SystemExit
