"""Where the facts are read: the machine's locks, the client's log, the stack."""
