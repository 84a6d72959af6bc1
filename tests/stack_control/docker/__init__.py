"""Docker as it is reached, what it says, and what its errors become."""
