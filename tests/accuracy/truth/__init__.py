"""What was done, as export requests and as the truth of them."""
