"""The wall: everything that runs or talks to a student's code, and nothing that knows an answer."""
