"""Words beside the numbers, in English."""

NOW = "now"
AGO = "{age} ago"
NOTHING_THEN = "nothing then"
AS_OF = "stale, as of {time}"
ESTIMATE = "est."
FAILED = "failed"
CALLS = ("{count} call ", "{count} calls")
MORE = "{count} more"
HERE = "here: {folder}"
SCOPED = "session {session}"

SOURCES = {"embedded": "embedded", "stack": "stack", "demo": "demo"}
SESSION = "this session"
TODAY = "today"
DAYS_7 = "7d"
DAYS_30 = "30d"
PERIODS = {"today": TODAY, "yesterday": "yesterday", "week": "week", "month": "month"}
"""Periods that have a name."""
BURN = "{dollars}/h"
BURN_OF_ALL = "all {dollars}/h"
"""The rate of all sessions, beside what one of them cost."""
BURN_RATE = "last 10 min"
UNSEEN = "+{dollars} not recorded"
MISSED = ("{count} event lost", "{count} events lost")
COSTLESS = ("{count} cost missing", "{count} costs missing")
WINDOW = "window"
"""Whose the numbers of a line are, where the window's own name has no room."""
TOKENS = "{count} tokens"
CACHED = "{ratio} cached"
INPUT = "{count} in"
OUTPUT = "{count} out"
LINES = "lines"
TOOLS = ("{count} tool", "{count} tools")
FAILURES = "{count} failed"
LASTED = "for {time}"
PROMPT = ("prompt of {count} character", "prompt of {count} characters")
NO_PROMPT = "a prompt"
NOTIFIED = "a background task has ended"
WAITS = "waits: {what}"
WAITS_BRIEF = "waits"
WAITS_FOR_YOU = "you"
WAITING_FOR = {"permission prompt": "permission prompt"}
"""What the client says that a session waits for, where a person would say it otherwise."""
NO_SESSION = "no session yet"
