"""A list that may be given no room at all."""

from textual.widgets import OptionList


class PagedList(OptionList):
    """Ignores page keys while it has no room: a page of no rows has no end."""

    def action_page_up(self) -> None:
        if self.scrollable_content_region:
            super().action_page_up()  # type: ignore[no-untyped-call]

    def action_page_down(self) -> None:
        if self.scrollable_content_region:
            super().action_page_down()  # type: ignore[no-untyped-call]
