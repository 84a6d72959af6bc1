"""Benchmarks: each figure beside a counterpart of the same run, and its limit."""
