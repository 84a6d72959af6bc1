"""The stats of a wide overview, one beside the other. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from textual.content import Content

from ccotel_tui.panels.compare.texts import change_text
from ccotel_tui.panels.output.units import shown
from ccotel_tui.query.measures import Unit
from ccotel_tui.screen import strings
from ccotel_tui.screen.data.snapshot import Snapshot
from ccotel_tui.screen.format.overview import links
from ccotel_tui.screen.format.overview.comparisons import Comparisons
from ccotel_tui.screen.format.overview.figures import Figures

_NARROWEST = 14
"""Columns of a tile, at least."""

_SLICES = 24
"""Stretches of the window in which sessions are counted."""

TILES = ("session", "cost", "tokens", "lines", "sessions", "tools", "days")
"""The tiles, the most important first."""

_BLANK = Content("")

Numbers = Sequence[float | None]


@dataclass(frozen=True)
class Tile:
    """A stat: its value with what stands `beside` it; below numbers over the window, or words.

    The first of the `labels` that fits is taken, and of what is beside as much as fits. The
    `action` leads to the rows of the value.
    """

    labels: tuple[str, ...]
    value: Content
    beside: Sequence[Content] = ()
    numbers: Numbers = ()
    below: Content = _BLANK
    action: str = ""


def tiles_that_fit(width: int) -> tuple[str, ...]:
    """Return the tiles that have room in a pane of that width."""
    return TILES[: max(1, width // _NARROWEST)]


def stat_tiles(
    snapshot: Snapshot, comparisons: Comparisons, growth: Mapping[str, Numbers]
) -> dict[str, Tile]:
    """Return every tile; `growth` is what each panel's number grew by over the window."""
    figures = Figures(snapshot)

    def stat(panel: str, label: str, value: Content, action: str) -> Tile:
        change = Content(change_text(comparisons.stat(panel)))
        numbers = growth.get(panel, ())
        return Tile((label, strings.WINDOW), value, (change,), numbers, action=action)

    session = shown(figures.part("current_session"), "usd")
    tokens = _bold(figures.value("token_usage"), "tokens")
    changes = figures.line_changes(brief=True) or _bold(None, "lines")
    month = Content.styled(f" {strings.DAYS_30}", "$foreground-muted")
    return {
        "session": Tile(
            (strings.SESSION,),
            Content.styled(session, "bold $text-accent"),
            below=figures.burn(),
            action=figures.to_session,
        ),
        "cost": stat(
            "total_cost",
            f"{figures.period} {strings.ESTIMATE}",
            _bold(figures.value("total_cost"), "usd"),
            links.to_usage(),
        ),
        "tokens": stat("token_usage", strings.TOKENS_OF, tokens, links.to_usage()),
        "lines": stat("lines_of_code", strings.LINES, changes, links.to_numbers("lines_of_code")),
        "sessions": _sessions(
            figures,
            stat(
                "active_sessions",
                strings.ACTIVE_SESSIONS,
                _bold(figures.value("active_sessions"), "1"),
                links.TO_SESSIONS,
            ),
            sessions_over(snapshot),
        ),
        "tools": _tools(figures),
        "days": Tile(
            (strings.DAYS_7,),
            _bold(figures.part("7d"), "usd"),
            (Content(change_text(comparisons.week)),),
            below=links.leading(_bold(figures.part("30d"), "usd") + month, links.to_usage("30d")),
            action=links.to_usage("7d"),
        ),
    }


def sessions_over(snapshot: Snapshot) -> list[float | None]:
    """Return how many sessions were between their first and last activity, over the window."""
    window = snapshot.window
    size = max(1, (window.to_ns - window.from_ns) // _SLICES)
    starts = [window.from_ns + number * size for number in range(_SLICES)]
    return [
        float(
            sum(
                row.started_ns <= start + size and row.last_seen_ns > start
                for row in snapshot.sessions
            )
        )
        for start in starts
    ]


def _sessions(figures: Figures, tile: Tile, numbers: Numbers) -> Tile:
    """The sessions of the window, and how many of them were active in the last minutes."""
    lately = figures.part("last_5m", "active_sessions")
    if lately is None:
        return replace(tile, numbers=numbers)
    text = strings.IN_5_MINUTES.format(count=shown(lately, "1"))
    beside = (Content.styled(text, "$foreground-muted"), *tile.beside)
    labels = (strings.ACTIVE_SESSIONS, strings.SESSIONS_OF)
    return replace(tile, labels=labels, beside=beside, numbers=numbers)


def _tools(figures: Figures) -> Tile:
    calls, _ = figures.tool_calls()
    ratio = figures.value("tool_success")
    below = Content("" if ratio is None else strings.TOOLS_OK.format(ratio=shown(ratio, "ratio")))
    value, failed = _bold(calls, "1"), figures.failed_calls()
    return Tile((strings.TOOLS_OF,), value, (failed,), below=below, action=links.TO_CALLS)


def _bold(number: float | None, unit: Unit) -> Content:
    return Content.styled(shown(number, unit), "bold")
