"""Ports and servers: their addresses, who listens on them, and whose they are."""
