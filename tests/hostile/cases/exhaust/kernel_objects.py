"""Uses up message queues, semaphores, watches, timers and keys of the kernel (a hundred of each)."""

import ctypes
import os


def train(*_):
    libc = ctypes.CDLL(None, use_errno=True)
    made = []
    for _ in range(100):
        queue = libc.msgget(0, 0o1600)
        if queue >= 0:
            libc.msgctl(queue, 0, None)  # removed again: nothing else would
            made.append("message queues")
        semaphores = libc.semget(0, 10, 0o1600)
        if semaphores >= 0:
            libc.semctl(semaphores, 0, 0)
            made.append("semaphores")
        for call in (libc.inotify_init, lambda: libc.epoll_create1(0), lambda: libc.eventfd(0, 0)):
            call()
    if libc.mq_open(b"/hostile-kernel_objects", os.O_CREAT | os.O_RDWR, 0o600, None) >= 0:
        libc.mq_unlink(b"/hostile-kernel_objects")
        made.append("named queues")
    if made:
        raise RuntimeError("GOT " + f"IN: made {', '.join(sorted(set(made)))}")
