"""Where things lie in Gradescope's container (see its documentation, "Autograder specifications")."""

import os
from pathlib import Path

ROOT = Path(os.environ.get("AUTOGRADER_ROOT", "/autograder"))
SUBMISSION = ROOT / "submission"
RESULTS = ROOT / "results" / "results.json"


def here() -> bool:
    """Whether this is such a container."""
    return SUBMISSION.is_dir()
