"""Render a finished GradeReport: terminal, feedback page, preview of results.json, and pictures."""
