"""Numbers beside the usual day and the budget, in English."""

USUAL_BY_NOW = "usual by now {value}"
USUAL_DAY = "usual day"
USUAL_OF = "usual by now {value} ({change}), of {count} days with use"
USUAL_LACKS = (
    "usual day: after {count} more day with use",
    "usual day: after {count} more days with use",
)
BEFORE_WAS = "the window before: {value} ({change})"
THAN_BEFORE = "{change} on the window before"
CHANGE_IS = "Change: p95 against that of the window before."
FORECASTS = {"day": "about {dollars} by midnight", "month": "about {dollars} by month's end"}
"""What a period will end at, where that is told."""

BUDGET_SHARE = "{share} of {dollars}"
BUDGET_WARNINGS = {0.8: "nearly spent", 1.0: "over budget"}
"""By the share of a budget from which they are said."""

BUDGET_OF = {
    "session": "session budget",
    "day": "budget",
    "week": "week's budget",
    "month": "month's budget",
}

TOKENS_OF = "tokens"
SESSIONS_OF = "sessions"
TOOLS_OF = "tools"
ACTIVE_SESSIONS = "active sessions"
IN_5_MINUTES = "{count} in 5 min"
"""Sessions in which something was done so lately, behind those of the window."""
TOOLS_OK = "{ratio} ok"
