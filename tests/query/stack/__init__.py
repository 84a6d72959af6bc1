"""Prometheus and Loki, asked over HTTP."""
