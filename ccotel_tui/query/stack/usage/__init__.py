"""Usage of a stack: sums by attributes in LogQL and PromQL."""
