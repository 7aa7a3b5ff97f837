"""All that is Gradescope's: results.json, and where things lie in its container."""
