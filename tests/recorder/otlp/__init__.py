"""What senders hear, and what becomes of what they send."""
