"""Pages: one panel's facts, settings, the first day, in English."""

COPIED = {"tmux": "copied to tmux's buffer", "terminal": "copied to the clipboard"}
NOTHING_TO_COPY = "nothing to copy here"
THEME = "theme {name}"
MODEL_NAMED = "model {name}"
MODEL_ROWS = "what it cost, by session"
TOOL_NAMED = "tool {name}"
TOOL_ROWS = "its calls in the log"
DAY_NAMED = "day {date}"
DAY_ROWS = "what was dear on it"
EDITOR_FAILED = "it ended with exit status {status}"
NO_EDITOR = "Set VISUAL or EDITOR, or edit {path} and start again."
SETTINGS = "Settings"
SETTINGS_LATER = "settings saved: the rest takes effect at the next start"
INFO = {
    "value": "value",
    "state": "state",
    "window": "window",
    "signal": "from",
    "exact": "exact",
    "compared": "compared",
    "as_of": "as of",
    "last_heard": "last heard",
    "notes": "note",
    "footnote": "meaning",
}
SIGNALS = {"events": "events", "counters": "counters"}
"""What a number is made of."""
HELP = "Keys"
PALETTE_HINT = "Search for commands…"
EXACT = "yes: every record that came in is counted, nothing is sampled"
APPROXIMATE = "no: the best approximation that this source allows"

FIRST_DAY = "{problem}Nothing has been received yet."
IS_SET_UP = "Claude Code is set up: start claude and type a prompt."
UNHEARD = ("1 session runs and is not heard:", "{count} sessions run, none is heard:")
FIRST_STEPS = {
    "setup": ("set up Claude Code", "shows the change, asks first"),
    "try": ("try it in one session", "no file is changed"),
    "demo": ("see the demo", "recorded sessions; keeps nothing"),
    "copy": ("copy the variables", "for the shell that starts claude"),
}
"""What can be done on the first day, in a few words and with what it does."""
ENTER_GOES_BACK = "Enter goes back to the dashboard. "
BY_HAND = """\
Or by hand, in the shell that starts claude:
  eval "$({command} env)"

{recorder}It sets:
{variables}
"""
DOCTOR = "Why no data comes"
DOCTOR_WAITS = "checking each link…"
DOCTOR_STATES = {"ok": "ok", "warn": "warn", "fail": "broken", "skip": "skipped"}
DOCTOR_WELL = "Every link holds."
DOCTOR_FIRST = "First broken link: {link}"
DOCTOR_NEXT = "next"
DOCTOR_LINKS = {
    "client": "Claude Code",
    "settings": "settings",
    "enabled": "switched on",
    "exporters": "exporters",
    "protocol": "protocol",
    "endpoint": "endpoint",
    "proxy": "proxy",
    "log": "client's log",
    "disk": "disk",
    "database": "database",
    "recorder": "recorder",
    "ports": "ports",
    "answer": "answer",
    "clock": "clock",
    "docker": "Docker",
    "stack": "stack",
    "moved": "moved ports",
    "metrics": "metrics server",
    "lag": "lag",
    "sessions": "sessions",
    "data": "data",
    "refused": "refused",
    "dropped": "dropped points",
    "gaps": "lost events",
}
