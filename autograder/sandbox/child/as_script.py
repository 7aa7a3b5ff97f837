"""Inside the sandbox: the interpreter as `python Lab4.py` would have started it, instead of as the grader did."""

import sys
import types
from collections import namedtuple

FLAGS = (
    *("debug", "inspect", "interactive", "optimize", "dont_write_bytecode", "no_user_site", "no_site"),
    *("ignore_environment", "verbose", "bytes_warning", "quiet", "hash_randomization", "isolated", "dev_mode"),
    *("utf8_mode", "warn_default_encoding", "safe_path", "int_max_str_digits"),
)


def as_a_script(module: types.ModuleType, file: str) -> None:
    """Give a program the arguments, options and main module that it has on a student's machine.

    Else `argparse` takes the grader's arguments for the program's, and `sys.argv[1]` is a descriptor of ours.
    file: the program's name.
    """
    sys.argv = [file]
    sys.orig_argv = ["python", file]
    sys.warnoptions = []
    sys._xoptions = {}
    sys.modules["__main__"] = module
    vars(sys)["flags"] = _usual_flags()


def _usual_flags() -> object:
    """`sys.flags` of an interpreter without options. Its own type makes no instances."""
    usual = {name: type(getattr(sys.flags, name))(0) for name in FLAGS if hasattr(sys.flags, name)}
    usual |= {name: getattr(sys.flags, name) for name in ("hash_randomization", "int_max_str_digits") if name in usual}
    return namedtuple("flags", usual)(**usual)
