"""The line above, with sections and state, and the line below, with source and keys."""

from collections.abc import Iterator, Sequence
from functools import partial

from rich.cells import cell_len
from textual.content import Content
from textual.reactive import reactive
from textual.timer import Timer
from textual.widget import Widget

from ccotel_tui.screen import strings
from ccotel_tui.screen.format.bar_status import LiveState, StateKind
from ccotel_tui.screen.format.cells import NARROW
from ccotel_tui.screen.format.table import action_link
from ccotel_tui.screen.keys import KEYS, Key

_STATE = len("quiet 59m")
_BRIEF_STATE = len("paused")
"""Cells that the state has in any case: the usual ones take no more."""

_STATE_STYLES: dict[StateKind, str] = {
    "live": "$text-success",
    "error": "bold $text-error",
    "stale": "bold $text-error",
    "not_recording": "bold $text-warning",
    "not_stored": "bold $text-warning",
    "paused": "bold $text-warning",
}


class TopBar(Widget):
    """The sections with their keys, the scope, the window, and whether data comes in."""

    DEFAULT_CSS = "TopBar { height: 1; }"

    section = reactive("")
    window = reactive("")
    short_window = reactive("")
    scope = reactive("")
    is_life = reactive(False)
    """Whether the page is about a session's whole life, and not about the window."""
    state: reactive[LiveState] = reactive(lambda: LiveState("loading", strings.LOADING))

    sections: reactive[tuple[str, ...]] = reactive(())

    def __init__(self, sections: tuple[str, ...]) -> None:
        super().__init__()
        self.auto_links = False
        self.sections = sections
        self.section = sections[0]

    def render(self) -> Content:
        width = self.size.width
        state = self.state.text
        brief = strings.SHORT_STATES.get(self.state.kind, state)
        full_window = strings.LIFE if self.is_life else self.window
        window = strings.LIFE if self.is_life else self.short_window
        full, short = self._tabs("  ", " ", 0), self._tabs(" ", "", 2)
        for left, gap, about, word, room in (
            (self._tabs("   ", " ", 0), "  ", full_window, state, _STATE),
            (full, "  ", full_window, state, _STATE),
            (self._tabs("  ", " ", 1), "  ", full_window, state, _STATE),
            (short, "  ", full_window, state, _STATE),
            (short, " ", window, state, _STATE),
            (short, " ", window, brief, _BRIEF_STATE),
            *((tabs, " ", window, state, _STATE) for tabs in self._fewer_words()),
            (self._tabs(" ", "", 2, int(self._is_section)), " ", window, brief, 0),
            (self._here(), " ", window, brief, 0),
        ):
            end = self._end(gap, about, word)
            apart = width - left.cell_length - end.cell_length
            # The sections stay as they are while the state's words change.
            if apart - max(0, room - cell_len(word)) >= len(gap):
                return Content.assemble(left, " " * apart, end)
        return end.truncate(width)

    def _end(self, gap: str, window: str, state: str) -> Content:
        """The scope, the window and the state."""
        about = "".join(f"{part}{gap}" for part in (self.scope, window) if part)
        style = _STATE_STYLES.get(self.state.kind, "")
        return Content.assemble((about, "$foreground-muted"), (state, style))

    def _fewer_words(self) -> Iterator[Content]:
        """Short tabs, of which fewer and fewer have a word; the last is the section's, if any."""
        for words in range(len(self.sections) - 1, self._is_section - 1, -1):
            yield self._tabs(" ", "", 2, words)

    @property
    def _is_section(self) -> bool:
        return self.section in self.sections

    def _tabs(self, gap: str, between: str, form: int, words: int | None = None) -> Content:
        """Titles, shorter or short ones; numbers alone but for so many next to the section."""
        tabs, titles = [], strings.SECTIONS | strings.TEAM_SECTION
        seen = self.sections.index(self.section) if self._is_section else 0
        nearest = sorted(range(len(self.sections)), key=lambda place: abs(place - seen))
        named = nearest[:words]
        for number, name in enumerate(self.sections, start=1):
            here = name == self.section
            title, short = titles[name]
            shorter = strings.SHORTER_SECTIONS.get(name, title)
            text = (title, shorter, short)[form] if number - 1 in named else ""
            style = "bold $text-accent underline" if here else "$foreground-muted"
            tabs.append(action_link(f"{number}{between}{text}", f"screen.section({name!r})", style))
        return Content(gap).join(tabs)

    def _here(self) -> Content:
        titles = strings.SECTIONS | strings.TEAM_SECTION
        return Content.styled(titles.get(self.section, ("", ""))[1], "bold")


_NOTICE_S = 3.0

_TEXT = len("embedded, 59m ago")
"""Cells that the text has in any case: the usual ones take no more."""


def _hints(keys: Sequence[Key]) -> Content:
    """The keys with their words, behind a blank."""
    hints = [
        Content.assemble(
            action_link(key.shown, key.full_action, "bold"),
            action_link(f" {key.label}", key.full_action),
        )
        for key in keys
    ]
    return Content.assemble(" ", Content("  ").join(hints))


class BottomBar(Widget):
    """The source and the age of its newest record, or what is wrong, and the keys to remember."""

    DEFAULT_CSS = "BottomBar { height: 1; }"

    text = reactive("")
    wrong = reactive(False)
    notice = reactive("", always_update=True)
    """What a key has just done, for a moment in place of the text, and of the keys if need be."""
    _notice_ends: Timer | None = None
    hinted: reactive[tuple[Key, ...]] = reactive(())
    """Keys that lead elsewhere, for which there may be room; the first go first."""
    footer: reactive[tuple[Key, ...]] = reactive(tuple(key for key in KEYS if key.footer))
    """Keys that stand in the line in any case, but for narrow panes."""

    def watch_notice(self, notice: str) -> None:
        if self._notice_ends is not None:
            # A later notice has its whole time.
            self._notice_ends.stop()
        if notice:
            self._notice_ends = self.set_timer(_NOTICE_S, partial(setattr, self, "notice", ""))

    def on_mount(self) -> None:
        self.auto_links = False

    def render(self) -> Content:
        footer = self.footer
        if self.size.width < NARROW:
            footer = footer[-2:-1] if self.wrong else footer[-2:]
        keys = _hints(footer)
        hinted = self.hinted if self.size.width >= NARROW else ()
        # They do not come and go with the age of the newest record.
        room = self.size.width - max(_TEXT, cell_len(self.notice or self.text))
        longer = (_hints([*hinted[first:], *footer]) for first in range(len(hinted)))
        keys = next((more for more in longer if more.cell_length <= room), keys)
        if cell_len(self.notice) > self.size.width - keys.cell_length:
            keys = Content("")
        room = max(0, self.size.width - keys.cell_length)
        style = "$text-warning" if self.wrong else "$foreground-muted"
        if self.notice:
            style = "$text-accent"
        text = Content.styled(self.notice or self.text, style).truncate(
            room, ellipsis=True, pad=True
        )
        return Content.assemble(text, keys).truncate(self.size.width)
