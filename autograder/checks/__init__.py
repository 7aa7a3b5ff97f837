"""Each kind of check turns what was handed in, or what a function returned, into an outcome."""
