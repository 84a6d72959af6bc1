"""The same panels as Grafana's boards, and the way to them."""
