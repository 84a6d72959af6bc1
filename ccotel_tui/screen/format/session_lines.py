"""Sessions in the order in which they matter, a line each. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from rich.cells import cell_len
from textual.content import Content

from ccotel_tui.claude.session_registry import Running, Status
from ccotel_tui.panels.output.sanitize import sanitize
from ccotel_tui.panels.output.units import NOT_KNOWN, duration, shown
from ccotel_tui.query.sessions import SessionRow
from ccotel_tui.query.window import MINUTE, SECOND
from ccotel_tui.screen import strings
from ccotel_tui.screen.data.snapshot import Snapshot
from ccotel_tui.screen.format.cells import fitted, right
from ccotel_tui.screen.format.names import short_model, short_session
from ccotel_tui.screen.format.periods import is_day, label_of_snapshot

_ORDER: tuple[Status | None, ...] = ("waiting", "busy", "shell", "idle")
"""Who waits and who runs; all others are in the order of their last activity."""

_SIGNS: Mapping[Status | None, tuple[str, str]] = {
    "waiting": ("?", "bold $text-warning"),
    "busy": ("*", "$text-success"),
    "shell": ("*", "$text-success"),
    "idle": ("-", ""),
    "ended": (" ", "$foreground-muted"),
    None: (" ", ""),
}

_LONGEST = {"session": 14, "project": 12, "model": 12, "now": 24}
_RIGHT = ("cost", "tokens", "cache", "errors", "last")
_FIRST_TO_GO = ("cache", "tokens", "model", "errors", "project", "last")


@dataclass(frozen=True)
class Session:
    """A session as telemetry and Claude Code's own registry have it."""

    row: SessionRow
    running: Running | None

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
        return sanitize(called) or short_session(self.row.session_id)

    @property
    def project(self) -> str:
        """The user's own attribute, else the folder it runs in."""
        folder = PurePath(self.running.folder).name if self.running else ""
        return sanitize(self.row.project or folder)

    @property
    def now(self) -> str:
        """Return what it does, or what it waits for."""
        if self.running is None or self.running.status is None:
            return ""
        if self.running.status == "waiting":
            what = sanitize(self.running.waiting_for) or strings.WAITS_FOR_YOU
            return strings.WAITS.format(what=what)
        return self.running.status


def ordered(rows: Sequence[SessionRow], running: Mapping[str, Running]) -> list[Session]:
    """Return who waits first, then who is busy, has a shell, is idle; the newest first of each."""
    sessions = [Session(row, running.get(row.session_id)) for row in rows]

    def place(session: Session) -> tuple[int, int]:
        last = len(_ORDER) + (not session.runs)
        rank = _ORDER.index(session.status) if session.status in _ORDER else last
        return rank, -session.row.last_seen_ns

    return sorted(sessions, key=place)


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


def heading(sessions: Sequence[Session], width: int, snapshot: Snapshot) -> Content:
    """Return the line of the counts, and a rule."""
    summary = strings.SESSIONS.format(counts=counts(sessions, snapshot))
    rule = "─" * max(0, width - len(summary) - 1)
    line = Content.assemble((summary, "$foreground-muted"), " ", (rule, "$foreground-disabled"))
    return line.truncate(width, ellipsis=True)


def session_table(
    sessions: Sequence[Session], width: int, now_ns: int
) -> tuple[Content, Sequence[Content]]:
    """The columns' names and a line a session; what is less important goes where space is short."""
    cells = [_cells(session, now_ns) for session in sessions]
    sizes = _sizes(cells, width - 2)
    lines = [
        Content.styled(
            f"{_SIGNS[session.status][0]} {_line(row, sizes)}", _SIGNS[session.status][1]
        )
        for session, row in zip(sessions, cells, strict=True)
    ]
    header = Content.styled("  " + _line(strings.SESSION_COLUMNS, sizes), "$foreground-muted")
    return header.truncate(width), [line.truncate(width) for line in lines]


def age(time_ns: int, now_ns: int) -> str:
    """Return how long ago, in the largest unit."""
    return duration(max(0, now_ns - time_ns) / SECOND).split()[0]


def _cells(session: Session, now_ns: int) -> dict[str, str]:
    row = session.row
    model = short_model(row.models[0]) if row.models else NOT_KNOWN
    more = f" +{len(row.models) - 1}" if len(row.models) > 1 else ""
    room = _LONGEST["model"] - len(more)
    return {
        "session": session.name,
        "project": session.project or NOT_KNOWN,
        "model": (model if len(model) <= room else fitted(model, room)) + more,
        "cost": shown(row.cost if row.cost or row.requests else None, "usd"),
        "tokens": shown(row.tokens if row.tokens or row.requests else None, "tokens"),
        "cache": NOT_KNOWN if row.cache_hit_ratio is None else f"{row.cache_hit_ratio:.0%}",
        "errors": str(row.errors),
        "last": age(row.last_seen_ns, now_ns),
        "now": session.now,
    }


def _sizes(cells: Sequence[Mapping[str, str]], width: int) -> dict[str, int]:
    """The columns that fit, each as wide as what stands in it."""
    sizes = {
        name: min(
            _LONGEST.get(name, width),
            max(len(title), *(cell_len(row[name]) for row in cells), 0),
        )
        for name, title in strings.SESSION_COLUMNS.items()
    }
    for name in _FIRST_TO_GO:
        if sum(sizes.values()) + 2 * (len(sizes) - 1) <= width:
            break
        del sizes[name]
    over = sum(sizes.values()) + 2 * (len(sizes) - 1) - width
    sizes["now"] = max(0, sizes["now"] - max(0, over))
    return sizes


def _line(cells: Mapping[str, str], sizes: Mapping[str, int]) -> str:
    return "  ".join(
        right(cells[name], size) if name in _RIGHT else fitted(cells[name], size)
        for name, size in sizes.items()
    )
