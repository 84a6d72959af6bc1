"""What make and CI do in a checkout, and what pyproject.toml says of it."""
