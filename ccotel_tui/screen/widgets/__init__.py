"""One widget a kind of panel; each shows an answer and knows nothing of where it came from."""
