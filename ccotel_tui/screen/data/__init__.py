"""What the screen shows, fetched beside it: snapshots, sources, the recorder it started."""
