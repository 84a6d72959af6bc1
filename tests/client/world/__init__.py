"""Who takes part beside the tests: Claude Code, its Messages API, its tmux, our answers."""
