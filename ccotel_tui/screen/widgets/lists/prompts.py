"""A session's prompts as lines, the newest first; Enter goes into the marked one."""

import json
from collections.abc import Sequence

from textual.content import Content
from textual.widgets import OptionList

from ccotel_tui.query.prompts.rows import PromptRow
from ccotel_tui.query.window import Window
from ccotel_tui.screen import strings
from ccotel_tui.screen.format.cells import join_cells
from ccotel_tui.screen.format.prompts.lines import prompt_table, prompt_words, sort_prompts
from ccotel_tui.screen.format.table import holds_words
from ccotel_tui.screen.messages import PromptChosen
from ccotel_tui.screen.widgets.lists.paged import PagedList
from ccotel_tui.screen.widgets.lists.table import TableList
from ccotel_tui.screen.widgets.text_lines import Lines


class PromptList(TableList):
    """The number of prompts, and a line a prompt."""

    ORDERS = ("time", "cost", "requests", "tools", "failed", "took")

    def __init__(self) -> None:
        super().__init__()
        self._prompts: Sequence[PromptRow] = ()
        self._rows: Sequence[PromptRow] = ()
        self._window: Window | None = None
        self._session_id = ""
        self._lacks = ""
        self._note: Sequence[Content] = ()
        self._filter = ""

    def show_matching(self, text: str) -> None:
        """List only the prompts whose words hold the text; all where it is empty."""
        self._filter = text
        self.fill()

    def show(
        self, rows: Sequence[PromptRow], window: Window, session_id: str, lacks: str = ""
    ) -> None:
        """List the session's prompts, which come in the order of time; say what `lacks`."""
        self._prompts, self._window = rows, window
        self._session_id, self._lacks = session_id, lacks
        self.fill()

    @property
    def _matching(self) -> list[PromptRow]:
        """The prompts that are listed, in the order of time."""
        return [row for row in self._prompts if holds_words(prompt_words(row), self._filter)]

    def clear(self) -> None:
        self._prompts, self._rows, self._window = (), (), None
        super().clear()

    def show_note(self, note: Sequence[Content]) -> None:
        """Say this beside the number of prompts, as far as it has room."""
        if note or self._note:
            self._note = note
            self.query_one(".heading", Lines).show([self._heading(self.size.width - 1)])

    @property
    def marked_prompt(self) -> PromptRow | None:
        marked = self.query_one(PagedList).marked
        return next((row for row in self._rows if row.prompt_id == marked), None)

    def mark_in_time(self, steps: int) -> None:
        """Mark the prompt that was typed so many before or after the marked one."""
        if (marked := self.marked_prompt) is not None:
            listed = self._matching
            place = listed.index(marked) + steps
            self._mark(listed[max(0, min(place, len(listed) - 1))])

    def mark_nearest(self, time_ns: int) -> None:
        """Mark the newest prompt that had begun by then, else the oldest."""
        if listed := self._matching:
            begun = [row for row in listed if row.began_ns <= time_ns]
            self._mark(begun[-1] if begun else listed[0])

    def _mark(self, row: PromptRow) -> None:
        self.query_one(PagedList).highlighted = self._rows.index(row)

    def copied(self, *, as_json: bool) -> str:
        """The marked prompt's id, or its numbers as one JSON document."""
        if (row := self.marked_prompt) is None:
            return ""
        if not as_json:
            return row.prompt_id
        numbers = {"cost_usd": row.cost, "requests": row.requests, "tools": row.tools}
        return json.dumps({"prompt_id": row.prompt_id, **numbers, "failed": row.failed})

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        prompt_id = self._rows[event.option_index].prompt_id
        self.post_message(PromptChosen(self._session_id, prompt_id))

    def fill(self) -> None:
        width = self.size.width - 1
        if width < 1 or self._window is None:
            return
        self._rows = sort_prompts(self._matching, self._order)
        table = prompt_table(self._rows, width, self._window, self._order)
        self.put(table, [row.prompt_id for row in self._rows], self._heading(width))

    def _heading(self, width: int) -> Content:
        count = sum(not row.is_command and row.typed is not None for row in self._prompts)
        text = strings.counted(strings.PROMPTS, count).format(count=count)
        if self._filter:
            text = strings.OF.format(part=len(self._rows), whole=len(self._prompts))
        parts = [text, *filter(None, [self._lacks])]
        words = [Content.styled(part, "$foreground-muted") for part in parts]
        line = join_cells([*words, *self._note], "  ", width)
        rule = "─" * max(0, width - line.cell_length - 1)
        return Content.assemble(line, " ", (rule, "$foreground-disabled"))
