"""Ends the process at import without any clean-up."""

import os

os._exit(0)
