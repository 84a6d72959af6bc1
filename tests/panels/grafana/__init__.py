"""Grafana's boards: their files, queries, links, and boards of others."""
