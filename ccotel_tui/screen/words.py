"""The screen's words."""

PARTS = {
    "current_session": "this session",
    "today": "today",
    "7d": "7 days",
    "30d": "30 days",
    "added": "added",
    "removed": "removed",
    "net": "net",
}

SECTIONS = {
    "overview": ("Overview", "Ovw"),
    "cost": ("Cost", "Cost"),
    "tools": ("Tools", "Tool"),
}
"""A section's title, and what it is called where space is short."""

SHORT_TITLES = {"cost_by_model": "Cost by Model"}
"""What a panel is called in a narrow pane, where that is not its title."""

LOADING = "loading"
STATES = {
    "empty": "nothing in this window",
    "absent": "cannot be known",
    "error": "error",
    "stale": "stale",
}

LIVE = "live"
QUIET = "quiet"
WAITING = "waiting"
NOT_RECORDING = "not recording"
PAUSED = "paused"
ERROR = "error"

AGO = "{age} ago"
ESTIMATE = "est."
FAILED = "failed"
CALLS = "calls"
MORE = "{count} more"

FIRST_DAY = """\
Nothing has been received yet.

In the shell where you start Claude Code:

  {command}

Sessions that run already must be restarted.
This changes by itself at the first event.

{recorder}
"""
CONNECT = 'eval "$(ccotel-tui env)"'
