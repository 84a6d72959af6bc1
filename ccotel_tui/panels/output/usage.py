"""What was dear, as JSON, as CSV and as text. Pure."""

from collections.abc import Iterator, Sequence
from typing import Any
from unicodedata import east_asian_width

from ccotel_tui.panels.output.document import bare, local_time, rfc3339
from ccotel_tui.panels.output.sanitize import sanitize
from ccotel_tui.panels.output.units import NOT_KNOWN, shown
from ccotel_tui.query.usage.ranked import USAGE_COLUMNS
from ccotel_tui.query.usage.saved import CacheSaving
from ccotel_tui.query.usage.usage import Usage, UsageRow
from ccotel_tui.query.window import Window


def usage_documents(
    usage: Usage, rows: Sequence[UsageRow], window: Window, saved: float | None = None
) -> Iterator[dict[str, Any]]:
    """A row each as JSON, the total last: its key is null. Several keys are an array.

    The total tells what the cache `saved` in dollars too.
    """
    for row in rows:
        yield {"key": row.keys[0] if len(usage.keys) == 1 else list(row.keys)} | _cells(row, window)
    yield {"key": None} | _cells(usage.total, window) | {"cache_saved_usd": bare(saved)}


def saved_line(saving: CacheSaving) -> str:
    """Return what the cache saved as a line, or of which models the prices are not known."""
    if saving.dollars is not None:
        return f"cache saved {shown(saving.dollars, 'usd')}"
    models = ", ".join(map(sanitize, saving.unpriced))
    rest = "" if saving.rest is None else f"; the rest saved {shown(saving.rest, 'usd')}"
    return f"cache saved: not known, the requests of {models} do not tell their prices{rest}"


def usage_table(
    usage: Usage, rows: Sequence[UsageRow], window: Window
) -> Iterator[tuple[object, ...]]:
    """The same as rows of a table; several keys have a column each, under their names."""
    names = ["key"] if len(usage.keys) == 1 else [key.name for key in usage.keys]
    yield (*names, *USAGE_COLUMNS)
    for row in rows:
        yield (*row.keys, *_cells(row, window).values())
    yield (*("" for _ in names), *_cells(usage.total, window).values())


def usage_lines(usage: Usage, rows: Sequence[UsageRow], window: Window) -> Iterator[str]:
    """The same as aligned lines to read; a key is said where it changes."""
    names = [key.name for key in usage.keys]
    lines = [(*names, *_HEADS)]
    before: tuple[str, ...] = ()
    for row in rows:
        same = [value == other for value, other in zip(row.keys, before, strict=False)]
        shared = next((at for at, equal in enumerate(same) if not equal), len(same))
        before = row.keys
        keys = [sanitize(_named(name, key)) for name, key in zip(names, row.keys, strict=True)]
        lines.append((*[""] * shared, *keys[shared:], *_figures(row, window)))
    if more := len(usage.rows) - len(rows):
        lines.append((f"{more:,} more", *[""] * (len(names) - 1 + len(_HEADS))))
    lines.append(("total", *[""] * (len(names) - 1), *_figures(usage.total, window)))
    widths = [max(map(_width, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        yield "  ".join(
            cell + " " * gap if at < len(names) else " " * gap + cell
            for at, (cell, width) in enumerate(zip(line, widths, strict=True))
            for gap in [width - _width(cell)]
        ).rstrip()


_HEADS = ("cost", "share", "requests", "tokens", "cached", "sessions", "prompts", "last")
_ID_LENGTH = 8


def _named(name: str, key: str) -> str:
    return key[:_ID_LENGTH] if name in ("session", "prompt") else key


def _width(text: str) -> int:
    """The cells that a terminal gives the text."""
    return sum(1 + (east_asian_width(character) in "WF") for character in text)


def _figures(row: UsageRow, window: Window) -> tuple[str, ...]:
    return (
        shown(row.cost, "usd"),
        shown(row.share, "ratio"),
        shown(row.requests, "1"),
        shown(row.tokens, "tokens"),
        shown(row.cache_hit_ratio, "ratio"),
        shown(row.sessions, "1"),
        shown(row.prompts, "1"),
        NOT_KNOWN if row.last_ns is None else f"{local_time(row.last_ns, window):%m-%d %H:%M}",
    )


def _cells(row: UsageRow, window: Window) -> dict[str, Any]:
    return {
        "cost_usd": bare(row.cost),
        "share": bare(row.share),
        "requests": row.requests,
        "tokens": bare(row.tokens),
        "input": bare(row.input),
        "output": bare(row.output),
        "cache_read": bare(row.cache_read),
        "cache_creation": bare(row.cache_creation),
        "cache_hit_ratio": bare(row.cache_hit_ratio),
        "sessions": row.sessions,
        "prompts": row.prompts,
        "first": row.first_ns and rfc3339(row.first_ns, window),
        "last": row.last_ns and rfc3339(row.last_ns, window),
    }
