"""Questions of a store, beside the plain SQL of the same."""
