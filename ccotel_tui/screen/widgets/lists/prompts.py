"""A session's prompts as lines, the newest first; Enter goes into the marked one."""

import json
from collections.abc import Sequence

from rich.cells import cell_len
from textual.content import Content
from textual.widgets import OptionList

from ccotel_tui.query.prompts.rows import PromptRow
from ccotel_tui.query.window import Window
from ccotel_tui.screen import strings
from ccotel_tui.screen.format.prompts.lines import prompt_table, sort_prompts
from ccotel_tui.screen.messages import PromptChosen
from ccotel_tui.screen.widgets.lists.paged import PagedList
from ccotel_tui.screen.widgets.lists.table import TableList


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

    def show(
        self, rows: Sequence[PromptRow], window: Window, session_id: str, lacks: str = ""
    ) -> None:
        """List the session's prompts, which come in the order of time; say what `lacks`."""
        self._prompts, self._window = rows, window
        self._session_id, self._lacks = session_id, lacks
        self.fill()

    def copied(self, *, as_json: bool) -> str:
        """The marked prompt's id, or its numbers as one JSON document."""
        marked = self.query_one(PagedList).marked
        row = next((row for row in self._rows if row.prompt_id == marked), None)
        if row is None:
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
        self._rows = sort_prompts(self._prompts, self._order)
        table = prompt_table(self._rows, width, self._window, self._order)
        count = sum(not row.is_command and row.typed is not None for row in self._rows)
        text = strings.counted(strings.PROMPTS, count).format(count=count)
        if self._lacks:
            text = f"{text}  {self._lacks}"
        rule = "─" * max(0, width - cell_len(text) - 1)
        heading = Content.assemble((text, "$foreground-muted"), " ", (rule, "$foreground-disabled"))
        self.put(table, [row.prompt_id for row in self._rows], heading)
