"""What a person is told of once: rules that begin to hold, and who begins to wait."""
