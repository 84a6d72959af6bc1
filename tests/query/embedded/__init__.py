"""The store, asked directly."""
