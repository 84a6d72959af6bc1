"""What the screen fetches, keeps and is told."""
