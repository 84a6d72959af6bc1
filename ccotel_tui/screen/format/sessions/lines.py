"""Sessions as telemetry and the registry have them, a line each. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from rich.cells import cell_len
from textual.content import Content

from ccotel_tui.claude.session_registry import Running, Status
from ccotel_tui.panels.output.sanitize import sanitize
from ccotel_tui.panels.output.units import NOT_KNOWN, duration, in_column, shown
from ccotel_tui.query.sessions import SessionRow
from ccotel_tui.query.window import MINUTE, SECOND, Window
from ccotel_tui.screen import strings
from ccotel_tui.screen.data.snapshot import Snapshot
from ccotel_tui.screen.format.cells import fitted, right, ruled
from ccotel_tui.screen.format.names import short_names, short_session
from ccotel_tui.screen.format.periods import is_day, label_of_snapshot
from ccotel_tui.screen.format.table import Table, column_heading, marked_title
from ccotel_tui.screen.format.times import local

_SIGNS: Mapping[Status | None, tuple[str, str]] = {
    "waiting": ("?", "bold $text-warning"),
    "busy": ("*", "$text-success"),
    "shell": ("*", "$text-success"),
    "idle": ("-", ""),
    "ended": (" ", "$foreground-muted"),
    None: (" ", ""),
}

_LONGEST = {"session": 14, "project": 20, "user": 20, "model": 12, "now": 29, "first": 100}
_SHORTEST_PROJECT = 8
_SHORTEST_FIRST = 16
"""Columns of the first prompt's words."""
_RIGHT = ("cost", "tokens", "cache", "errors", "last", "started", "took", "prompts")
_FIRST_TO_GO = (
    *("first", "started", "took", "prompts", "cache", "tokens"),
    *("errors", "user", "last", "model", "project"),
)


@dataclass(frozen=True)
class Session:
    """A session as telemetry and Claude Code's own registry have it."""

    row: SessionRow
    running: Running | None
    first_prompt: str = ""
    """What it was asked first, where that is known."""

    @property
    def status(self) -> Status | None:
        return self.running.status if self.running else None

    @property
    def runs(self) -> bool:
        """Return whether its process is known to run."""
        return self.running is not None and self.running.lives

    @property
    def name(self) -> str:
        """Return its name, else the beginning of its id."""
        called = self.running.name if self.running else ""
        return sanitize(called or self.row.told_name) or short_session(self.row.session_id)

    @property
    def project(self) -> str:
        """The user's own attribute, else the folder it runs in."""
        folder = PurePath(self.running.folder).name if self.running else ""
        return sanitize(self.row.project or folder)

    @property
    def user(self) -> str:
        return sanitize(self.row.user)

    @property
    def now(self) -> str:
        """Return what it does, or what it waits for."""
        if self.running is None or self.running.status is None:
            return ""
        if self.running.status == "waiting":
            return waiting_words(self.running)
        return strings.STATUSES[self.running.status]

    def now_since(self, now_ns: int, brief: str = "") -> str:
        """Return the same, or `brief`, and of one that waits for how long it has so far."""
        since_ns = self.running.status_ms * 1_000_000 if self.running else 0
        waits = self.status == "waiting" and since_ns
        now = brief or self.now
        return f"{now} {age(since_ns, now_ns)}" if waits else now


def waiting_words(running: Running) -> str:
    """Return what it waits for."""
    what = sanitize(running.waiting_for) or strings.WAITS_FOR_YOU
    return strings.WAITS.format(what=strings.WAITING_FOR.get(what, what))


def counts(sessions: Sequence[Session], snapshot: Snapshot) -> str:
    """Return how many run, wait and were active in the period.

    Where nothing is known of who runs, as of sessions on other machines, how many were active in
    the last minutes.
    """
    parts = []
    if any(session.running for session in sessions):
        waiting = sum(session.status == "waiting" for session in sessions)
        running = sum(session.runs for session in sessions) - waiting
        if running or not waiting:
            parts.append(strings.RUN.format(count=running))
        if waiting:
            parts.append(strings.counted(strings.WAIT, waiting).format(count=waiting))
    else:
        active = sum(
            snapshot.now_ns - session.row.last_seen_ns <= 5 * MINUTE for session in sessions
        )
        parts.append(strings.ACTIVE.format(count=active))
    form = strings.IN_DAY if is_day(snapshot.period) else strings.IN_PERIOD
    parts.append(form.format(count=len(sessions), period=label_of_snapshot(snapshot)))
    return ", ".join(parts)


def sessions_heading(
    sessions: Sequence[Session], width: int, snapshot: Snapshot, matching: str = ""
) -> Content:
    """Return the line of the counts, and a rule; `matching` is how many a filter leaves."""
    counted = counts(sessions, snapshot)
    summary = strings.SESSIONS.format(counts=counted)
    if cell_len(summary) > width:
        summary = counted
    if matching:
        summary = strings.SESSIONS_FOUND.format(found=matching, count=f"{len(sessions):,}")
    if cell_len(summary) == width:
        return Content.styled(summary, "$foreground-muted")
    return ruled(Content(summary), width)


