"""The numbers of `ccotel-tui line`, read with few imports."""
