"""Hand grades over: one row a person, in the file that each platform's importer takes, and feedback files."""
