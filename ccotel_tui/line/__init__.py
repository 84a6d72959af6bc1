"""`ccotel-tui line`: what it says, its fields and its template."""
