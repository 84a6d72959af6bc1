"""What was dear as lines: a row with a bar each, and the total. Pure."""

from collections.abc import Mapping, Sequence

from rich.cells import cell_len
from textual.content import Content

from ccotel_tui.panels.output.sanitize import sanitize
from ccotel_tui.panels.output.units import NOT_KNOWN, dollars, in_column, shown
from ccotel_tui.query.prompts.rows import PromptRow
from ccotel_tui.query.usage.keys import KEYS, NONE, TIMES, keys_after
from ccotel_tui.query.usage.ranked import ranked_usage
from ccotel_tui.query.usage.saved import CacheSaving
from ccotel_tui.query.usage.usage import Usage, UsageRow
from ccotel_tui.query.window import Window
from ccotel_tui.screen import strings
from ccotel_tui.screen.data.snapshot import Snapshot
from ccotel_tui.screen.format.cells import NARROW, ended, fitted, join_cells, right, ruled
from ccotel_tui.screen.format.names import short_names
from ccotel_tui.screen.format.prompts.lines import prompt_words
from ccotel_tui.screen.format.table import Table, column_heading, marked_title
from ccotel_tui.screen.format.times import local

USAGE_ORDERS = ("cost", "requests", "tokens", "cache", "sessions", "prompts", "last")

_COLUMNS = {"cost": "cost_usd", "cache": "cache_hit_ratio"}
_SIZES = {
    **{"cost": 10, "share": 8, "requests": 8, "cache": 8},
    **{"tokens": 8, "sessions": 6, "prompts": 9, "last": 13},
}
"""Columns in the order in which they are given up, the last first."""

LEAST_PART = 5
"""Lines: a blank one, the heading, and some rows."""

PARTS_WIDE, PARTS_TALL = NARROW, 20
"""The least size of a terminal at which the marked row is shown with what it is made of."""

_NAME = 24
_SHORTEST_NAME = 14
_PARTS_OF_CELL = " ▏▎▍▌"
"""So many eighths, up to a half."""


def names_in(snapshot: Snapshot, key: str, values: Sequence[str]) -> list[str]:
    """Return what a key's values are called by what the snapshot knows of them, safe to print."""
    names = short_names(key, values)
    return [_known_name(snapshot, key, value) or names[value] for value in values]


def _known_name(snapshot: Snapshot, key: str, value: str) -> str:
    """Return a value's name where that is no part of itself; empty where it has none."""
    typed = snapshot.usage.typed if snapshot.usage else {}
    match key:
        case "session" if value in snapshot.running:
            return sanitize(snapshot.running[value].name)
        case "prompt" if value in typed:
            row = PromptRow(value, typed[value], ())
            return f"{local(row.began_ns, snapshot.window):%H:%M}  {prompt_words(row)}"
        case "hour":
            return sanitize(value[5:16].replace("T", " "))
    return ""


def ordered_usage(rows: Sequence[UsageRow], order: str) -> list[UsageRow]:
    """Return the rows by the column, the largest first."""
    return ranked_usage(rows, _COLUMNS.get(order, order))


