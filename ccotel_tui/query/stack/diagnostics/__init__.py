"""What is missing of a stack's records, or was never read of them."""
