"""Where a class stands: its records gathered in one pass, summed up, and shown as one page."""
