"""The screen's words in English; `korean` has the same names."""

TITLES: dict[str, str] = {}
"""What a panel is called, where that is not the catalogue's title."""

FOOTNOTES: dict[str, str] = {}
"""Of a panel, where that is not the catalogue's."""

KEYS: dict[str, tuple[str, str]] = {}
"""A key's label and help by its id, where they are not the registry's."""

PARTS = {
    "last_5m": "last 5 min",
    "current_session": "this session",
    "last_prompt": "last prompt",
    "today": "today",
    "7d": "7d",
    "30d": "30d",
    "unseen": "before recording",
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

SHORTER_SECTIONS = {"performance": "Perf", "productivity": "Code"}
"""What a section is called where not all titles have room."""

ROWS = {"model": "model", "status_code": "status", "tool_name": "tool"}
"""What a table's rows are."""

COLUMNS = {"count": "count", "success": "success", "failure": "failure", "ratio": "ratio"}
"""What a table's columns are called; quantiles are called p50, p95 ... everywhere."""

SHORT_TITLES = {
    "cost_by_model": "Cost by Model",
    "tokens_by_type": "Tokens by Type",
    "tokens_by_model": "Tokens by Model",
    "tool_count": "Tool Calls",
    "api_duration": "API Duration",
    "code_changes": "Code Changes",
    "dev_activity": "Active Time",
    "tool_events": "Tool Events",
    "api_error_events": "API Errors",
}
"""What a panel is called in a narrow pane, where that is not its title."""

VALUES = {"api_duration": "p95"}
"""What a panel's value is, where the title does not say it."""

SERIES = {
    "dev_activity": {"user": PARTS["active_time_user"], "cli": PARTS["active_time_cli"]},
    "tokens_by_type": {"cacheRead": "cache read", "cacheCreation": "cache write"},
}
"""What a panel's series are called, where that is not what their records say."""

SESSIONS = "sessions  {counts}"
SESSIONS_FOUND = "sessions  {found} of {count}"
SESSION_HINT = "text in name, project, model or id"
RUN = "{count} running"
WAIT = ("{count} waits", "{count} wait")
ACTIVE = "{count} active in 5 min"
IN_PERIOD = "{count} in {period}"
IN_DAY = "{count} {period}"
STATUSES = {"busy": "busy", "shell": "shell", "idle": "idle", "ended": "ended"}
"""What a session does that does not wait."""

NOW = "now"
COPIED = {"tmux": "copied to tmux's buffer", "terminal": "copied to the clipboard"}
NOTHING_TO_COPY = "nothing to copy here"
THEME = "theme {name}"
NO_EDITOR = "Set VISUAL or EDITOR, or edit {path} and start again."
SETTINGS = "Settings"
SETTINGS_LATER = "settings saved: the rest takes effect at the next start"
REQUEST = "request"
WITHOUT_PROMPT = "(no prompt)"
PROMPT_NOT_RECEIVED = "(prompt not received)"
PROMPT_COLUMNS = {
    "time": "time",
    "prompt": "prompt",
    "cost": "cost",
    "requests": "reqs",
    "tools": "tools",
    "failed": "fail",
    "took": "took",
}
PROMPTS = ("{count} prompt", "{count} prompts")
COST_OF_LIFE = "cost over its life"
MARK_A_PROMPT = "a mark a prompt"
THIS_SESSION_ENDED = "ended {age} ago"
LAST_ACTIVITY = "last activity {age} ago"
LIFE = "whole life"
NO_STEPS = "No request and no tool belongs to it."
PROMPTS_CUT = "of the newest events only: it has more"
TOTAL = "total"
FAILED_OF = "! {failed} of {calls} failed"
A_BAR_IS = "a bar is {time}"

LOADING = "loading"
STATES = {
    "empty": "nothing in this window",
    "absent": "not available",
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
SHORT_STATES = {
    "quiet": "quiet",
    "stale": "stale",
    "waiting": "wait…",
    "loading": "load…",
    "not_recording": "no rec",
    "not_stored": "no disk",
}
"""Of a kind of state, where space is short."""

TAKEN = "{port} taken by {who}"
PORTS_TAKEN = "not recording: ports taken"
COLLECTOR_RECEIVES = "not recording: the collector receives"
HANDED_OVER = "not recording: the ports are being handed over"
TAKEN_BY = {
    "recorder": "another recorder",
    "collector": "another receiver",
    "unknown": "another program",
}
"""Who has a port, by the kind of its owner."""
TAKEN_IN_FULL = {
    "recorder": "{address} is taken by the ccotel-tui recorder of another database{process}.",
    "collector": "{address} is taken by an OpenTelemetry receiver{process}: "
    "what is sent there goes to it.",
    "unknown": "{address} is taken by another program{process}{foreign}.",
}
PROCESS = " ({name}, process {pid})"
FOREIGN = ": it {why}, and nothing is sent there"
RECORDING = "recording: {ports}, into {database}"
RECORDER_ENDED = "the recorder ended"

NOT_TAKEN = "not taken: {what} ({reason}: {sentence})"
NOT_TAKEN_IN_FULL = """\
Not taken since the recorder began: {what} ({reasons}).
The newest: {sentence}"""
REFUSED_REQUESTS = ("{count} request", "{count} requests")
REFUSED = {
    "record": ("{count} record", "{count} records"),
    "value": ("{count} value", "{count} values"),
}
"""What is refused for a reason, where that is not the whole request."""
REFUSAL_REASONS = {
    "malformed": "not OTLP",
    "record": "bad record",
    "value": "unreadable value",
    "path": "wrong path",
    "method": "wrong method",
    "protocol": "unknown protocol",
    "tls": "TLS",
    "too_large": "too large",
    "host": "wrong host",
    "web_page": "from a web page",
    "content_type": "wrong content type",
    "encoding": "wrong content encoding",
    "backfill": "backfill",
    "timeout": "nothing sent",
    "broken_off": "broken off",
    "not_kept": "not kept",
    "connections": "too many connections",
}

AGO = "{age} ago"
AS_OF = "stale, as of {time}"
ESTIMATE = "est."
FAILED = "failed"
CALLS = ("{count} call ", "{count} calls")
MORE = "{count} more"
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
UNSEEN = "+{dollars} before recording"
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
WAITS_FOR_YOU = "you"
WAITING_FOR = {"permission prompt": "permission prompt"}
"""What the client says that a session waits for, where a person would say it otherwise."""
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
DECISION = "decision"
STARTUP = ("start-up, {count} event", "start-up, {count} events")
STARTUPS = {
    "plugin_loaded": ("plugin", "plugins"),
    "managed_settings_resolved": ("setting", "settings"),
    "hook_registered": ("hook", "hooks"),
    "mcp_server_connection": ("mcp server", "mcp servers"),
    "retention_sweep": ("clean-up", "clean-ups"),
}
"""The events of a session's start-up, by their names."""
FOLLOWING = "following"
HELD = "scrolled back: End to follow"
PAUSED_LOG = "paused: Space to resume"
PAST = "past window {period}"
NEW = "{count} new"
COUNT = ("{count} event", "{count} events")
FILTERED = "filter: {filter}   {found} of {count}"
FILTER_HINT = "tool:Bash ok:false, or text"
TIME_HINT = "HH:MM or MM-DD HH:MM"
BAD_TIME = "{text} is no time: type HH:MM or MM-DD HH:MM"
BEFORE_WINDOW = "nothing is listed before {time}: ] makes the window longer"
OK = "ok"
REJECTED = "rejected"
CHARACTERS = ("{count} character", "{count} characters")

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
SIGNALS = {"events": "events", "counters": "counters"}
"""What a number is made of."""
HELP = "Keys"
EXACT = "yes: every record that came in is counted, nothing is sampled"
APPROXIMATE = "no: the best approximation that this source allows"

GRAFANA = "Grafana"
GRAFANA_OPENED = "A browser opens if there is one; otherwise open this:"
GRAFANA_WITHOUT = "Without {filter}: {why}"
GRAFANA_NEEDS = (
    "Grafana shows the data of the stack, which must run (u), not of the embedded store."
)

SERVICE_COLUMNS = {
    "service": "service",
    "state": "state",
    "uptime": "uptime",
    "restarts": "restarts",
    "memory": "memory",
    "cpu": "cpu",
    "ports": "ports",
}
WHOLE_STACK = "the stack"
READY = "{ready} of {all} ready"
HEALTH = {
    "ready": "ready",
    "starting": "starting",
    "unreachable": "does not answer",
    "": "running",
}
STATE_OF_SERVICE = {"absent": "not created"}
"""Of a service, where Docker's word does not do."""
EXIT_CODE = "{state} ({code})"
OUT_OF_MEMORY = "exited: out of memory"
STEPS = {
    "waiting": "waiting for this process, which works on the stack:",
    "warning": "note:",
    "asking": "asking for a login",
    "pulling": "pulling",
    "creating": "creating",
    "starting": "starting",
    "replacing": "replacing",
    "ready": "ready",
    "releasing": "taking over OTLP ports",
    "taken back": "collector not ready, ports returned",
    "stopping": "stopping",
    "removing": "removing",
    "removed": "removed",
    "done": "",
}
VERBS = {"start": "start", "stop": "stop", "restart": "restart", "logs": "logs", "clean": "clean"}
"""What a key does to the stack, where space is short."""
WHAT_IT_DOES = {
    True: {
        "start": "start this",
        "stop": "stop this",
        "restart": "restart this",
        "logs": "logs of this",
    },
    False: {
        "start": "start: pulls missing images, takes over the OTLP ports when all are ready",
        "stop": "stop: removes the containers, keeps their data",
        "restart": "restart",
        "logs": "logs of all",
        "clean": "clean: asks, then removes all their data too",
    },
}
"""What a key does, to the marked service or to the whole stack."""
OUTCOMES = {
    "start": "started: every service answers",
    "stop": "stopped",
    "restart": "restarted: every service answers",
    "clean": "removed",
    "logs": "",
}
CANCEL = "cancel: stops after this step"
CANCEL_SHORT = "cancel"
CANCELLING = "cancelling after this step"
STOP_STACK = "Stop the stack?"
CLEAN_STACK = "Remove the stack and all its data?"
CLEAN_GOES = "This will be permanently deleted:"
BACKFILL_COMPLETE = "backfill complete"
NOTHING_LEFT = "Nothing to remove."
YES_NO = "y yes     n no"

FIRST_DAY = """\
{problem}Nothing has been received yet.

1. In the shell where you start Claude Code:

     eval "$({command} env)"

2. Start Claude Code there; restart the sessions that run already.
3. Send a prompt; the dashboard appears.

{recorder}The first line sets:
{variables}
"""
