"""Lines of text: laid out anew where there are more or fewer, or where some are cut."""

from textual.app import App, ComposeResult
from textual.content import Content

from ccotel_tui.screen.widgets.text_lines import Lines

FIVE = [Content(str(number)) for number in range(5)]


class Shown(App[None]):
    def compose(self) -> ComposeResult:
        yield Lines()


async def test_lines_that_a_layout_has_left_out_are_seen_with_the_next_answer() -> None:
    async with Shown().run_test() as pilot:
        lines = pilot.app.query_one(Lines)
        lines.show(FIVE[:1])
        await pilot.pause()
        lines._lines = FIVE
        lines.update(Content("\n").join(FIVE), layout=False)
        await pilot.pause()
        assert lines.size.height == 1
        lines.show(FIVE)
        await pilot.pause()
        assert lines.size.height == 5


async def test_lines_that_stay_ask_for_no_layout() -> None:
    async with Shown().run_test() as pilot:
        lines = pilot.app.query_one(Lines)
        lines.show(FIVE)
        await pilot.pause()
        lines.show([*FIVE[:4], Content("other")])
        assert not lines._layout_required
        lines.show(FIVE)
        assert not lines._layout_required
