"""What all panels have in common: a title, an answer, and an honest state."""

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from ccotel_tui.panels.answer import PanelAnswer
from ccotel_tui.panels.panel import Panel
from ccotel_tui.panels.plain import plain
from ccotel_tui.panels.units import shown
from ccotel_tui.screen import words

NARROW = 60
"""Columns under which short titles are used."""


class PanelView(Widget):
    """A panel on the screen; without an answer it says that it is loading."""

    answer: reactive[PanelAnswer | None] = reactive(None, layout=True)

    def __init__(self, panel: Panel) -> None:
        super().__init__(classes=panel.id)
        self.panel = panel

    def heading(self, width: int) -> Content:
        """The title and the value in one line, or why there is no value."""
        title = self.panel.title
        if self.app.size.width < NARROW:
            title = words.SHORT_TITLES.get(self.panel.id, title)
        heading = Content.styled(title, "$text-muted")
        if self.answer is None or self.answer.state != "value":
            return Content.assemble(heading, " ", (self.state, "italic $text-muted"))
        gap = max(1, min(26, width // 2) - len(title))
        estimate = f" {words.ESTIMATE}" if self.panel.unit == "usd" else ""
        value = shown(self.answer.value, self.panel.unit)
        return Content.assemble(
            heading, " " * gap, (value, "bold $text-accent"), (estimate, "$text-muted")
        )

    @property
    def state(self) -> str:
        """In words, where there is no value."""
        if self.answer is None:
            return words.LOADING
        return ": ".join([words.STATES[self.answer.state], *map(plain, self.answer.notes)])
