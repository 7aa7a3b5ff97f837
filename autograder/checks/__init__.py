"""Each kind of check turns what was submitted, or what a function returned, into an outcome."""
