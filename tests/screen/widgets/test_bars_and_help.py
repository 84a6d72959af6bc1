"""The bar above, the help and the palette: nothing moves, all is in sight, in its order."""

from pathlib import Path

import pytest
from rich.cells import cell_len
from textual.command import CommandList

from ccotel_tui.query.window import DAY, HOUR
from ccotel_tui.screen import strings
from ccotel_tui.screen.format.bar_status import LiveState, StateKind
from ccotel_tui.screen.keys import KEYS
from ccotel_tui.screen.views.pages.dialogs import help_page
from ccotel_tui.screen.widgets.bars import TopBar
from ccotel_tui.store.database import Database
from tests.screen.tools.running import NOW, dashboard
from tests.tools.otlp import event, request

STATES: dict[StateKind, str] = {
    "live": strings.LIVE,
    "loading": strings.LOADING,
    "waiting": strings.WAITING,
    "paused": strings.PAUSED,
    "quiet": strings.QUIET.format(age="59m"),
}


@pytest.mark.parametrize("width", range(20, 140))
async def test_the_sections_stay_while_the_state_changes(
    width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    bar = TopBar(tuple(strings.SECTIONS))
    monkeypatch.setattr(TopBar, "size", property(lambda _: type("Size", (), {"width": width})))
    bar.set_reactive(TopBar.window, strings.TODAY)
    forms = set()
    for kind, text in STATES.items():
        bar.set_reactive(TopBar.state, LiveState(kind, text))
        line = bar.render().plain
        assert len(line) == width
        words = [part for part in line.split("  ") if part.strip()]
        assert width < 44 or words[-1].strip() == text
        if width >= 40:
            last = strings.SECTIONS["events"]
            assert any(f"{title} " in line for title in last)
        if width >= 60:
            forms.add(line[: line.index(strings.TODAY)].rstrip())
            assert f"  {strings.TODAY}  " in line
    assert len(forms) <= 1


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize(("width", "columns"), [(37, 1), (77, 1), (117, 2), (197, 2)])
def test_the_help_has_two_columns_where_there_is_width(
    width: int, columns: int, language: str
) -> None:
    strings.use(language)
    try:
        lines = help_page(width).text.plain.splitlines()
        told = {key.shown: key.help for key in KEYS if key.listed}
    finally:
        strings.use("en")
    assert max(map(cell_len, lines)) <= width
    at = max(map(cell_len, told)) + 2
    named = [line for line in lines if line[:at].strip()]
    assert [line[:at].strip() for line in named] == [*told][: len(named)]
    assert (len(named) < len(told)) is (columns == 2)
    begins = {key: what.split()[0] for key, what in told.items()}
    page = "\n".join(lines)
    assert all(f"{key}  {begins[key]}" in page for key in told)
    if columns == 2:
        assert len(lines) <= 36, "they fit in 120x40"
    else:
        words = [word for line in lines for word in line[at:].split()]
        assert words == [word for what in told.values() for word in what.split()]


async def test_the_palette_lists_keys_in_their_order_and_finds_sessions_and_themes(
    database: Database, tmp_path: Path
) -> None:
    database.append([request(1.25, session="3f2a0c11-x")])
    async with dashboard(tmp_path) as running:
        await running.until("$1.25")
        await running.press("ctrl+p")
        shown = await running.until(KEYS[2].help)
        places = [shown.index(key.help) for key in KEYS[:3]]
        assert places == sorted(places)
        assert running.app.screen.query_one(CommandList).option_count > len(STATES)
        await running.press(*"3f2a")
        await running.until("session 3f2a0c11  $1.25")
        await running.press("enter")
        await running.until("prompts")
        await running.press("ctrl+p", *"theme light")
        await running.press("enter")
        assert running.app.theme == "light"


@pytest.mark.usefixtures("korean")
async def test_the_palette_is_korean(database: Database, tmp_path: Path) -> None:
    async with dashboard(tmp_path, (40, 12)) as running:
        await running.press("ctrl+p")
        assert "Search" not in await running.until(strings.PALETTE_HINT)


async def test_the_palette_goes_to_a_models_cost_a_tools_calls_and_a_day(
    database: Database, tmp_path: Path
) -> None:
    calls = [
        event("tool_result", NOW - n, tool_name=(n % 2 and "Bash") or "Edit") for n in range(5)
    ]
    before = request(0.5, NOW - DAY, "9999ffff", 1)
    database.append([request(1.25, NOW - HOUR, "3f2a0c11-x"), before, *calls])
    async with dashboard(tmp_path) as running:
        await running.until("$1.25")
        await running.press("ctrl+p", *"model opus")
        await running.until(strings.MODEL_ROWS)
        await running.press("enter")
        page = await running.until("opus-4-8 › ")
        assert "3f2a0c11" in await running.until("$1.25")
        await running.press("escape", "escape", "ctrl+p", *"tool bash")
        await running.until(strings.TOOL_ROWS)
        await running.press("enter")
        await running.until("event:tool_result tool:Bash   2 of 6")
        await running.press("escape", "escape", "ctrl+p", *"day 2026-11-23")
        await running.until(strings.DAY_ROWS)
        await running.press("enter")
        page = await running.until("$0.50")
        assert "$1.25" not in page
        assert strings.DEAR_BY.format(key="model") in page


@pytest.mark.parametrize("size", [(1, 1), (23, 5), (80, 3)])
async def test_keys_of_the_palette_are_safe_where_it_has_no_room(
    database: Database, tmp_path: Path, size: tuple[int, int]
) -> None:
    async with dashboard(tmp_path) as running:
        await running.press("ctrl+p")
        await running.until(KEYS[3].help)
        await running.pilot.resize_terminal(*size)
        await running.press("pageup", "pagedown", "down", "up", "pageup")
        await running.pilot.resize_terminal(80, 24)
        await running.press("pagedown", "pageup", "pageup")
        await running.until(KEYS[3].help)


async def test_the_footer_offers_a_panel_alone_where_there_is_one(
    database: Database, tmp_path: Path
) -> None:
    database.append([request(1.25)])
    async with dashboard(tmp_path) as running:
        for key, offered in (("s", False), ("2", True), ("e", False), ("1", True)):
            await running.press(key)
            shown = await running.at_rest()
            assert ("z zoom" in shown.splitlines()[-1]) is offered, key


async def test_the_footer_names_the_pages_that_are_not_open_where_it_has_room(
    database: Database, tmp_path: Path
) -> None:
    database.append([request(1.25)])
    hints = {"s": "s sessions", "e": "e events", "d": "d dear"}
    async with dashboard(tmp_path) as running:
        for key in ("1", *hints):
            await running.press(key)
            footer = (await running.at_rest()).splitlines()[-1]
            assert {hint for hint in hints if hints[hint] in footer} == {*hints} - {key}
        await running.pilot.resize_terminal(60, 24)
        footer = (await running.at_rest()).splitlines()[-1]
        assert "s sessions" not in footer
        assert "? help" in footer


async def test_a_page_that_is_no_section_names_the_way_back(
    database: Database, tmp_path: Path
) -> None:
    database.append([request(1.25)])
    async with dashboard(tmp_path, (80, 24)) as running:
        assert "Esc back" not in await running.until("$1.25")
        for page in "sedAu=":
            await running.press(page)
            assert "Esc back" in (await running.at_rest()).splitlines()[-1]
        await running.press("escape")
        assert "Esc back" not in await running.until("z zoom")


async def test_the_palette_has_no_picture(database: Database, tmp_path: Path) -> None:
    database.append([request(1.25)])
    async with dashboard(tmp_path, (80, 24)) as running:
        await running.until("$1.25")
        await running.press("ctrl+p")
        page = await running.until("cost and tokens")
    assert not [character for character in page if ord(character) > 0xFFFF]
