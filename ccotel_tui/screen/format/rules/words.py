"""A rule that holds in words, and the line of the worst of them. Pure."""

from collections.abc import Sequence

from textual.content import Content

from ccotel_tui.panels.compare.texts import ratio_text
from ccotel_tui.panels.output.sanitize import sanitize
from ccotel_tui.panels.output.units import dollars, duration
from ccotel_tui.query.rules.rules import Alert
from ccotel_tui.screen import strings
from ccotel_tui.screen.data.snapshot import Snapshot
from ccotel_tui.screen.format.cells import NARROW, apart
from ccotel_tui.screen.format.names import short_session
from ccotel_tui.screen.format.sessions.lines import waiting_words

_LONGEST_NAME = 24


def alert_words(alert: Alert, snapshot: Snapshot) -> str:
    """Return the rule, its number and whose it is."""
    session = session_words(alert.session_id, snapshot)
    if alert.rule == "waits":
        return f"{session} {waiting_words(snapshot.running[alert.session_id])}"
    form, cause, subject = strings.RULES[alert.rule], "", alert.subject
    if alert.rule == "budget" and alert.session_id:
        subject = session
    unheard = {each.session_id: each for each in snapshot.unheard}.get(alert.session_id)
    if alert.rule == "silent" and unheard is not None:
        form, cause = strings.RULES["silent_cause"], strings.translated(unheard.cause)
    return form.format(
        session=session,
        subject=sanitize(strings.RULE_SUBJECTS.get(subject, subject), _LONGEST_NAME),
        count=f"{alert.number:,.0f}",
        ratio=ratio_text(alert.number) if alert.rule == "budget" else f"{alert.number:.0%}",
        dollars=dollars(alert.number),
        cause=sanitize(cause),
    )


def threshold_words(alert: Alert) -> str:
    """Return from when the rule holds; empty where it has no number."""
    match alert.rule:
        case "waits" | "refused":
            return ""
        case "surge":
            threshold = f"{dollars(alert.threshold)}/h"
        case "context" | "budget" | "limit":
            threshold = f"{alert.threshold:.0%}"
        case "cold" | "silent":
            threshold = duration(alert.threshold)
        case "loop" | "errors":
            threshold = f"{alert.threshold:,.0f}"
    return strings.RULE_FROM.format(threshold=threshold)


def session_words(session_id: str, snapshot: Snapshot) -> str:
    """Return the session's name, else the beginning of its id."""
    running = snapshot.running.get(session_id)
    status = snapshot.status_lines.lines.sessions.get(session_id)
    name = (running.name if running else "") or (status.name if status else "")
    return sanitize(name, _LONGEST_NAME) or short_session(session_id)


def rules_strip(alerts: Sequence[Alert], snapshot: Snapshot, width: int) -> list[Content]:
    """Return the line of the worst rule that holds, and how many others; none where none does.

    Who waits stands in the list of sessions; in a narrow pane a budget stands beside today's cost.
    """
    elsewhere = ("waits", "budget") if width < NARROW else ("waits",)
    holding = [alert for alert in alerts if alert.rule not in elsewhere]
    if not holding:
        return []
    others = f"  +{len(holding) - 1}" if len(holding) > 1 else ""
    line = Content.styled(f"! {alert_words(holding[0], snapshot)}{others}", "bold $text-warning")
    if width < NARROW:
        return [line.truncate(width, ellipsis=True)]
    hint = "  ".join(filter(None, (threshold_words(holding[0]), strings.ENTER_SHOWS)))
    return [apart(line, Content.styled(hint, "$foreground-muted"), width)]
