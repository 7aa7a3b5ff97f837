"""Grade many submissions: discover them, grade them with several workers, and sum up the class."""
