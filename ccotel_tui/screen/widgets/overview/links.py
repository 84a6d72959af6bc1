"""A text whose parts lead on: arrows mark one, Enter or a click follows it."""

from textual.actions import SkipAction
from textual.binding import Binding
from textual.content import Content
from textual.widget import Widget

from ccotel_tui.screen.format.overview.links import actions_in, marked


class LinkedText(Widget, can_focus=True):
    """The first of its parts that lead on is marked with the focus."""

    BINDINGS = [
        *(Binding(key, "mark(-1)", show=False) for key in ("up", "left")),
        *(Binding(key, "mark(1)", show=False) for key in ("down", "right")),
        Binding("enter", "follow", show=False),
    ]

    _marked = ""

    def on_mount(self) -> None:
        # What can be clicked looks as its content says.
        self.auto_links = False

    def text(self) -> Content:
        """The text at the present size."""
        raise NotImplementedError

    def render(self) -> Content:
        text = self.text()
        return marked(text, self._marked_of(actions_in(text))) if self.has_focus else text

    def action_mark(self, steps: int) -> None:
        """Mark the part so many on; beyond the ends the page scrolls."""
        actions = actions_in(self.text())
        place = actions.index(self._marked_of(actions)) + steps if actions else -1
        if not 0 <= place < len(actions):
            raise SkipAction
        self._marked = actions[place]
        self.refresh()

    async def action_follow(self) -> None:
        actions = actions_in(self.text())
        if not actions:
            raise SkipAction
        await self.run_action(self._marked_of(actions))

    def _marked_of(self, actions: list[str]) -> str:
        """The marked part where it is still there, else the first."""
        return self._marked if self._marked in actions else next(iter(actions), "")
