"""What the overview has above its lists: tiles, figures, status, rules."""