def usage_rows(
    rows: Sequence[UsageRow], names: Sequence[str], width: int, order: str, window: Window
) -> Table:
    """A line a row: its name, a bar of its dollars, and the numbers that there is room for."""
    sizes = _fitting(width)
    room = width - sum(sizes.values())
    name_room = min(room, max(_SHORTEST_NAME, *map(cell_len, names), 0) if names else room)
    if room - name_room < _SHORTEST_NAME // 2:
        name_room = room
    name_room = min(name_room, max(_NAME, room * 2 // 3)) if room > _NAME else name_room
    bar_room = max(0, room - name_room - 1)
    most = max((row.cost or 0.0 for row in rows), default=0.0)
    titles = {n: marked_title(strings.USAGE_COLUMNS[n], n, order) for n in sizes}
    heads = [column_heading(right(titles[n], size), n, order) for n, size in sizes.items()]
    header = Content.assemble(" " * (width - sum(sizes.values())), *heads)
    lines = [
        Content.assemble(
            fitted(name, name_room),
            (_bar(row.cost, most, bar_room, room - name_room), "$amount"),
            *_numbers(row, most, sizes, window),
        )
        for row, name in zip(rows, names, strict=True)
    ]
    return Table(tuple(sizes), header, lines)


def lines_of_parts(
    snapshot: Snapshot, marked: UsageRow, name: str, width: int, order: str, most: int
) -> list[Content]:
    """What the row of that name is made of, by each part of the usage that has room.

    They are so many lines at most; none where those are too few.
    """
    lines: list[Content] = []
    for part in snapshot.usage.parts if snapshot.usage else ():
        room = most - len(lines)
        lines += _part_lines(snapshot, marked, name, width, order, part, room)
    return lines


def part_columns(width: int, window: Window) -> Content:
    """The names of the columns of what a row is made of, the dearest first."""
    header = usage_rows((), (), width, USAGE_ORDERS[0], window).header
    return Content.styled(header.plain, "$foreground-muted")


def _part_lines(
    snapshot: Snapshot,
    marked: UsageRow,
    name: str,
    width: int,
    order: str,
    part: Usage,
    most: int,
) -> list[Content]:
    """The same by the last key of the part, where that has values."""
    by = part.keys[-1].name
    rows = [row for row in part.rows if row.keys[:-1] == marked.keys]
    # The newest time first: it is what is left of many.
    rows = ordered_usage(rows, "last" if by in TIMES else order)
    if most < LEAST_PART or all(row.keys[-1] == NONE for row in rows):
        return []
    names = names_in(snapshot, by, [row.keys[-1] for row in rows])
    table = usage_rows(rows, names, width, order, snapshot.window).lines
    heading = f"{name}  {strings.DEAR_BY.format(key=_key_name(by))}"
    room = most - 2
    if len(rows) > room:
        more = strings.MORE.format(count=len(rows) - room + 1)
        table = [*table[: room - 1], Content.styled(more, "$foreground-muted")]
    return [Content(""), ruled(Content(heading), width), *table]


def usage_total(
    total: UsageRow, count: int, width: int, window: Window, listed: int | None = None
) -> list[Content]:
    """The last line: what the rows add up to, under a rule; how many a filter leaves of them."""
    if total.first_ns is None:
        return [Content.styled(strings.NOTHING_USED, "$foreground-muted")]
    sizes = _fitting(width)
    room = width - sum(sizes.values())
    words = strings.USAGE_TOTAL.format(count=f"{count:,}")
    if listed is not None:
        words = strings.USAGE_TOTAL_FILTERED.format(count=f"{count:,}", listed=f"{listed:,}")
        if cell_len(words) > room:
            words = strings.OF.format(part=f"{listed:,}", whole=f"{count:,}")
    return [
        Content.styled("─" * width, "$foreground-disabled"),
        Content.assemble(
            (fitted(words, room), "bold"), *_numbers(total, 0.0, sizes, window, "bold $text-accent")
        ),
    ]


def saved_lines(saving: CacheSaving, width: int) -> list[Content]:
    """What the cache saved, or of which models the prices are not known; nothing without use."""
    if saving.dollars is not None:
        text = strings.CACHE_SAVED.format(dollars=dollars(saving.dollars))
    elif saving.unpriced:
        models = ", ".join(short_names("model", saving.unpriced).values())
        texts = [strings.CACHE_SAVED_UNKNOWN.format(models=models)]
        if saving.rest is not None:
            saved = dollars(saving.rest)
            texts = [
                strings.CACHE_SAVED_PARTLY.format(dollars=saved, models=models),
                strings.CACHE_SAVED_PARTLY_BRIEF.format(dollars=saved),
            ]
        brief = strings.CACHE_SAVED_UNKNOWN_BRIEF
        text = next((each for each in texts if cell_len(each) <= width), brief)
    else:
        return []
    return [Content.styled(text, "$foreground-muted")]


def usage_heading(
    path: Sequence[str], keys: Sequence[str], width: int, order: Sequence[str] = KEYS
) -> Content:
    """Where the list is, and the keys that it can be grouped by next, as many as fit whole.

    The last of `keys` is the present one, those before it are of the path; all come in the order.
    """
    inside = "".join(f"{name} › " for name in path)
    head = Content.assemble(
        (strings.DEAR, "bold $text-accent"),
        f"  {inside}",
        (strings.DEAR_BY.format(key=_key_name(keys[-1])), "bold"),
    )
    muted = "$foreground-muted"
    first, *others = map(_key_name, keys_after(keys, order))
    following = Content.assemble(("   b ", "bold"), (f"{strings.DEAR_THEN}{first}", muted))
    if head.cell_length + following.cell_length > width:
        return ended(head, width)
    names = [Content.styled(name, muted) for name in others]
    return join_cells([Content.assemble(head, following), *names], ", ", width)


def _key_name(key: str) -> str:
    """Return what a key is called; an attribute as its users call it."""
    return strings.USAGE_KEYS.get(key) or sanitize(key.partition(":")[2])


def _fitting(width: int) -> dict[str, int]:
    sizes = dict(_SIZES)
    name = _NAME if width >= NARROW else _SHORTEST_NAME
    while len(sizes) > 1 and width - sum(sizes.values()) < name:
        sizes.popitem()
    return sizes


def _bar(cost: float | None, most: float, longest: int, room: int) -> str:
    """A bar in so much room, lower than its row: bars below one another stay apart.

    Less than half a cell is a part of one: an amount is seen, however small beside the dearest.
    """
    cells = longest * max(0.0, cost or 0.0) / most if most > 0 else 0.0
    bar = "▆" * round(cells) or _PARTS_OF_CELL[round(cells * 8)]
    return f" {bar}".ljust(room) if room else ""


def _numbers(
    row: UsageRow, most: float, sizes: Mapping[str, int], window: Window, style: str = ""
) -> list[Content]:
    """The row's numbers; `most` is the largest of the costs that stand together."""
    last = "" if row.last_ns is None else f"{local(row.last_ns, window):%m-%d %H:%M}"
    ratio = row.cache_hit_ratio
    texts = {
        "cost": in_column(row.cost, most, "usd"),
        "share": shown(row.share, "ratio"),
        "requests": shown(row.requests, "1"),
        "cache": NOT_KNOWN if ratio is None else f"{ratio:.0%}",
        "tokens": shown(row.tokens, "tokens"),
        "sessions": shown(row.sessions, "1"),
        "prompts": shown(row.prompts, "1"),
        "last": last,
    }
    return [
        Content.styled(right(texts[name], size), style if name == "cost" else "$foreground-muted")
        for name, size in sizes.items()
    ]
