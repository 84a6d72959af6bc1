"""The page of rules: a line each that holds, and each that fired; what it means. Pure."""

from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import NamedTuple

from textual.content import Content

from ccotel_tui.panels.output.sanitize import sanitize
from ccotel_tui.query.rules.rules import Alert, AlertKey
from ccotel_tui.query.window import SECOND, local_day
from ccotel_tui.screen import strings
from ccotel_tui.screen.data.files.fired import Fired
from ccotel_tui.screen.data.snapshot import Snapshot
from ccotel_tui.screen.format.cells import NARROW, apart, ruled
from ccotel_tui.screen.format.rules.words import alert_words, threshold_words


class AlertLine(NamedTuple):
    """A line of the list: of a rule that holds, or of what fired; and its key there.

    `words` are what it says in full.
    """

    key: tuple[AlertKey, int]
    content: Content
    words: str
    alert: Alert | None = None


def alert_lines(
    alerts: Sequence[Alert], fired: Sequence[Fired], snapshot: Snapshot, width: int
) -> list[AlertLine]:
    """Return what holds, the worst first, then what fired and has cleared, the newest first."""
    zone, now_ns = snapshot.window.zone, snapshot.now_ns
    since = {entry.key: entry.fired_ns for entry in fired if entry.cleared_ns is None}
    lines = []
    for alert in alerts:
        in_full = f"{_SIGNS.get(alert.rule, '!')} {alert_words(alert, snapshot)}"
        words = Content.styled(in_full, "bold $text-warning")
        began_ns = since.get(alert.key)
        ends = [threshold_words(alert)] if width >= NARROW else []
        ends += [time_with_date(began_ns, now_ns, zone)] if began_ns else []
        end = Content.styled("  ".join(filter(None, ends)), "$foreground-muted")
        lines.append(AlertLine((alert.key, 0), _with_end(words, end, width), in_full, alert))
    for entry in reversed(fired):
        if entry.cleared_ns is None:
            continue
        time = time_with_date(entry.fired_ns, now_ns, zone)
        in_full = sanitize(entry.text)
        words = Content.assemble((time, "$foreground-muted"), "  ", in_full)
        end = Content("")
        if width >= NARROW and entry.cleared_ns > entry.fired_ns:
            cleared = time_with_date(entry.cleared_ns, now_ns, zone)
            end = Content.styled(strings.CLEARED_AT.format(time=cleared), "$foreground-muted")
        lines.append(AlertLine((entry.key, entry.fired_ns), _with_end(words, end, width), in_full))
    return lines


def _with_end(words: Content, end: Content, width: int) -> Content:
    """Return the words, and their end at the right where both have room."""
    fits = words.cell_length + end.cell_length < width
    return apart(words, end if fits else Content(""), width)


def alerts_heading(
    alerts: Sequence[Alert], fired: Sequence[Fired], width: int, matching: str = ""
) -> Content:
    """Return how many hold, how many were told so far, and how many a filter leaves."""
    holds = strings.counted(strings.RULES_HOLD, len(alerts)).format(count=len(alerts))
    parts = [holds if alerts else strings.NO_RULE_HOLDS]
    if fired:
        parts.append(strings.RULES_FIRED.format(count=len(fired)))
    if matching:
        parts = [matching]
    return ruled(Content(", ".join(parts)), width)


def behind_heading(alert: Alert | None, width: int) -> list[Content]:
    """Return what the rule means, and how many rows are behind it."""
    if alert is None:
        return []
    count = len(alert.rows)
    rows = strings.counted(strings.ROWS_BEHIND, count).format(count=count)
    meaning = Content.styled(strings.RULE_MEANINGS[alert.rule], "$foreground-muted")
    words = [rows if count else strings.NO_ROWS_BEHIND, threshold_words(alert)]
    return [ruled(Content(", ".join(filter(None, words))), width), meaning]


def time_with_date(time_ns: int, now_ns: int, zone: tzinfo) -> str:
    """Return the time of today, of another day with its date."""
    moment = datetime.fromtimestamp(time_ns // SECOND, zone)
    is_today = local_day(time_ns, zone) == local_day(now_ns, zone)
    return moment.strftime("%H:%M" if is_today else "%m-%d %H:%M")


_SIGNS = {"waits": "?"}
