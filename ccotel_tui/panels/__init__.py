"""What is shown, defined once: for the terminal, for JSON and for Grafana."""
