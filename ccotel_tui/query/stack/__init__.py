"""Questions put to Prometheus and Loki over HTTP."""
