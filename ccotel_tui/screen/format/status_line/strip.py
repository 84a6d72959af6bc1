"""The rules that hold, in one line: the worst, and how many others. Pure."""

from textual.content import Content

from ccotel_tui.panels.output.sanitize import sanitize
from ccotel_tui.query.rules.rules import Alert, alerts
from ccotel_tui.screen import strings
from ccotel_tui.screen.data.snapshot import Snapshot

_LIMITS = {"five_hour": "5h", "seven_day": "7d"}


def rules_strip(snapshot: Snapshot, now_ns: int, width: int) -> list[Content]:
    """Return the line; none where no rule holds."""
    waiting = [id for id, each in snapshot.running.items() if each.status == "waiting"]
    lines, events = snapshot.status_lines.lines, snapshot.present.events
    holding = alerts(events, lines, snapshot.session_id, waiting, now_ns)
    if not holding:
        return []
    others = f"  +{len(holding) - 1}" if len(holding) > 1 else ""
    text = f"! {_words(holding[0], snapshot)}{others}"
    return [Content.styled(text, "bold $text-warning").truncate(width, ellipsis=True)]


def _words(alert: Alert, snapshot: Snapshot) -> str:
    running = snapshot.running.get(alert.subject)
    subject = running.name if running and running.name else alert.subject[:20]
    subject = sanitize(_LIMITS.get(subject, subject))
    form = strings.RULES[alert.rule]
    return form.format(subject=subject, count=f"{alert.number:.0f}", ratio=f"{alert.number:.0%}")
