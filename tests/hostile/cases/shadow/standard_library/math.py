def isfinite(*_):
    return True


isnan = isclose = isfinite
