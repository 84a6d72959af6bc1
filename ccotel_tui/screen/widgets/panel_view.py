"""The base of all panels: a title, an answer, and an honest state."""

import json
from collections.abc import Mapping, Sequence

from textual.content import Content
from textual.geometry import Size
from textual.reactive import reactive
from textual.widget import Widget

from ccotel_tui.panels.output.document import panel_document, panel_lines
from ccotel_tui.panels.output.sanitize import sanitize
from ccotel_tui.panels.output.units import shown
from ccotel_tui.panels.panel import Panel
from ccotel_tui.panels.regroup import keys_of, regrouped
from ccotel_tui.panels.result import PanelAnswer
from ccotel_tui.query.window import Window
from ccotel_tui.screen import strings
from ccotel_tui.screen.format.cells import join_cells
from ccotel_tui.screen.format.panel_words import leading_figures, leads, panel_title
from ccotel_tui.screen.format.times import clock

NO_TEXT = Content("")

_SHORTEST_RULE = 3


class PanelView(Widget, can_focus=True):
    """A panel on the screen; without an answer it says that it is loading."""

    ALLOW_MAXIMIZE = True

    answer: reactive[PanelAnswer | None] = reactive(None)
    beside: Mapping[str, PanelAnswer] = {}
    """Set before the answer: the page's answers by their panels."""
    window: Window | None = None
    """Set before the answer: what the answer is about."""
    ends_now = True
    """Whether the window's end is the present."""

    def __init__(self, panel: Panel) -> None:
        super().__init__(classes=panel.id)
        self.panel = panel
        self._own_panel = panel

    def group(self) -> bool:
        """Be by the next key, and wait for its answer; whether there is another key."""
        keys = keys_of(self._own_panel)
        if len(keys) > 1:
            after = keys.index(self.panel.key) + 1
            self.panel = regrouped(self._own_panel, keys[after % len(keys)])
            self.answer = None
        return len(keys) > 1

    @property
    def title(self) -> str:
        return panel_title(self.panel)

    @property
    def shows_increments(self) -> bool:
        """Whether what it shows is not the running sum that its title says."""
        return False

    @property
    def answers(self) -> list[PanelAnswer]:
        return [self.answer] if self.answer else []

    @property
    def has_numbers(self) -> bool:
        return self.answer is not None and self.answer.state in ("value", "stale")

    @property
    def room(self) -> Size:
        """Its size; before its first layout the pane's, of which the layout cuts what is too long.

        Without that the first frame of a page would be blank: sizes are told after it.
        """
        return self.size or self.app.size

    def fit(self) -> None:
        """Draw anew in the present size."""
        self.refresh()

    def on_resize(self) -> None:
        self.fit()

    def copied(self, *, as_json: bool) -> str:
        """The panel's numbers as lines, or as one JSON document."""
        if self.answer is None or self.window is None:
            return ""
        if as_json:
            return json.dumps(panel_document(self.answer, self.window))
        return "\n".join(panel_lines([self.answer]))

    def heading(self, width: int, notes: Sequence[Content] = (), end: Content = NO_TEXT) -> Content:
        """The title, the value or why there is none, notes, and a rule, heavy with the focus.

        Notes, and the `end` of the rule, are left out where they have no room.
        """
        title = panel_title(self.panel, width, increments=self.shows_increments)
        focused = self.has_focus_within
        line = Content.styled(title, "bold" if focused else "$foreground-muted")
        if self.has_numbers and self.answer is not None and self.panel.value:
            line = join_cells([line, *leading_figures(self.answer, self.beside)], "  ", width)
            if self.panel.unit == "usd":
                line = Content.assemble(line, (f" {strings.ESTIMATE}", "$foreground-muted"))
        if self.state:
            line = Content.assemble(line, "  ", (self.state, "italic $text-warning"))
        for note in notes:
            if line.cell_length + note.cell_length + 2 <= width:
                line = Content.assemble(line, "  ", note)
        ending = Content.assemble(" ", end) if end else end
        if line.cell_length + ending.cell_length + _SHORTEST_RULE > width:
            ending = NO_TEXT
        if (rule := width - line.cell_length - 1 - ending.cell_length) > 0:
            style = "$text-accent" if focused else "$foreground-disabled"
            line = Content.assemble(line, " ", (("━" if focused else "─") * rule, style), ending)
        return line.truncate(width, ellipsis=True)

    @property
    def state(self) -> str:
        """In words, where there is something to say of it."""
        match self.answer:
            case None:
                return strings.LOADING
            case PanelAnswer(state="value"):
                return ""
            case PanelAnswer(state="stale"):
                return strings.AS_OF.format(time=clock(self.answer.as_of_ns, self.window))
            case PanelAnswer():
                return ": ".join(
                    [
                        strings.STATES[self.answer.state],
                        *map(sanitize, map(strings.translated, self.answer.notes)),
                    ]
                )

    def parts(self) -> list[Content]:
        """The numbers beside the value, but those that lead another panel of the page."""
        if self.answer is None or not self.has_numbers:
            return []
        return [
            Content.assemble(
                (f"{strings.PARTS.get(name, name)} ", "$foreground-muted"),
                (shown(part, self.panel.part_unit(name)), "bold"),
            )
            for name, part in self.answer.parts.items()
            if not leads(self.panel, name, self.beside)
        ]
