"""What instructors decide by hand about the submissions of a class: points, comments, and what they left as it is."""
