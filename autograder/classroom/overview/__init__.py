"""The class page: collect data from all records in one pass, compute statistics, and render one page."""
