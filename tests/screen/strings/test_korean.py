"""Korean and English: each has every word, the choice holds everywhere, and Korean fits."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from types import ModuleType
from typing import Any, get_args
from zoneinfo import ZoneInfo

import pytest
from textual.content import Content

from ccotel_tui.panels.catalogue import BY_ID
from ccotel_tui.panels.panel import PanelWords
from ccotel_tui.query.window import HOUR, Window
from ccotel_tui.screen import strings
from ccotel_tui.screen.format.bar_status import LiveState, StateKind
from ccotel_tui.screen.format.events.lines import EventTable
from ccotel_tui.screen.format.prompts.lines import prompt_table
from ccotel_tui.screen.format.service_lines import service_header
from ccotel_tui.screen.keys import KEYS
from ccotel_tui.screen.strings import english, korean
from ccotel_tui.screen.widgets.bars import TopBar
from ccotel_tui.screen.widgets.panel_view import PanelView
from ccotel_tui.store.database import Database
from tests.screen.strings.test_strings import MODULES, SCREEN
from tests.screen.tools.running import dashboard
from tests.screen.tools.scenes import busy_day
from tests.screen.tools.terminal import command_terminal

SAME = {
    "BURN",
    "DAYS_7",
    "DAYS_30",
    "GRAFANA",
    "KEYS grafana 0",
    "PARTS 7d",
    "PARTS 30d",
    "PARTS active_time_cli",
    "PARTS pull_requests",
    "REFUSAL_REASONS tls",
    "SENTENCES refusal_tls",
    "SERIES dev_activity cli",
    "SERVICE_COLUMNS cpu",
}
"""Words that Korean does without letters of its own: names and units."""

MAY_HAVE_MORE = {
    "KEYS",
    "PANEL_WORDS",
    "SENTENCES",
    "SERIES",
    "SHORT_STATES",
    "STATE_OF_SERVICE",
}
"""Tables whose English is elsewhere, or is what another program calls it."""

HANGUL = re.compile("[가-힣]")


def table(module: ModuleType) -> dict[str, Any]:
    return {name: value for name, value in vars(module).items() if name.isupper()}


def words(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """Yield each text with the path to it."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, PanelWords):
        # A panel without a footnote or a short title has none in any language.
        yield from words({name: text for name, text in value._asdict().items() if text}, path)
    else:
        parts = value.items() if isinstance(value, dict) else enumerate(value)
        for name, part in parts:
            yield from words(part, f"{path} {name}".strip())


def fields(text: str) -> set[str]:
    return {field for _, field, _, _ in Formatter().parse(text) if field}


ENGLISH, KOREAN = (dict(words(table(module), "")) for module in (english, korean))


def test_each_language_has_every_word() -> None:
    assert table(english).keys() == table(korean).keys()
    assert ENGLISH.keys() - KOREAN.keys() == set()
    assert {
        path for path in KOREAN.keys() - ENGLISH.keys() if path.split()[0] not in MAY_HAVE_MORE
    } == set()


def test_korean_has_every_key() -> None:
    assert korean.KEYS.keys() == {key.id for key in KEYS}


def test_each_field_is_in_both() -> None:
    differ = [path for path in ENGLISH if fields(KOREAN[path]) != fields(ENGLISH[path])]
    assert differ == []


def test_each_word_is_korean_or_meant_to_be_the_same() -> None:
    same = {path for path, text in KOREAN.items() if not HANGUL.search(text)}
    assert {path for path in same if re.search(r"\w", re.sub("{.*?}", "", KOREAN[path]))} == SAME


def test_no_particle_hangs_on_a_value() -> None:
    """Which of 이 and 가 follows depends on the last sound of a value, which is not known: a
    Korean noun stands between them.
    """
    either = re.compile(r"[이은을과으]\([가는를와으]\)|\(으\)로")
    bare = re.compile(r"}(?:[이가은는을를과와로]|으로|이나)(?![가-힣])")
    hang = [path for path, text in KOREAN.items() if either.search(text) or bare.search(text)]
    assert hang == []


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(SCREEN)))
def test_no_word_is_taken_before_the_language_is_chosen(module: Path) -> None:
    assert list(read_at_import(ast.parse(module.read_text()))) == []


