"""Rules: what is read for them, and what they find."""
