"""This machine and its user: where files are kept, locks, ports, the time zone, a browser."""
