"""Several users: a tab by user, a column of the sessions; one user: neither."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest
from rich.cells import cell_len
from textual.geometry import Size

from ccotel_tui.errors import SourceUnavailable
from ccotel_tui.panels.catalogue import SECTIONS
from ccotel_tui.panels.output.sanitize import hash_emails
from ccotel_tui.query.embedded.backend import open_embedded
from ccotel_tui.query.query import Scope
from ccotel_tui.query.sessions import sessions_of
from ccotel_tui.query.source import Backend, NoUsage
from ccotel_tui.query.window import DAY, LONGEST_SESSION, MINUTE, Window
from ccotel_tui.screen import strings
from ccotel_tui.screen.data.history.team import TEAM_ATTRIBUTES, TeamReader
from ccotel_tui.screen.format.bar_status import LiveState
from ccotel_tui.screen.widgets.bars import TopBar
from ccotel_tui.store.database import Database
from ccotel_tui.telemetry import records
from tests.screen.pictures.test_goldens import GOLDENS
from tests.screen.tools.running import NOW, SEOUL, dashboard
from tests.tools.otlp import request

KIM, LEE = "kim@acme.example", "lee@acme.example"
WINDOW = Window.between(NOW - DAY, NOW, SEOUL)
BY_USER = strings.DEAR_BY.format(key="user")
TITLE = strings.TEAM_SECTION["team"][0]


def spent(session: str, number: int, cost: float, user: str, **said: str) -> records.Event:
    event = request(cost, NOW - 5 * MINUTE + number, session, number)
    told = {"prompt.id": f"p{number}", **({"user.email": user} if user else {}), **said}
    return replace(event, attributes={**event.attributes, **told})


@pytest.fixture
def two_users(database: Database) -> Database:
    database.append(
        [
            spent("aaaa1111", 0, 0.5, KIM, project="shop", team="web"),
            spent("bbbb2222", 1, 2.0, LEE, project="api", team="core"),
            spent("cccc3333", 2, 0.25, LEE, project="shop", team="core"),
        ]
    )
    return database


@pytest.fixture
def hashed() -> Iterator[None]:
    hash_emails(True)
    yield
    hash_emails(False)


async def test_from_a_user_to_sessions_and_prompts_and_back(
    two_users: Database, tmp_path: Path
) -> None:
    async with dashboard(tmp_path, (120, 40)) as running:
        await running.until(f"7 {TITLE}")
        await running.press("7")
        users = await running.until(BY_USER)
        users = await running.until(LEE)
        assert users.index(LEE) < users.index(KIM)
        assert "$2.75" in users
        await running.press("enter")
        sessions = await running.until(f"{LEE} › ")
        sessions = await running.until("bbbb2222")
        assert "aaaa1111" not in sessions
        assert "$2.25" in sessions
        await running.press("enter")
        await running.until(f"› {strings.DEAR_BY.format(key='prompt')}")
        await running.press("escape", "escape")
        await running.until(BY_USER)


async def test_the_next_keys_are_the_project_and_what_tells_a_team(
    two_users: Database, tmp_path: Path
) -> None:
    async with dashboard(tmp_path) as running:
        await running.until(f"7 {TITLE}")
        await running.press("7")
        await running.until(LEE)
        await running.press("b")
        await running.until("shop")
        await running.press("b")
        page = await running.until("core")
        assert strings.DEAR_BY.format(key="team") in page
        assert "web" in page
        await running.press("b")
        await running.until(strings.DEAR_BY.format(key="model"))


async def test_one_user_has_no_tab(database: Database, tmp_path: Path) -> None:
    database.append([spent("aaaa1111", 0, 0.5, KIM), spent("bbbb2222", 1, 2.0, "")])
    async with dashboard(tmp_path, (120, 40)) as running:
        assert TITLE not in (await running.at_rest()).splitlines()[0]
        page = await running.press("7")
        assert strings.NO_TEAM in page.splitlines()[-1]
        await running.press("s")
        page = await running.at_rest()
        assert KIM not in page
        # A second one comes.
        database.append([spent("cccc3333", 2, 0.25, LEE)])
        page = await running.until(LEE)
        assert f"7 {TITLE}" in page.splitlines()[0]


async def test_the_tab_is_there_whatever_is_opened_first_and_stays(
    two_users: Database, tmp_path: Path
) -> None:
    async with dashboard(tmp_path, (120, 40)) as running:
        await running.until(f"7 {TITLE}")
        await running.press("less_than_sign")
        await running.until(BY_USER)
        await running.press("greater_than_sign")
        page = await running.until(strings.SECTIONS["overview"][0])
        assert f"7 {TITLE}" in page.splitlines()[0]
        await running.press("7", "slash", *"kim", "enter")
        page = await running.until(KIM)
        assert LEE not in page
        await running.press("escape")
        await running.until(LEE)


async def test_the_sessions_have_their_users(two_users: Database, tmp_path: Path) -> None:
    async with dashboard(tmp_path, (120, 40)) as running:
        await running.press("s")
        page = await running.until(KIM)
        row = next(line for line in page.splitlines() if "aaaa1111" in line)
        assert KIM in row
        await running.press("slash", *"lee@", "enter")
        page = await running.at_rest()
        assert "aaaa1111" not in page
        assert page.count(LEE) == 2


@pytest.mark.usefixtures("hashed")
async def test_no_page_shows_an_address_where_hashes_are_wanted(
    two_users: Database, tmp_path: Path
) -> None:
    async with dashboard(tmp_path, (120, 40)) as running:
        for key in ("s", "7"):
            await running.until(f"7 {TITLE}")
            await running.press(key)
            page = await running.until("user-")
            assert "@" not in page


class SlowUsers(NoUsage):
    """It tells the users once it may, or ends because nobody waits any more."""

    def __init__(self, backend: Backend) -> None:
        self.asked: list[list[str]] = []
        self.may_tell = Event()
        self._backend = backend

    def users(self, sessions: Iterable[str], window: Window) -> dict[str, str]:
        self.asked.append(sorted(sessions))
        while not self.may_tell.wait(0.01):
            if self._backend.cancelled.is_set():
                raise SourceUnavailable("Nobody waits.")
        return self._backend.usage.users(self.asked[-1], window)


async def test_no_answer_waits_for_users(two_users: Database, tmp_path: Path) -> None:
    embedded = open_embedded(tmp_path / "telemetry.db")
    slow = SlowUsers(embedded)
    backend = replace(embedded, usage=slow, changes=None)
    async with dashboard(tmp_path, (120, 40), backend=backend) as running:
        page = await running.until("$2.75")
        assert TITLE not in page.splitlines()[0]
        await running.until_true(lambda: len(slow.asked) == 1)
        await running.press("2")
        await running.until("Token Usage by Type")
        slow.may_tell.set()
        await running.press("1")
        await running.until(f"7 {TITLE}")
        await running.press("r")
        await running.at_rest()
        assert all(asked == ["aaaa1111", "bbbb2222", "cccc3333"] for asked in slow.asked)
        times = len(slow.asked)
        await running.press("r", "s")
        await running.at_rest()
        assert len(slow.asked) == times


def test_users_are_asked_for_once(two_users: Database, tmp_path: Path) -> None:
    backend = open_embedded(tmp_path / "telemetry.db")
    reader, rows = TeamReader(), sessions_of(backend.source, WINDOW, Scope())
    assert reader.read(backend, (), WINDOW, Scope())
    assert reader.team.users == {KIM, LEE}
    assert reader.team.attributes == TEAM_ATTRIBUTES[:1]
    assert not reader.read(backend, rows, WINDOW, Scope())
    assert {row.session_id: row.user for row in reader.with_users(rows)} == {
        "aaaa1111": KIM,
        "bbbb2222": LEE,
        "cccc3333": LEE,
    }
    backend.close()


def test_no_more_than_the_longest_session_is_asked_for(
    two_users: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend = open_embedded(tmp_path / "telemetry.db")
    [row, *_] = sessions_of(backend.source, WINDOW, Scope())
    asked: list[Window] = []

    def users(_: Iterable[str], window: Window) -> dict[str, str]:
        asked.append(window)
        return {}

    monkeypatch.setattr(backend.usage, "users", users)
    TeamReader().read(backend, [replace(row, started_ns=1)], WINDOW, Scope())
    assert [window.from_ns for window in asked] == [WINDOW.to_ns - LONGEST_SESSION - 1]
    backend.close()


@pytest.mark.parametrize("width", range(40, 140))
def test_the_team_s_tab_is_seen_at_each_width(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    bar = TopBar((*strings.SECTIONS, *strings.TEAM_SECTION))
    monkeypatch.setattr(TopBar, "size", property(lambda _: type("Size", (), {"width": width})))
    bar.set_reactive(TopBar.window, strings.TODAY)
    bar.set_reactive(TopBar.state, LiveState("live", strings.LIVE))
    bar.set_reactive(TopBar.section, "team")
    line = bar.render().plain
    assert len(line) == width
    assert TITLE in line


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_tabs_keep_words_in_a_narrow_pane(
    language: str, monkeypatch: pytest.MonkeyPatch, update_goldens: bool
) -> None:
    """That of the section that is seen, and of as many beside it as have room."""
    strings.use(language)
    try:
        lines = list(narrow_bars(monkeypatch))
    finally:
        strings.use("en")
    golden = GOLDENS / f"tabs-team-{language}.txt"
    if update_goldens:
        golden.write_text("\n".join(lines) + "\n")
    assert "\n".join(lines) + "\n" == golden.read_text()
    assert all(cell_len(line) == 40 for line in lines)


def narrow_bars(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Yield the bar of 40 columns for each section, a list, and one session alone."""
    bar = TopBar((*SECTIONS, "team"))
    monkeypatch.setattr(TopBar, "size", property(lambda _: Size(40, 1)))
    for state in (LiveState("live", strings.LIVE), LiveState("quiet", "quiet 59m")):
        bar.set_reactive(TopBar.state, state)
        for section in (*SECTIONS, "team", "log"):
            bar.set_reactive(TopBar.section, section)
            yield bar.render().plain
    bar.set_reactive(TopBar.scope, strings.SCOPED.format(session="3f2a"))
    yield bar.render().plain
