"""What is cut, or lies over something else, on a screen that is up."""

import re
from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import combinations
from pathlib import Path
from sqlite3 import connect
from typing import Any

from rich.cells import cell_len
from textual.content import Content
from textual.geometry import Region
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import OptionList

from ccotel_tui.panels import catalogue
from ccotel_tui.query import reconcile
from ccotel_tui.screen import keys, strings
from tests.screen.tools import fake_stack, registry, tour

WORD = re.compile(r"[^\W\d_]{2,}|[가-힣]")
"""A run of letters; one letter may be a unit."""


_WITH_WORDS = (keys, reconcile, tour, fake_stack, registry)


def words(texts: Iterable[str]) -> set[str]:
    """Return all the words of the texts."""
    return {word for text in texts for word in WORD.findall(text)}


def words_of_the_screen(language: str) -> set[str]:
    """Return the words of the files that the screen's words come from."""
    paths = [
        *Path(strings.__file__).parent.glob(f"{language}/**/*.py"),
        *(Path(module.__file__ or "") for module in (keys, reconcile, tour, fake_stack, registry)),
        *Path(catalogue.__file__).parent.glob("*.py"),
    ]
    grouped = (strings.DEAR_BY.format(key=key) for key in strings.USAGE_KEYS.values())
    return words([*(path.read_text() for path in paths), *grouped])


def words_of_the_data(folder: Path) -> set[str]:
    """Return the words of all that is stored, and of the files beside it."""
    with closing(connect(folder / "telemetry.db")) as store:
        names = store.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        rows = [row for (name,) in names for row in store.execute(f"SELECT * FROM {name}")]
    stored = (str(cell) for row in rows for cell in row)
    return words(stored)


def cut_words(shown: str, vocabulary: set[str]) -> list[str]:
    """Return the words of a screen that are none."""
    return sorted(words([shown]) - vocabulary)


def cut_short(shown: str, prompts: Iterable[str]) -> list[str]:
    """Return the rows that end early and are no prompt that ends at a word."""
    beginnings = {
        prompt[: space.start()] for prompt in prompts for space in re.finditer(" ", prompt)
    }
    return [
        row
        for row in shown.splitlines()
        for dots in re.finditer("…", row)
        if not any(row[: dots.start()].endswith(beginning) for beginning in beginnings)
    ]


def cut_lines(screen: Screen[Any]) -> Iterator[str]:
    """Yield the lines that are longer than the place they are in, or that are below its end."""
    for widget in _seen(screen):
        width, height = widget.content_size
        if isinstance(widget, OptionList):
            room = widget.scrollable_content_region.width
            # A service has what it said at last in a line of its own.
            lines = [line for each in widget.options for line in _plain(each.prompt).split("\n")]
        elif isinstance(content := widget.render(), Content) and not widget.is_scrollable:
            room, lines = width, content.plain.split("\n")
            if _wraps(widget):
                lines = [word for line in lines for word in line.split()]
            elif len(lines) > height:
                yield f"{widget}: {lines[height:]} below its end"
        else:
            continue
        yield from (f"{widget}: {line!r}" for line in lines if cell_len(line.rstrip()) > room)


def overlaps(screen: Screen[Any]) -> Iterator[str]:
    """Yield the widgets beside one another that are not, and those beyond what holds them."""
    for parent in (screen, *_seen(screen)):
        children = [child for child in parent.children if child.display and child.region.area]
        for one, other in combinations(children, 2):
            if one.layer == other.layer and one.region.overlaps(other.region):
                yield f"{one} {one.region} over {other} {other.region}"
        room: Region = parent.content_region
        for child in children:
            fits = child.region.width <= room.width
            if not fits or not (_scrolls(parent) or room.contains_region(child.region)):
                yield f"{child} {child.region} beyond {parent} {room}"


def _seen(screen: Screen[Any]) -> list[Widget]:
    return [w for w in screen.walk_children(Widget) if w.is_on_screen and w.region.area]


def _scrolls(widget: Widget) -> bool:
    return widget.is_scrollable and widget.styles.overflow_y != "hidden"


def _wraps(widget: Widget) -> bool:
    return widget.styles.text_wrap == "wrap"


def _plain(prompt: Any) -> str:
    return prompt.plain if isinstance(prompt, Content) else str(prompt)
