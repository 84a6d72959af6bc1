"""What strangers may do to a command, and what a command may not give away."""
