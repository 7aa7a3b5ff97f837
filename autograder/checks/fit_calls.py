"""The calls that train a model, one for each seed."""

import hashlib
import hmac

from autograder.rubric import Lab, LearnsCheck, data_files
from autograder.sandbox.host.calls import FitCall


def fit_calls(check: LearnsCheck, lab: Lab, digest: str) -> list[FitCall]:
    """The calls of a check. Their seeds are the submission's own, and the same at every regrade.

    digest: of the submission.
    """
    data = data_files.read(lab.folder / check.train)
    names = [f"learns/{check.number}/{number}/{digest}" for number in range(check.seeds)]
    drawn = [hmac.new(lab.rubric.key.encode(), name.encode(), hashlib.sha256).digest() for name in names]
    y = data.y if check.mse is None else data.y.astype(float)  # whole numbers are no classes there
    how = (check.function, data.X, y, check.settings, check.model, check.build)
    return [FitCall(*how, int.from_bytes(each[:4], "big"), check.device) for each in drawn]
