"""A list that may be given no room at all."""

from textual.widgets import OptionList


class PagedList(OptionList):
    """Where nothing of it can be seen, a page is no way to go."""

    def action_page_up(self) -> None:
        if self.scrollable_content_region:
            super().action_page_up()  # type: ignore[no-untyped-call]

    def action_page_down(self) -> None:
        if self.scrollable_content_region:
            super().action_page_down()  # type: ignore[no-untyped-call]
