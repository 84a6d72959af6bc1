"""Queries in no query language, and the sources that put them into SQL, PromQL and LogQL."""
