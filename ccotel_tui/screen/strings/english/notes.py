"""Sentences that answers and the recorder say themselves, in English."""

SENTENCES: dict[str, str] = {}
"""By their keys, where they are not as they come."""
