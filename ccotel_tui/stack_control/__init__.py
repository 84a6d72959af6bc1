"""The keyboard's way to the stack: Docker alone, and nothing else of ours but errors and places."""
