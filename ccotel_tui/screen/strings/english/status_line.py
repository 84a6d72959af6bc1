"""What Claude Code told its status line."""

CONTEXT = "context {bar} {full}"
CONTEXT_SHORT = "ctx {full}"
CACHE_WARM = "cache warm {left}"
CACHE_COSTS = "cache warm {left}, cold costs {dollars}"
CACHE_SHORT = "cache {left}"
CACHE_COLD = "cache cold"
LIMITS = {"five_hour": "5h {used}", "seven_day": "7d {used}"}
LIMIT_AGE = "{limit} {age} ago"
LIMIT_RESETS = "{limit} resets {time}"

NO_PANE = "no running session here"
PANE_SHOWN = "went to {address}"
PANE_IS = "runs in tmux at {address}"
RUNS_IN = "process {pid}"
