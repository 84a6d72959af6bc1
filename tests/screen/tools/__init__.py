"""What tests drive the screen with, and look at it."""