def session_table(
    sessions: Sequence[Session],
    width: int,
    now_ns: int,
    order: str = "",
    window: Window | None = None,
    is_team: bool = False,
) -> Table:
    """A line a session; what is less important goes where space is short.

    A column that is empty in every row is not shown, nor the users where there is no team; the one
    of the order is marked. Times are those of the window's zone.
    """
    dearest = max((session.row.cost or 0.0 for session in sessions), default=0.0)
    models = short_names("model", (name for each in sessions for name in each.row.models[:1]))
    cells = [_cells(session, models, dearest, now_ns, window) for session in sessions]
    titles = {
        name: marked_title(title, name, order)
        for name, title in strings.SESSION_COLUMNS.items()
        if is_team or name != "user"
    }
    sizes = _sizes(titles, cells, width - 2)
    for session, row in zip(sessions, cells, strict=True):
        if session.status == "waiting" and cell_len(row["now"]) > sizes.get("now", 0):
            row["now"] = session.now_since(now_ns, strings.WAITS_BRIEF)
    lines = [
        Content.styled(
            f"{_SIGNS[session.status][0]} {'  '.join(_aligned(row, sizes).values())}",
            _SIGNS[session.status][1],
        )
        for session, row in zip(sessions, cells, strict=True)
    ]
    names = [column_heading(cell, n, order) for n, cell in _aligned(titles, sizes).items()]
    header = Content.assemble("  ", Content("  ").join(names))
    return Table(tuple(sizes), header.truncate(width), [line.truncate(width) for line in lines])


def age(time_ns: int, now_ns: int) -> str:
    """Return how long ago, in the largest unit."""
    return duration(max(0, now_ns - time_ns) / SECOND).split()[0]


def _cells(
    session: Session,
    models: Mapping[str, str],
    dearest: float,
    now_ns: int,
    window: Window | None,
) -> dict[str, str]:
    """Return a session's cells by their columns; `models` are the names of all sessions' models."""
    row = session.row
    started, now = local(row.started_ns, window), local(now_ns, window)
    is_today = started.date() == now.date()
    model = models[row.models[0]] if row.models else NOT_KNOWN
    more = f" +{len(row.models) - 1}" if len(row.models) > 1 else ""
    room = _LONGEST["model"] - len(more)
    return {
        "session": session.name,
        "project": session.project or NOT_KNOWN,
        "user": session.user or NOT_KNOWN,
        "model": (model if len(model) <= room else fitted(model, room)) + more,
        "cost": in_column(row.cost if row.cost or row.requests else None, dearest, "usd"),
        "tokens": shown(row.tokens if row.tokens or row.requests else None, "tokens"),
        "cache": NOT_KNOWN if row.cache_hit_ratio is None else f"{row.cache_hit_ratio:.0%}",
        "errors": NOT_KNOWN if row.errors is None else str(row.errors),
        "last": age(row.last_seen_ns, now_ns),
        "started": f"{started:%H:%M}" if is_today else f"{started:%m-%d %H:%M}",
        "took": duration((row.last_seen_ns - row.started_ns) / SECOND),
        "prompts": NOT_KNOWN if row.prompts is None else str(row.prompts),
        "now": session.now_since(now_ns),
        "first": " ".join(sanitize(session.first_prompt).split()),
    }


def _sizes(
    titles: Mapping[str, str], cells: Sequence[Mapping[str, str]], width: int
) -> dict[str, int]:
    """The columns that fit, each as wide as what stands in it; the project gives way first."""
    sizes = {
        name: min(
            _LONGEST.get(name, width),
            max(cell_len(title), *(cell_len(row[name]) for row in cells), 0),
        )
        for name, title in titles.items()
        if not cells or any(row[name] not in ("", NOT_KNOWN) for row in cells)
    }
    project = sizes.get("project", 0)
    if project:
        sizes["project"] = min(project, _SHORTEST_PROJECT)
    words = sizes.get("first", 0)
    if words:
        sizes["first"] = min(words, _SHORTEST_FIRST)
    wanted = dict(sizes)
    for name in _FIRST_TO_GO:
        if _room(sizes, width) >= 0:
            break
        sizes.pop(name, None)
    # A wide column that went may have freed room for a narrower one that went before it.
    for name in reversed(_FIRST_TO_GO):
        if name in wanted and name not in sizes and wanted[name] + 2 <= _room(sizes, width):
            sizes = {each: wanted[each] for each in wanted if each in sizes or each == name}
    if "project" in sizes:
        sizes["project"] = min(project, sizes["project"] + max(0, _room(sizes, width)))
    if "first" in sizes:
        sizes["first"] = min(words, sizes["first"] + max(0, _room(sizes, width)))
    if "now" in sizes:
        sizes["now"] = max(0, sizes["now"] + min(0, _room(sizes, width)))
    return sizes


def _room(sizes: Mapping[str, int], width: int) -> int:
    """Return the cells that the columns leave; below 0 where they do not fit."""
    return width - sum(sizes.values()) - 2 * (len(sizes) - 1)


def _aligned(cells: Mapping[str, str], sizes: Mapping[str, int]) -> dict[str, str]:
    return {
        name: right(cells[name], size) if name in _RIGHT else fitted(cells[name], size)
        for name, size in sizes.items()
    }
