"""Pages above a view: text, questions, doctor, Grafana."""
