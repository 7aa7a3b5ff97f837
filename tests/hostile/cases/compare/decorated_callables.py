"""Names that are classes, bound methods, partials and built-ins instead of functions."""

import functools
import operator

check_result = type
train = "{}".format
fnn_forward = functools.partial(print, "right")
fnn_gradients = operator.attrgetter("__class__.__mro__")
fnn_check_result = [].append
