"""Catches whatever would stop it, and goes on."""


def forever():
    while True:
        try:
            while True:
                pass
        except BaseException:
            continue


try:
    while True:
        try:
            forever()
        except BaseException:
            pass
finally:
    forever()
