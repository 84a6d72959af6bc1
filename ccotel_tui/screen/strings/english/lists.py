"""Lists: sessions, prompts, events, in English."""

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
COMPACTIONS = ("{count} compaction", "{count} compactions")
COST_OF_LIFE = "cost over its life"
MARK_A_PROMPT = "a mark a prompt"
THIS_SESSION_ENDED = "ended {age} ago"
LAST_ACTIVITY = "last activity {age} ago"
LIFE = "whole life"
NO_STEPS = "No request and no tool belongs to it."
PROMPTS_CUT = "the newest only: older ones are too many to list"
PROMPTS_COMING = "older ones are being read"
REQUESTS = ("{count} request", "{count} requests")
WAITS_NOT_KNOWN = "waits not known"
NO_WAITS = "no waits"
WAITED = "waited {length}"
NO_PROMPT_THERE = "no event with a prompt is marked here"
NO_SESSION_THERE = "no event is marked here"
TOTAL = "total"
FAILED_OF = "! {failed} of {calls} failed"
FAILED_OF_BRIEF = "! {failed} of {calls}"
A_PART = "part: {start} - {end}"
A_PART_BRIEF = "part"
CHART_ALONE = "arrows mark a series, Enter hides it"
FILLS_LATER = "this page fills with the first event"
NOTHING_ALONE = "nothing to show alone here"
NOTHING_TO_FILTER = "no list here: s sessions, e events"
NOTHING_TO_SORT = "nothing to sort here"
OF = "{part} of {whole}"
PEAK = "peak {value}"
A_BAR_IS = "a bar is {time}"
A_DASH_IS = "a dash is {time}"
OVER_TIME = "{name} over time"

SESSION_COLUMNS = {
    "session": "session",
    "project": "project",
    "user": "user",
    "model": "model",
    "cost": "cost",
    "tokens": "tokens",
    "cache": "cache",
    "errors": "err",
    "last": "last",
    "started": "started",
    "took": "took",
    "prompts": "prompts",
    "now": "now",
    "first": "first prompt",
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
RESPONSE = "response"
STARTUP = ("start-up, {count} event", "start-up, {count} events")
STARTUPS = {
    "plugin_loaded": ("{count} plugin", "{count} plugins"),
    "managed_settings_resolved": ("{count} setting", "{count} settings"),
    "hook_registered": ("{count} hook", "{count} hooks"),
    "mcp_server_connection": ("{count} mcp server", "{count} mcp servers"),
    "retention_sweep": ("{count} clean-up", "{count} clean-ups"),
}
"""The events of a session's start-up, by their names."""
FOLLOWING = "following"
HELD = "scrolled back: End to follow"
PAUSED_LOG = "paused: Space to resume"
PAST = "past window {period}"
NEW = "{count} new"
COUNT = ("{count} event", "{count} events")
FILTERED = "filter: {filter}   {found} of {count}"
NOTHING_MATCHES = "nothing matches"
TEXT_HINT = "text in the list"
FILTER_HINT = "tool:Bash ok:false, or text"
TIME_HINT = "HH:MM or MM-DD HH:MM"
BAD_TIME = "{text} is no time: type HH:MM or MM-DD HH:MM"
BEFORE_WINDOW = "nothing is listed before {time}: ] makes the window longer"
OK = "ok"
DECISIONS = {"accept": "accept", "reject": "rejected"}
"""What was decided of a tool call, by the client's word."""
CHARACTERS = ("{count} character", "{count} characters")
GAVE_UP = ("gave up after {count} attempt", "gave up after {count} attempts")
GAVE_UP_BRIEF = "gave up"
FAILED_EVENTS = "! {count} failed"
