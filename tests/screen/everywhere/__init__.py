"""What holds in every view, whatever the data and the keys."""
