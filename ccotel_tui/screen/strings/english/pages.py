"""Pages: one panel's facts, settings, the first day, in English."""

COPIED = {"tmux": "copied to tmux's buffer", "terminal": "copied to the clipboard"}
NOTHING_TO_COPY = "nothing to copy here"
THEME = "theme {name}"
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
EXACT = "yes: every record that came in is counted, nothing is sampled"
APPROXIMATE = "no: the best approximation that this source allows"

FIRST_DAY = """\
{problem}Nothing has been received yet.

1. In the shell where you start Claude Code:

     eval "$({command} env)"

2. Start Claude Code there; restart the sessions that run already.
3. Send a prompt; the dashboard appears.

{recorder}The first line sets:
{variables}
"""
