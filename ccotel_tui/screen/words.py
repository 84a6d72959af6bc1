"""The screen's words."""

PARTS = {
    "errors": "errors",
    "requests": "requests",
    "commits": "commits",
    "pull_requests": "pull requests",
    "active_time_user": "you",
    "active_time_cli": "Claude",
    "edits_accepted": "edits accepted",
    "edits_rejected": "rejected",
    "prompts": "prompts",
}

SECTIONS = {
    "overview": ("Overview", "Ovw"),
    "cost": ("Cost", "Cost"),
    "tools": ("Tools", "Tool"),
    "performance": ("Performance", "Perf"),
    "productivity": ("Productivity", "Code"),
    "events": ("Events", "Log"),
}
"""A section's title, and what it is called where space is short."""

ROWS = {"model": "model", "status_code": "status"}
"""What a table's rows are."""

SHORT_TITLES = {
    "cost_by_model": "Cost by Model",
    "tokens_by_type": "Tokens by Type",
    "tokens_by_model": "Tokens by Model",
    "tool_count": "Tool Calls",
    "api_duration": "API Duration p95",
    "code_changes": "Code Changes",
    "dev_activity": "Active Time",
    "tool_events": "Tool Events",
    "api_error_events": "API Errors",
}
"""What a panel is called in a narrow pane, where that is not its title."""

SESSIONS = "sessions  {active} active of {all}"

LOADING = "loading"
STATES = {
    "empty": "nothing in this window",
    "absent": "cannot be known",
    "error": "error",
    "stale": "stale",
}

LIVE = "live"
QUIET = "quiet {age}"
WAITING = "waiting"
NOT_RECORDING = "not recording"
PAUSED = "paused"
STALE = "stale {age}"
ERROR = "error"

AGO = "{age} ago"
AS_OF = "stale, as of {time}"
ESTIMATE = "est."
FAILED = "failed"
CALLS = "calls"
MORE = "{count} more"
SCOPED = "only {session}"

SESSION = "this session"
TODAY = "today"
DAYS_7 = "7d"
DAYS_30 = "30d"
BURN = "{dollars}/h"
BURN_RATE = "last 10 min"
UNSEEN = "+{dollars} before recording"
TOKENS = "{count} tokens"
CACHED = "{ratio} cached"
OUTPUT = "{count} out"
LINES = "lines"
TOOLS = "{count} tools"
FAILURES = "{count} failed"
ACTIVE = "{now} active now, {all} in window"
ACTIVE_SHORT = "{now} active of {all} sessions"
PROMPT = "prompt of {count} characters"
NO_PROMPT = "a prompt"
WAITS = "waits: {what}"
WAITS_FOR_YOU = "you"
NO_SESSION = "no session yet"

SESSION_COLUMNS = {
    "session": "session",
    "project": "project",
    "model": "model",
    "cost": "cost",
    "tokens": "tokens",
    "cache": "cache",
    "errors": "err",
    "last": "last",
    "now": "now",
}

EVENT_COLUMNS = {
    "time": "time",
    "session": "session",
    "event": "event",
    "what": "what",
    "took": "took",
    "cost": "cost",
}
FOLLOWING = "following"
HELD = "held"
NEW = "{count} new"
COUNT = "{count} events"
FILTERED = "filter: {filter}   {found} of {count}"
FILTER_HINT = "tool:Bash ok:false, or text"
OK = "ok"
REJECTED = "rejected"
CHARACTERS = "{count} characters"

INFO = {
    "value": "value",
    "state": "state",
    "window": "window",
    "signal": "from",
    "exact": "exact",
    "as_of": "as of",
    "last_heard": "last heard",
    "notes": "note",
    "footnote": "meaning",
}
HELP = "Keys"
EXACT = "yes: every record is counted, nothing is sampled"

FIRST_DAY = """\
Nothing has been received yet.

1. In the shell where you start Claude Code:

     eval "$(ccotel-tui env)"

2. Start Claude Code there; sessions that run
   already must be restarted.
3. Ask it something: this changes by itself.

{recorder}

What the first line sets:
{variables}
"""
