"""A session's context and cache, and the plan's limits, in a line or two. Pure."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from textual.content import Content

from ccotel_tui.panels.output.sanitize import sanitize
from ccotel_tui.panels.output.units import countdown, dollars
from ccotel_tui.query.status_line.facts import (
    LIMIT_NAMES,
    LimitName,
    PlanLimit,
    SessionStatus,
)
from ccotel_tui.query.window import MINUTE, SECOND, Window
from ccotel_tui.screen import strings
from ccotel_tui.screen.data.snapshot import Snapshot
from ccotel_tui.screen.format.cells import NARROW, join_cells, wrapped
from ccotel_tui.screen.format.sessions.lines import age
from ccotel_tui.screen.format.times import local

NEARLY_FULL = 0.8
"""The part of a context, or of a limit, from which it is shown as a warning."""

NEARLY_COLD_NS = 60 * SECOND

_BAR_CELLS = 10
_OLD_NS = 10 * MINUTE
_LINES = 2


def told_lines(snapshot: Snapshot, now_ns: int, width: int) -> list[Content]:
    """Return what was told of the session that is meant and of the plan; nothing of nothing."""
    status = snapshot.status_lines.lines.sessions.get(snapshot.session_id)
    narrow = width < NARROW
    parts = [
        *(_session(snapshot, status, now_ns, narrow) if status else ()),
        *_limits(snapshot, now_ns, narrow),
    ]
    if narrow:
        line = join_cells(parts, "  ", width)
        return [line] if line else []
    branch = _branch(snapshot)
    return wrapped([branch, *parts] if parts else (), "  ", width, _LINES)


def is_counting_down(snapshot: Snapshot, now_ns: int) -> bool:
    """Return whether a second from now the lines may be others."""
    status = snapshot.status_lines.lines.sessions.get(snapshot.session_id)
    until_ns = status.cache.warm_until_ns if status and status.cache else None
    return until_ns is not None and until_ns > now_ns - 2 * SECOND


def context_bar(full: float) -> str:
    """Return a bar of so many parts of ten, at least one where it is not empty."""
    cells = min(_BAR_CELLS, max(round(full * _BAR_CELLS), int(full > 0)))
    return "█" * cells + "·" * (_BAR_CELLS - cells)


def _session(
    snapshot: Snapshot, status: SessionStatus, now_ns: int, narrow: bool
) -> Iterator[Content]:
    if status.context is not None:
        form = strings.CONTEXT_SHORT if narrow else strings.CONTEXT
        text = form.format(bar=context_bar(status.context), full=f"{status.context:.0%}")
        yield Content.styled(text, "$text-warning" if status.context >= NEARLY_FULL else "")
    until_ns = status.cache.warm_until_ns if status.cache else None
    if until_ns is None:
        return
    left_ns = until_ns - now_ns
    if left_ns <= 0:
        yield Content.styled(strings.CACHE_COLD, "$foreground-muted")
        return
    price = snapshot.status_lines.going_cold
    form = strings.CACHE_SHORT if narrow else strings.CACHE_WARM
    if price is not None and not narrow:
        form = strings.CACHE_COSTS
    text = form.format(
        left=countdown(left_ns // SECOND), dollars="" if price is None else dollars(price)
    )
    yield Content.styled(text, "$text-warning" if left_ns <= NEARLY_COLD_NS else "")


def _limits(snapshot: Snapshot, now_ns: int, narrow: bool) -> Iterator[Content]:
    for name in LIMIT_NAMES:
        limit = snapshot.status_lines.lines.limit(name, now_ns)
        if isinstance(limit, PlanLimit):
            text = _limit(name, limit, now_ns, snapshot.window, narrow)
            yield Content.styled(text, "$text-warning" if limit.used >= NEARLY_FULL else "")


def _limit(name: LimitName, limit: PlanLimit, now_ns: int, window: Window, narrow: bool) -> str:
    text = strings.LIMITS[name].format(used=f"{limit.used:.0%}")
    if now_ns - limit.told_ns >= _OLD_NS:
        text = strings.LIMIT_AGE.format(limit=text, age=age(limit.told_ns, now_ns))
    if limit.resets_ns is None or narrow:
        return text
    resets = local(limit.resets_ns, window)
    is_near = resets - local(now_ns, window) < timedelta(days=1)
    return strings.LIMIT_RESETS.format(limit=text, time=resets.strftime(_FORMS[is_near]))


_FORMS: Sequence[str] = ("%m-%d %H:%M", "%H:%M")


def _branch(snapshot: Snapshot) -> Content:
    """The branch of the newest tool result of the prompt, as the client tells it."""
    branches = (row.get("vcs_ref_head_name") for row in reversed(snapshot.present.events))
    branch = next(filter(None, branches), "")
    return Content.styled(sanitize(str(branch)), "$foreground-muted")
