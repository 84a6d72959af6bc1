"""Parts of the overview that lead to the rows of their numbers. Pure."""

from collections.abc import Mapping
from itertools import groupby
from typing import Literal

from textual.content import Content, Span
from textual.style import Style

from ccotel_tui.panels.behind import FAILED_ONLY
from ccotel_tui.query.period import Period
from ccotel_tui.query.window import DAY
from ccotel_tui.telemetry.conventions import API_ERROR, TOOL_RESULT

PeriodName = Literal["", "today", "7d", "30d", "week", "month"]

LINKED_PERIODS: Mapping[PeriodName, Period | None] = {
    "": None,
    "today": Period(),
    "7d": Period(since_ns=7 * DAY),
    "30d": Period(since_ns=30 * DAY),
    "week": Period("week"),
    "month": Period("month"),
}
"""The times whose rows a part leads to; without a name those that are shown."""

TO_SESSIONS = "screen.rows('sessions')"
TO_CALLS = f"screen.rows('log', 'event:{TOOL_RESULT}')"
TO_FAILED_CALLS = f"screen.rows('log', 'event:{TOOL_RESULT} {FAILED_ONLY}')"
TO_ERRORS = f"screen.rows('log', 'event:{API_ERROR}')"


def to_usage(period: PeriodName = "") -> str:
    """Return the action that lists what was dear."""
    return f"screen.rows('usage', 'model', {period!r})"


def to_session_page(session_id: str) -> str:
    """Return the action that opens the session's page."""
    return f"screen.open_session({session_id!r})"


def to_prompt_page(session_id: str, prompt_id: str) -> str:
    """Return the action that opens the prompt's waterfall."""
    return f"screen.open_prompt_of({session_id!r}, {prompt_id!r})"


def to_numbers(panel_id: str) -> str:
    """Return the action that shows the panel's numbers."""
    return f"screen.numbers({panel_id!r})"


def leading(content: Content, action: str) -> Content:
    """The content, which leads there where it leads nowhere yet."""
    if not (content and action):
        return content
    return content.stylize_before(Style.from_meta({"@click": action}))


def actions_in(content: Content) -> list[str]:
    """Return where the parts of the content lead, in the order of their places."""
    placed = sorted((span.start, action) for span in content.spans if (action := _action(span)))
    return list(dict.fromkeys(action for _, action in placed))


def marked(content: Content, action: str) -> Content:
    """The content with the parts marked that lead there; a part within one may lead elsewhere."""
    owners = [""] * len(content.plain)
    for span in content.spans:
        if owner := _action(span):
            owners[span.start : span.end] = [owner] * (min(span.end, len(owners)) - span.start)
    start = 0
    for owner, characters in groupby(owners):
        end = start + len([*characters])
        if owner == action:
            content = content.stylize("reverse", start, end)
        start = end
    return content


def _action(span: Span) -> str:
    meta = span.style.meta if isinstance(span.style, Style) else {}
    return str(meta.get("@click", ""))
