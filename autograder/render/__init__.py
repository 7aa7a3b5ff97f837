"""Views of a finished GradeReport."""
