"""Questions written in PromQL and LogQL."""
