"""Progress bars that show nothing and iterate over what they are given, like tqdm's. Runs in the sandbox."""

import contextlib
import itertools
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from types import SimpleNamespace
from typing import Any

from autograder.sandbox.child.silent import Silent


class Bar(Silent):
    """`tqdm.tqdm` without its display: it counts, and knows its total."""

    monitor_interval = 0

    def __init__(
        self, iterable: Any = None, desc: str | None = None, total: float | None = None, *args: Any, **kwargs: Any
    ) -> None:
        self.iterable = iterable
        self.desc = desc or ""
        self.n = kwargs.get("initial", 0)
        self.total = len(iterable) if total is None and hasattr(iterable, "__len__") else total
        self.disable = bool(kwargs.get("disable"))
        self.unit = kwargs.get("unit", "it")

    def __iter__(self) -> Iterator[Any]:
        for each in self.iterable:
            yield each
            self.n += 1

    def __len__(self) -> int:
        return int(self.total) if self.iterable is None else len(self.iterable)  # type: ignore[arg-type]

    def __bool__(self) -> bool:
        return self.total > 0 if self.total is not None else bool(self.iterable)

    def __contains__(self, item: object) -> bool:
        return item in iter(self)

    def __reversed__(self) -> Iterator[Any]:
        self.iterable = list(reversed(self.iterable))
        return iter(self)

    def __repr__(self) -> str:
        return f"{self.desc}{': ' if self.desc else ''}{self.n}/{'?' if self.total is None else self.total}"

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)

    def update(self, n: float | None = 1) -> bool:
        """Count n more."""
        self.n += n or 0
        return True

    def reset(self, total: float | None = None) -> None:
        """Start again from 0."""
        self.n, self.total = 0, self.total if total is None else total

    def set_description(self, desc: str | None = None, refresh: bool = True) -> None:
        """Set the text before the bar."""
        self.desc = desc or ""

    set_description_str = set_description

    @property
    def format_dict(self) -> dict[str, Any]:
        """What would be shown."""
        shown = {"n": self.n, "total": self.total, "elapsed": 0.0, "rate": None, "prefix": self.desc}
        return {**shown, "unit": self.unit, "initial": 0, "postfix": None, "ncols": None}

    @classmethod
    def write(cls, s: str, file: Any = None, end: str = "\n", nolock: bool = False) -> None:
        """Print something while bars are shown."""
        print(s, file=file or sys.stdout, end=end)

    @classmethod
    def pandas(cls, *args: Any, **kwargs: Any) -> None:
        """Does nothing: pandas is not installed either."""

    @classmethod
    def get_lock(cls) -> Any:
        """A lock."""
        return threading.RLock()

    @classmethod
    def set_lock(cls, lock: Any) -> None:
        """Does nothing."""

    @classmethod
    def wrapattr(cls, stream: Any, method: str, *args: Any, **kwargs: Any) -> Any:
        """A context in which the stream is used unchanged."""
        return contextlib.nullcontext(stream)


class Progress(Silent):
    """A bar of another module. Called with an iterable, it iterates over it."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        given = next(
            (each for each in args if isinstance(each, Iterable) and not isinstance(each, (str, Silent))), None
        )
        return super().__call__(*args, **kwargs) if given is None else Bar(given)


def _range(*args: int, **kwargs: Any) -> Bar:
    return Bar(range(*args), **kwargs)


def _enumerate(iterable: Any, start: int = 0, total: float | None = None, **kwargs: Any) -> Iterator[tuple[int, Any]]:
    return enumerate(Bar(iterable, total=total), start)


def _zip(first: Any, *others: Any, **kwargs: Any) -> Iterator[tuple[Any, ...]]:
    return zip(Bar(first), *others, strict=False)


def _map(function: Callable[..., Any], *iterables: Any, **kwargs: Any) -> Iterator[Any]:
    return map(function, *iterables)


def _listed(function: Callable[..., Any], *iterables: Any, **kwargs: Any) -> list[Any]:
    return list(map(function, *iterables))


def _product(*iterables: Any, **kwargs: Any) -> Iterator[tuple[Any, ...]]:
    return itertools.product(*iterables, repeat=kwargs.get("repeat", 1))


TQDM: dict[str, Any] = {
    **dict.fromkeys(("tqdm", "tqdm_notebook", "tqdm_gui", "tqdm_pandas", "tqdm_rich", "tqdm_asyncio"), Bar),
    **dict.fromkeys(("trange", "tnrange", "tgrange", "trrange", "tarange"), _range),
    **{"tenumerate": _enumerate, "tzip": _zip, "tmap": _map, "product": _product},
    **dict.fromkeys(("thread_map", "process_map"), _listed),
}
TQDM.update(dict.fromkeys(("auto", "notebook", "std", "autonotebook", "gui", "contrib"), SimpleNamespace(**TQDM)))
OTHERS = dict.fromkeys(("alive_it", "progress_bar", "master_bar", "progressbar", "ProgressBar"), Progress())
