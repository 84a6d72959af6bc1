"""Event rows as lines: filter, groups under their prompts, words."""
