"""Text that the screen computes before it draws."""
