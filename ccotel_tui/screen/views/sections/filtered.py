"""What views of a list share that a typed text filters."""

from textual.widgets import Input

from ccotel_tui.screen.views.sections.view import View
from ccotel_tui.screen.widgets.line_input import LineInput


class FilteredView(View):
    """A view with a line to type in, whose list has the rows that hold each word of it."""

    filters = True

    def show_matching(self, text: str) -> None:
        """List only what the text fits; all where it is empty."""
        raise NotImplementedError

    def filter(self) -> None:
        self.query_one(LineInput).open()

    def clear(self) -> bool:
        return self.clear_filter() or super().clear()

    def clear_filter(self) -> bool:
        """Take the filter away; whether there was one."""
        typed = self.query_one(LineInput)
        was = bool(typed.value)
        if was:
            typed.action_clear()
        return was

    def on_input_changed(self, message: Input.Changed) -> None:
        self.show_matching(message.value)

    def on_input_submitted(self) -> None:
        self.query_one(LineInput).close()
