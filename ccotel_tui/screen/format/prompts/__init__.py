"""A prompt as lines: the flow of the newest, the rows of a session, the waterfall."""
