"""Questions put to the embedded store, in SQL."""
