"""What was dear: requests summed by what they have in common, and the rows that are made of it."""
