"""Long searches for what a recorder loses, and a bounded sample of each."""
