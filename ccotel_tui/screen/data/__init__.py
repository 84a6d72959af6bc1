"""Fetches what the screen shows: snapshots, sources, the recorder it has started."""
