"""Where it is seen: the dashboard."""
