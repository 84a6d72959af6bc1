"""Usage of the embedded store: sums by attributes in SQL."""
