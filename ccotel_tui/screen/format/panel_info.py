"""The meaning of a panel's number, and the numbers themselves, as text. Pure."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from math import fsum

from rich.cells import cell_len
from textual.content import Content

from ccotel_tui.panels.output.sanitize import sanitize
from ccotel_tui.panels.output.units import shown
from ccotel_tui.panels.result import PanelAnswer
from ccotel_tui.query.measures import Unit
from ccotel_tui.query.window import Window
from ccotel_tui.screen import strings
from ccotel_tui.screen.format.cells import ended, fitted, right
from ccotel_tui.screen.format.events import lines as event_lines
from ccotel_tui.screen.format.overview.compared_words import explained
from ccotel_tui.screen.format.overview.comparisons import Comparisons
from ccotel_tui.screen.format.panel_words import (
    panel_footnote,
    panel_meaning,
    panel_title,
    value_word,
)
from ccotel_tui.screen.format.series import (
    by_total,
    changes_of,
    chart_names,
    in_readable_unit,
    series_name,
    table,
)
from ccotel_tui.screen.format.times import local

_FACT = 11
"""Columns for the name of a fact."""

_NUMBER = 10
"""Columns for a number, at least."""


_SHARE = 8
"""Columns for a share of the whole."""

_ADDITIVE: Collection[Unit] = ("usd", "tokens", "lines", "s", "1")
"""Units of what adds up over the series of a panel."""


def panel_page_title(title: str, answers: Sequence[PanelAnswer]) -> str:
    """The page's title; with the value, where it is about one panel."""
    if len(answers) != 1:
        return title
    [answer] = answers
    return f"{title}: {_headline(answer)}"


def panel_numbers(
    answers: Sequence[PanelAnswer],
    beside: Mapping[str, PanelAnswer],
    window: Window,
    width: int,
) -> Content:
    """Values, parts, series and rows, in lines of that width; `beside` are the page's answers."""
    return Content("\n").join(
        line
        for answer in map(in_readable_unit, answers)
        for line in (
            *_titled(f"{panel_title(answer.panel)}: {_headline(answer)}", answers),
            *_numbers(answer, beside, window, width),
        )
    )


def explanation(
    answers: Sequence[PanelAnswer],
    window: Window,
    problem: str,
    comparisons: Comparisons | None = None,
) -> Content:
    """Return the problem, then where each number comes from, its time and its meaning."""
    lines = [
        line
        for answer in map(in_readable_unit, answers)
        for line in (
            *_titled(panel_title(answer.panel), answers),
            *_explanation(answer, window, comparisons),
        )
    ]
    if problem:
        warnings = (
            Content.styled(sanitize(line), "$text-warning") for line in problem.splitlines()
        )
        lines[:0] = [*warnings, Content("")]
    return Content("\n").join(lines)


def _titled(title: str, answers: Sequence[PanelAnswer]) -> list[Content]:
    """A title of its own, where the page is about several panels."""
    return [Content.styled(title, "bold")] if len(answers) > 1 else []


def _headline(answer: PanelAnswer) -> str:
    answer = in_readable_unit(answer)
    if answer.state != "value":
        return ": ".join(
            [strings.STATES[answer.state], *map(sanitize, map(strings.translated, answer.notes))]
        )
    if not answer.panel.value:
        count = len(answer.rows)
        return strings.counted(strings.COUNT, count).format(count=f"{count:,}")
    value = shown(answer.value, answer.panel.unit)
    what = value_word(answer.panel)
    return f"{what} {value}" if what else value


def _numbers(
    answer: PanelAnswer, beside: Mapping[str, PanelAnswer], window: Window, width: int
) -> Iterator[Content]:
    panel = answer.panel
    named = ((strings.PARTS.get(name, name), name) for name in answer.parts)
    figures = [
        (title, title, shown(answer.parts[name], panel.part_unit(name))) for title, name in named
    ]
    labelled = [pair for pair in by_total(answer.series) if pair[0].labels]
    whole = fsum(total or 0.0 for _, total in labelled) if panel.unit in _ADDITIVE else 0.0
    shares = [""] * len(figures)
    short_names = chart_names(panel, [series for series, _ in labelled])
    for (series, total), short_name in zip(labelled, short_names, strict=True):
        figures.append((series_name(panel, series), short_name, shown(total, panel.unit)))
        shares.append(shown((total or 0.0) / whole, "ratio") if whole > 0 else "")
    longest = max((cell_len(name) for name, _, _ in figures), default=0)
    for (name, short_name, number), share in zip(figures, shares, strict=True):
        end = _SHARE if share else 0
        room = min(longest, width - 2 - end - max(_NUMBER, cell_len(number) + 1))
        if cell_len(name) > room:
            name = short_name
        if cell_len(name) > room:
            # A long name has a line of its own.
            yield Content.assemble("  ", ended(Content(name), width - 2))
            name = ""
        yield Content.assemble(
            f"  {fitted(name, room)}",
            (right(number, _NUMBER), "bold"),
            (right(share, end), "$foreground-muted"),
        )
    if panel.events:
        yield from event_lines.event_lines(map(dict, answer.rows), width, window)
    elif panel.rows:
        yield from table(panel.rows, answer.rows, width, "", {}, changes_of(answer, beside))
    yield Content("")


def _explanation(
    answer: PanelAnswer, window: Window, comparisons: Comparisons | None
) -> Iterator[Content]:
    panel = answer.panel
    if meaning := panel_meaning(panel):
        yield Content(meaning)
        yield Content("")
    heard = answer.last_heard_ns
    facts = {
        "value": shown(answer.value, panel.unit) if panel.value else "",
        "state": "" if answer.state == "value" else strings.STATES[answer.state],
        "signal": strings.SIGNALS[answer.signal],
        "exact": strings.EXACT if answer.exact else strings.APPROXIMATE,
        "compared": explained(panel, comparisons) if comparisons else "",
        "window": f"{_minute(window.from_ns, window)} - {_minute(window.to_ns, window)}",
        "as_of": _moment(answer.as_of_ns, window),
        "last_heard": _moment(heard, window) if heard is not None else "",
        "notes": " ".join(map(strings.translated, answer.notes)),
        "footnote": panel_footnote(panel),
    }
    for name, value in facts.items():
        if value:
            yield Content.assemble(
                (fitted(strings.INFO[name], _FACT), "$foreground-muted"), sanitize(value)
            )
    yield Content("")


def _moment(time_ns: int, window: Window) -> str:
    return f"{local(time_ns, window):%m-%d %H:%M:%S}"


def _minute(time_ns: int, window: Window) -> str:
    return f"{local(time_ns, window):%m-%d %H:%M}"
