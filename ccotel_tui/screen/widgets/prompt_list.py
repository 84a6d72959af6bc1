"""A session's prompts as lines, the newest first; Enter shows the marked one as a waterfall."""

import json
from collections.abc import Sequence

from textual.app import ComposeResult
from textual.content import Content
from textual.widget import Widget
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from ccotel_tui.query.prompt_rows import PromptRow
from ccotel_tui.query.window import Window
from ccotel_tui.screen import strings
from ccotel_tui.screen.format.prompt_lines import (
    dearest_cost,
    prompt_header,
    prompt_line,
    waterfall_page,
)
from ccotel_tui.screen.messages import PageWanted
from ccotel_tui.screen.widgets.paged_list import PagedList
from ccotel_tui.screen.widgets.text_lines import Lines


class PromptList(Widget):
    """A rule with the number of prompts, the columns' names, and a line a prompt."""

    DEFAULT_CSS = """
    PromptList { layout: vertical; }
    PromptList > OptionList, PromptList > OptionList:focus {
        height: 1fr; border: none; padding: 0; background: transparent;
        scrollbar-size-vertical: 1; overflow-x: hidden;
    }
    PromptList .option-list--option { padding: 0; }
    PromptList .option-list--option-highlighted { background: transparent; }
    PromptList OptionList:focus > .option-list--option-highlighted { text-style: reverse; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._rows: Sequence[PromptRow] = ()
        self._window: Window | None = None
        self._lines: Sequence[Content] = ()

    def compose(self) -> ComposeResult:
        yield Lines(classes="heading")
        yield Lines(classes="columns")
        yield PagedList(markup=False)

    def show(self, rows: Sequence[PromptRow], window: Window) -> None:
        """List the prompts, which come in the order of time."""
        self._rows, self._window = rows[::-1], window
        self._fill()

    def copied(self, *, as_json: bool) -> str:
        """The marked prompt's id, or its numbers as one JSON document."""
        marked = self.query_one(OptionList).highlighted
        if marked is None or marked >= len(self._rows):
            return ""
        row = self._rows[marked]
        if not as_json:
            return row.prompt_id
        numbers = {"cost_usd": row.cost, "requests": row.requests, "tools": row.tools}
        return json.dumps({"prompt_id": row.prompt_id, **numbers, "failed": row.failed})

    def on_resize(self) -> None:
        self._fill()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if self._window is not None:
            row = self._rows[event.option_index]
            self.post_message(
                PageWanted(waterfall_page(row, self._window, self.app.size.width - 2))
            )

    def _fill(self) -> None:
        width = self.size.width - 1
        if width < 1 or self._window is None:
            return
        dearest = dearest_cost(self._rows)
        lines = [prompt_line(row, width, self._window, dearest) for row in self._rows]
        options = self.query_one(OptionList)
        if lines != self._lines:
            marked = options.highlighted
            self._lines = lines
            options.set_options(map(Option, lines))
            if lines:
                options.highlighted = min(marked or 0, len(lines) - 1)
        count = sum(not row.is_command and row.typed is not None for row in self._rows)
        text = strings.counted(strings.PROMPTS, count).format(count=count)
        rule = "─" * max(0, width - len(text) - 1)
        heading = Content.assemble((text, "$foreground-muted"), " ", (rule, "$foreground-disabled"))
        self.query_one(".heading", Lines).show([heading])
        self.query_one(".columns", Lines).show([prompt_header(width)])
