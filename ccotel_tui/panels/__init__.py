"""Panels, each defined once for the terminal, for JSON and for Grafana."""
