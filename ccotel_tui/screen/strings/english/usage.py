"""What was dear, in English."""

DEAR = "what was dear"
DEAR_BY = "by {key}"
DEAR_THEN = "then "
USAGE_HINT = "text in the names"
USAGE_KEYS = {
    "model": "model",
    "source": "source",
    "session": "session",
    "prompt": "prompt",
    "project": "project",
    "branch": "branch",
    "agent": "agent",
    "skill": "skill",
    "plugin": "plugin",
    "mcp_server": "server",
    "user": "user",
    "effort": "effort",
    "speed": "speed",
    "hour": "hour",
    "day": "day",
    "week": "week",
    "month": "month",
}
USAGE_COLUMNS = {
    "cost": "cost",
    "share": "share",
    "requests": "reqs",
    "tokens": "tokens",
    "cache": "cached",
    "sessions": "sess",
    "prompts": "prompts",
    "last": "last",
}
USAGE_TOTAL = "total of {count}"
USAGE_TOTAL_FILTERED = "total of {count}, {listed} listed"
CACHE_SAVED = "cache saved {dollars}"
CACHE_SAVED_UNKNOWN = "cache saved: not known, no prices told for {models}"
CACHE_SAVED_UNKNOWN_BRIEF = "cache saved: not known"
CACHE_SAVED_PARTLY = "cache saved {dollars} without {models}, for which no prices are told"
CACHE_SAVED_PARTLY_BRIEF = "cache saved {dollars} where prices are known"
NOTHING_USED = "No request in this window."

NO_TEAM = "No second user is seen so far: no team"

GROUPED = "{title} by {key}"
"""A panel's title by another key than its own."""

ENTER_BEHIND = "Enter: the rows behind these numbers"
NO_ROWS_SENT = "Claude Code sends only sums of this: there are no rows behind them."
MARK_FOR_ROWS = "Tab and arrows mark a number of the overview, Enter shows the rows behind it."
