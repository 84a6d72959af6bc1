"""What was dear: one ranked list, from a value to its sessions, their prompts, and a prompt."""

from collections.abc import Iterator, Sequence
from functools import partial

from textual.app import ComposeResult
from textual.widget import Widget

from ccotel_tui.panels.output.sanitize import sanitize
from ccotel_tui.query.usage.detail import UsageDetail, usage_detail
from ccotel_tui.query.usage.keys import KEYS, TIMES, keys_after, usage_key
from ccotel_tui.query.usage.saved import CacheSavings
from ccotel_tui.screen import strings
from ccotel_tui.screen.data.snapshot import Snapshot
from ccotel_tui.screen.format.names import short_model
from ccotel_tui.screen.format.usage.lines import PARTS_TALL, PARTS_WIDE
from ccotel_tui.screen.messages import PromptChosen, QuestionChanged
from ccotel_tui.screen.views.sections.filtered import FilteredView
from ccotel_tui.screen.widgets.line_input import LineInput
from ccotel_tui.screen.widgets.lists.usage import UsageChosen, UsageList

_INTO = {"session": "prompt"}
"""The key that a row of a key is gone into by; of all others its sessions are seen."""

_HIGH = 40
"""Rows of a terminal from which few rows leave room for more parts."""

_MORE_PARTS = ("prompt", "model", "source")
"""The keys of those."""


class UsageView(FilteredView):
    """The rows of one key, within the values that were gone into."""

    keys: Sequence[str] = KEYS
    """What the rows can be grouped by, in turn, from the first."""

    def __init__(self, name: str) -> None:
        super().__init__(id=name)
        self._path: list[tuple[str, str, str]] = []
        """Of each value that was gone into its key, itself, and its name."""
        self._key = self.keys[0]
        self._savings = CacheSavings()
        self._ask()

    def compose(self) -> ComposeResult:
        yield UsageList()
        yield LineInput("usage-filter", strings.USAGE_HINT)

    def on_resize(self) -> None:
        self._ask()

    def show(self, snapshot: Snapshot) -> None:
        super().show(snapshot)
        if snapshot.usage is None:
            # The first answer of another window or session failed.
            self.query_one(UsageList).clear()
            return
        if not self._is_asked(snapshot.usage):
            # That of another key did: the rows stay below the name of theirs.
            return
        path = [name for _, _, name in self._path]
        self.query_one(UsageList).show(snapshot, path, self.keys)
        if opened := snapshot.usage.opened:
            self._ask()
            self.post_message(PromptChosen(opened.session_id, opened.prompt.prompt_id))

    def group(self, focused: Widget | None) -> bool:
        """Group by the next key that the rows are not within."""
        within = (key for key, _, _ in self._path)
        self._key = keys_after([*within, self._key], self.keys)[0]
        self._change()
        return True

    def open_rows(self, what: str, within: str = "") -> None:
        """List the values of this key, or what is within that one of them."""
        self._path, self._key = [], what
        if within:
            self._go_into(within, short_model(within) if what == "model" else sanitize(within))
        self.clear_filter()
        self._ask()

    def on_usage_chosen(self, message: UsageChosen) -> None:
        message.stop()
        detail = self.snapshot.usage if self.snapshot else None
        if detail is None or not self._is_asked(detail):
            # Until the answer comes, the rows are those of the key before.
            return
        if self._key == "prompt":
            self._change(opened=message.value)
            return
        self._go_into(message.value, message.name)
        self.clear_filter()
        self._change()

    def clear(self) -> bool:
        """Take the filter away, else go out of the value that was gone into."""
        if self.clear_filter():
            return True
        if not self._path:
            return False
        self._key, _, _ = self._path.pop()
        self._change()
        return True

    def show_matching(self, text: str) -> None:
        self.query_one(UsageList).show_matching(text)

    def _go_into(self, value: str, name: str) -> None:
        self._path.append((self._key, value, name))
        self._key = _INTO.get(self._key, "session")

    def _change(self, opened: str = "") -> None:
        self._ask(opened)
        self.post_message(QuestionChanged())

    def _ask(self, opened: str = "") -> None:
        keys = [usage_key(key) for key in (*(key for key, _, _ in self._path), self._key)]
        within = tuple(value for _, value, _ in self._path)
        parts = [usage_key(key) for key in self._parts()]
        self.wants_usage = partial(usage_detail, self._savings, keys, within, opened, parts)

    def _is_asked(self, detail: UsageDetail) -> bool:
        """Return whether its rows are of the key, and within those, that are asked for now."""
        keys = [*(key for key, _, _ in self._path), self._key]
        return [key.name for key in detail.usage.keys] == keys

    def _parts(self) -> Iterator[str]:
        """Yield the keys of what the marked row is made of, where there is room for that."""
        width, height = self.app.size
        if width < PARTS_WIDE or height < PARTS_TALL:
            return
        within = {*(key for key, _, _ in self._path), self._key}
        if self._key == "prompt":
            yield next(key for key in KEYS if key not in within)
            return
        first = "prompt" if "session" in within else "session"
        yield first
        if within.isdisjoint(TIMES):
            yield "hour"
        if height >= _HIGH:
            yield from (key for key in _MORE_PARTS if key not in {*within, first})
