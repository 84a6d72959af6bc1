"""The views of the sections, and what all views share."""
