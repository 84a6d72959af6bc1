"""Lines of the overview: tiles of stats, this session, its prompt, and what went wrong."""
