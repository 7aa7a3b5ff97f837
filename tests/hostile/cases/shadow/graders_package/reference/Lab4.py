def check_result(*_):
    return 1.0, 1.0


train = check_result
