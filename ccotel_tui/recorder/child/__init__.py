"""A recorder that is a dashboard's child: its process, and what it tells."""
