"""What servers have, and what they say of their answers, kept for a minute."""