def read_at_import(node: ast.AST) -> Iterator[str]:
    """Yield the screen's words that are read outside of any function."""
    for child in ast.iter_child_nodes(node):
        match child:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
                for default in (*child.args.defaults, *child.args.kw_defaults):
                    yield from read_at_import(ast.Expr(default or ast.Constant(None)))
            case ast.Attribute(value=ast.Name(id="strings"), attr=name):
                yield name
            case _:
                yield from read_at_import(child)


@pytest.mark.parametrize(
    ("language", "variables", "now"),
    [
        ("auto", {"LANG": "ko_KR.UTF-8"}, "지금"),
        ("auto", {"LANG": "ko"}, "지금"),
        ("auto", {"LANG": "kok_IN"}, "now"),
        ("auto", {"LANG": "en_US.UTF-8", "LC_MESSAGES": "ko_KR"}, "지금"),
        ("auto", {"LANG": "ko_KR.UTF-8", "LC_ALL": "C"}, "now"),
        ("auto", {"LANG": "ko_KR.UTF-8", "LC_ALL": ""}, "지금"),
        ("auto", {}, "now"),
        ("en", {"LANG": "ko_KR.UTF-8"}, "now"),
        ("ko", {"LANG": "C"}, "지금"),
    ],
)
@pytest.mark.usefixtures("korean")
def test_the_setting_or_else_the_locale_chooses(
    language: str, variables: dict[str, str], now: str
) -> None:
    strings.use(language, variables)
    assert now == strings.NOW


@pytest.mark.parametrize(
    ("setting", "locale", "word"), [("auto", "ko_KR.UTF-8", "도움말"), ("en", "ko_KR", "help")]
)
def test_the_program_speaks_it(tmp_path: Path, setting: str, locale: str, word: str) -> None:
    config = tmp_path / "settings.toml"
    config.write_text(f'language = "{setting}"\n')
    command = [sys.executable, "-m", "ccotel_tui", "--demo", "--config", str(config)]
    with command_terminal(command, 120, 40, {"LANG": locale}) as shown:
        shown.read_until(word)
        shown.press("q")
        assert shown.end() == 0


@pytest.mark.usefixtures("korean")
async def test_the_first_day_and_the_keys_are_korean(database: Database, tmp_path: Path) -> None:
    async with dashboard(tmp_path, (40, 12)) as running:
        await running.until("아직 수신한 데이터가 없습니다.")
        page = await running.press("?")
    assert set(re.findall("[A-Za-z]{2,}", page)) <= {"API", "Esc"}
    assert "\n         2  비용과 토큰\n" in page


@pytest.mark.usefixtures("korean")
@pytest.mark.parametrize("kind", get_args(StateKind))
async def test_every_state_stands_whole_beside_the_sections(
    database: Database, tmp_path: Path, kind: StateKind, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy_day(database)
    brief = korean.SHORT_STATES.get(kind)
    text = korean.ERROR if brief is None else f"{brief}, 들어갈 자리가 없을 만큼 긴 설명"
    async with dashboard(tmp_path, (40, 12)) as running:
        monkeypatch.setattr(running.app, "_update_status", lambda: None)
        running.app.screen.query_one(TopBar).state = LiveState(kind, text)
        top = (await running.press()).splitlines()[0]
    assert top.endswith(f" {brief or text}")
    assert re.match(r"1개요 2\w* 3\w* 4\w* 5\w* 6", top)


@pytest.mark.usefixtures("korean")
@pytest.mark.parametrize("width", [40, 60, 90, 120])
def test_names_of_columns_fill_their_line(width: int) -> None:
    window = Window.between(0, HOUR, ZoneInfo("UTC"))
    prompts = prompt_table((), width, window, "")
    headers = [EventTable.of((), width).header(), prompts.header, service_header(width)]
    assert [header.cell_length for header in headers] == [width] * 3


@pytest.mark.usefixtures("korean")
def test_a_note_stands_whole_or_not_at_all() -> None:
    view, note = PanelView(BY_ID["tokens_by_type"]), "막대 하나 = 30 min"
    headings = [view.heading(width, [Content(note)]).plain for width in range(30, 80)]
    assert [heading for heading in headings if "막대" in heading and note not in heading] == []
    assert note not in headings[0]
    assert note in headings[-1]
