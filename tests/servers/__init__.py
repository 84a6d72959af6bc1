"""The real servers of the stack, built once and run on free loopback ports."""
