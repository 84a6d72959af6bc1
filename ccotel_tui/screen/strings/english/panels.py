"""Names of panels, sections, parts and columns, in English."""

from ccotel_tui.panels.panel import PanelWords

PANEL_WORDS: dict[str, PanelWords] = {}
"""What is said of a panel by its id, where that is not the catalogue's."""

KEYS: dict[str, tuple[str, str]] = {}
"""A key's label and help by its id, where they are not the registry's."""

PARTS = {
    "last_5m": "last 5 min",
    "current_session": "this session",
    "last_prompt": "last prompt",
    "today": "today",
    "7d": "7d",
    "30d": "30d",
    "unseen": "not recorded",
    "input": "input",
    "output": "output",
    "cache_read": "cache read",
    "cache_creation": "cache write",
    "cache_hit_ratio": "cache hits",
    "added": "added",
    "removed": "removed",
    "net": "net",
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

TEAM_SECTION = {"team": ("Team", "Team")}
"""The same of the section that is there where there are several users."""

SHORTER_SECTIONS = {"performance": "Perf", "productivity": "Code"}
"""What a section is called where not all titles have room."""

ROWS = {
    "model": "model",
    "status_code": "status",
    "tool_name": "tool",
    "session_id": "session",
    "source": "source",
    "project": "project",
}
"""What a table's rows are."""

COLUMNS = {
    "count": "count",
    "success": "success",
    "failure": "failure",
    "ratio": "ratio",
    "change": "change",
}
"""What a table's columns are called; quantiles are called p50, p95 ... everywhere."""

FIRST_TOKEN = "first token"
"""The time to first token, before the name of a quantile."""

MEAN = "mean"
"""Before a value that is a mean over the window."""

SERIES = {
    "dev_activity": {"user": PARTS["active_time_user"], "cli": PARTS["active_time_cli"]},
    "tokens_by_type": {"cacheRead": "cache read", "cacheCreation": "cache write"},
}
"""What a panel's series are called, where that is not what their records say."""
