"""Has itself started later: cron, at, systemd, shell profiles, autostart."""

import os

PLACES = (
    "/etc/cron.d/hostile-scheduled",
    "/var/spool/cron/crontabs/hostile-scheduled",
    "/etc/systemd/system/hostile-scheduled.service",
    "/etc/profile.d/hostile-scheduled.sh",
    "/etc/ld.so.conf.d/hostile-scheduled.conf",
    "~/.config/autostart/hostile-scheduled.desktop",
    "~/.local/bin/hostile-scheduled",
    "~/hostile-scheduled",
)
FOUND = "nothing"
for place in map(os.path.expanduser, PLACES):
    try:
        with open(place, "w") as file:
            file.write("# a test\n")
        FOUND = "GOT " + f"IN: wrote {place}" if not place.startswith(os.getcwd()) else FOUND
        os.remove(place)
    except OSError as error:
        print(error.strerror)


def check_result(*_):
    print(FOUND)


def train(*_):
    raise RuntimeError(FOUND)


def fnn_forward(*_):
    return FOUND
