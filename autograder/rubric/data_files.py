"""Data for training, from files beside rubric.yaml: .csv with a header, or .npz with the arrays X and y."""

import csv
import functools
import io
import zipfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.rubric.schema import LearnsCheck, Rubric
from autograder.text import is_number

MOST_VALUES = 1 << 20  # of one file: they travel to the sandbox for each seed
MOST_SAMPLES = 4096  # that are held out: each has a prediction, which comes back


class DataError(ValueError):
    """A file of data cannot be used; str() says where, and what to do."""


@dataclass(frozen=True)
class Data:
    """Samples and what is to be predicted."""

    X: Any  # an array of shape (samples, …), float64
    y: Any  # (samples,): int64 for classes, else float64

    @property
    def guessed_accuracy(self) -> float:
        """The accuracy of always answering the most frequent class."""
        return max(Counter(self.y.tolist()).values()) / len(self.y)

    @property
    def guessed_error(self) -> float:
        """The mean squared error of always answering the mean."""
        return float(((self.y - self.y.mean()) ** 2).mean())


def read(path: Path) -> Data:
    """Read a file. Raises DataError."""
    if path.is_dir():
        raise DataError(f"{path} is a folder; name a file beside rubric.yaml")
    try:
        return _read(path, path.read_bytes())
    except OSError as error:
        raise DataError(f"{path.name} cannot be read ({error.strerror}); put it beside rubric.yaml") from None


def files(rubric: Rubric, folder: Path) -> list[Path]:
    """The files of data that a rubric names."""
    checks = [check for check in rubric.checks if isinstance(check, LearnsCheck)]
    return sorted({folder / name for check in checks for name in (check.train, check.held_out)})


@functools.lru_cache(maxsize=16)
def _read(path: Path, content: bytes) -> Data:
    if path.suffix == ".csv":
        X, y = _csv(path, content)
    elif path.suffix == ".npz":
        X, y = _npz(path, content)
    else:
        raise DataError(f"{path.name}: data is read from .csv and .npz")
    import numpy as np

    if X.shape[:1] != y.shape[:1] or y.ndim != 1 or not len(y):
        raise DataError(
            f"{path.name}: X has shape {X.shape} and y has shape {y.shape}; they need the same number of samples, at "
            "least one, and y one axis"
        )
    if X.size > MOST_VALUES:
        raise DataError(f"{path.name}: X has {X.size:,} values, and at most {MOST_VALUES:,} can be used")
    finite = np.isfinite(X.reshape(len(X), -1)).all(axis=1) & np.isfinite(y)
    if not finite.all():
        raise DataError(f"{path.name}, sample {finite.argmin() + 1}: a value is nan or infinite")
    whole = (y == y.astype(np.int64)).all()
    return Data(X.astype(np.float64), y.astype(np.int64) if whole else y.astype(np.float64))


def _csv(path: Path, content: bytes) -> tuple[Any, Any]:
    """The columns of a file with a header: all but the last are X, the last is y."""
    import numpy as np

    try:
        header, *rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    except (UnicodeDecodeError, ValueError, csv.Error) as error:
        raise DataError(f"{path.name}: it is no CSV file with a header ({error})") from None
    if all(map(is_number, header)):
        raise DataError(f"{path.name}, line 1: these are numbers; write the names of the columns above them")
    numbers = []
    for line, row in enumerate(rows, 2):
        if len(row) != len(header) or len(header) < 2:
            raise DataError(f"{path.name}, line {line}: there are {len(row)} values, and {len(header)} in the header")
        try:
            numbers.append([float(each) for each in row])
        except ValueError:
            raise DataError(f"{path.name}, line {line}: every value must be a number: {','.join(row)[:60]}") from None
    table = np.array(numbers).reshape(-1, len(header))
    return table[:, :-1], table[:, -1]


def _npz(path: Path, content: bytes) -> tuple[Any, Any]:
    import numpy as np

    try:
        arrays = np.load(io.BytesIO(content), allow_pickle=False)
        return np.asarray(arrays["X"], float), np.asarray(arrays["y"], float)
    except (EOFError, IndexError, KeyError, OSError, TypeError, ValueError, zipfile.BadZipFile) as error:
        raise DataError(f"{path.name}: it has no arrays X and y of numbers ({error})") from None
