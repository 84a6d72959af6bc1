"""The steps of a prompt as lines; Enter shows all that is known of the marked one."""

import json
from collections.abc import Sequence

from textual.widgets import OptionList

from ccotel_tui.panels.output.document import event_text, row_document
from ccotel_tui.query.query import EventRow
from ccotel_tui.query.window import Window
from ccotel_tui.screen.format.events.groups import event_key
from ccotel_tui.screen.format.events.lines import event_page, kind_of, models_of, what
from ccotel_tui.screen.format.prompts.waterfall import Waterfall
from ccotel_tui.screen.format.table import holds_words
from ccotel_tui.screen.messages import PageWanted
from ccotel_tui.screen.widgets.lists.paged import PagedList


class StepList(PagedList):
    """A line a request and a tool."""

    def __init__(self) -> None:
        super().__init__(markup=False)
        self._waterfall = Waterfall((), (), ())
        self._filter = ""
        self._listed: Sequence[object] = ()
        self._steps: Sequence[EventRow] = ()
        self._window: Window | None = None

    def show(self, waterfall: Waterfall, window: Window) -> None:
        """Put these in the place of the former; the marked step stays marked."""
        self._waterfall, self._window = waterfall, window
        self._fill()

    def show_matching(self, text: str) -> None:
        """List only the steps that hold the text; all where it is empty."""
        self._filter = text
        self._fill()

    def _fill(self) -> None:
        every = zip(self._waterfall.lines, self._waterfall.steps, strict=True)
        rows = [(line, step) for line, step in every if holds_words(_searched(step), self._filter)]
        lines = [line for line, _ in rows]
        if lines != self._listed:
            self._listed, self._steps = lines, [step for _, step in rows]
            self.refill(lines, [event_key(step) for step in self._steps])

    def copied(self, *, as_json: bool) -> str:
        """The marked step, in a line or as a JSON document."""
        if self.highlighted is None or self._window is None or not self._steps:
            return ""
        step = self._steps[self.highlighted]
        if as_json:
            return json.dumps(row_document(step, self._window))
        return event_text(step, self._window)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if self._window is not None:
            step = self._steps[event.option_index]
            self.post_message(PageWanted(event_page((step,), self._window)))


def _searched(step: EventRow) -> str:
    """Return what the step is, and how it ended."""
    return f"{kind_of(step)} {what(step, models_of([step]))}"
