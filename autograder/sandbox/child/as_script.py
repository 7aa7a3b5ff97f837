"""Makes the interpreter look as if `python Lab4.py` had started it. Runs in the sandbox."""

import functools
import sys
import types
from collections import namedtuple

FLAGS = (
    *("debug", "inspect", "interactive", "optimize", "dont_write_bytecode", "no_user_site", "no_site"),
    *("ignore_environment", "verbose", "bytes_warning", "quiet", "hash_randomization", "isolated", "dev_mode"),
    *("utf8_mode", "warn_default_encoding", "safe_path", "int_max_str_digits"),
)


def as_a_script(module: types.ModuleType, file: str) -> None:
    """Give a program the arguments, options and main module that it has on a student's computer.

    Otherwise `argparse` would read the grader's arguments, and `sys.argv[1]` would be one of our descriptors.
    file: the program's name.
    """
    sys.argv = [file]
    sys.orig_argv = ["python", file]
    sys.warnoptions = []
    sys._xoptions = {}
    sys.modules["__main__"] = module
    vars(sys)["flags"] = usual_flags()


@functools.cache
def usual_flags() -> object:
    """`sys.flags` of an interpreter without options. The original type cannot be instantiated."""
    usual = {name: type(getattr(sys.flags, name))(0) for name in FLAGS if hasattr(sys.flags, name)}
    usual |= {name: getattr(sys.flags, name) for name in ("hash_randomization", "int_max_str_digits") if name in usual}
    return namedtuple("flags", usual)(**usual)
