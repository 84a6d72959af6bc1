"""Lists: rows a person marks, filters, sorts and copies."""
