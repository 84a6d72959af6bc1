"""Ends: at any moment, in every way, whoever is asked meanwhile; nothing is left behind."""

import sqlite3
from collections.abc import Iterable
from pathlib import Path
from threading import Event, Thread, get_ident

import pytest
from textual.css.query import NoMatches

from ccotel_tui.errors import SourceUnavailable
from ccotel_tui.query.embedded import reader
from ccotel_tui.query.embedded.backend import open_embedded
from ccotel_tui.query.embedded.reader import StoreReader
from ccotel_tui.query.embedded.source import EmbeddedSource
from ccotel_tui.query.query import Answer, Query, Scope
from ccotel_tui.query.source import Backend, Source
from ccotel_tui.query.window import Window
from ccotel_tui.store.database import Database
from ccotel_tui.store.file.place import FilePlace
from tests.query.passing import Passing
from tests.screen import quit as campaign
from tests.screen.tools.running import dashboard

FOR_EVER = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"


def test_dashboards_ended_at_random_moments_leave_nothing_behind(tmp_path: Path) -> None:
    """A few of what `make test-quit` does."""
    result = campaign.run(campaign.plans(4, seed=12), tmp_path)
    assert result.wrong == [], "\n".join(result.wrong)
    assert result.tried == 4


@pytest.mark.parametrize(
    ("output", "changed"),
    [
        (b"\x1b[?1049h\x1b[?25l\x1b[>25u\x1b[<u\x1b[?1049l\x1b[?25h", []),
        (b"\x1b[?1049h\x1b[?25l", ["1049", "25"]),
        (b"\x1b[>25u", ["kitty keyboard"]),
    ],
)
def test_what_the_campaign_takes_for_a_restored_terminal(output: bytes, changed: list[str]) -> None:
    assert campaign.set_modes(output) == changed


class Slow(Passing):
    """Holds each question until nobody waits for it any more, once it is `asked`."""

    def __init__(self, inner: Source, reader: StoreReader) -> None:
        super().__init__(inner)
        self.reader = reader
        self.slow, self.asked = False, Event()
        self.threads: list[tuple[str, int]] = []

    def numbers(
        self, queries: Iterable[Query], window: Window, scope: Scope
    ) -> dict[Query, Answer]:
        if self.slow:
            self.asked.set()
            self.reader.run(FOR_EVER)
        self.threads.append(("asked", get_ident()))
        return super().numbers(queries, window, scope)

    def close(self) -> None:
        self.threads.append(("closed", get_ident()))
        self.reader.close()


async def test_a_source_is_closed_where_it_is_asked(database: Database, tmp_path: Path) -> None:
    cancelled = Event()
    store_reader = StoreReader(tmp_path / "telemetry.db", cancelled)
    slow = Slow(EmbeddedSource(store_reader), store_reader)
    backend = Backend("embedded", slow, cancelled=cancelled, close=slow.close)
    async with dashboard(tmp_path, backend=backend) as running:
        slow.slow = True
        await running.press("r")
        while not slow.asked.is_set():
            await running.pilot.pause(0.01)
    asking = {thread for does, thread in slow.threads if does == "asked"}
    assert slow.threads[-1] == ("closed", *asking)
    assert get_ident() not in asking


def test_a_backend_closes_what_it_opened(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[sqlite3.Connection] = []
    open_file = reader.open_file

    def recorded(path: Path) -> tuple[sqlite3.Connection, FilePlace]:
        connection, place = open_file(path)
        opened.append(connection)
        return connection, place

    monkeypatch.setattr(reader, "open_file", recorded)
    backend = open_embedded(tmp_path / "telemetry.db")
    assert backend.changes
    backend.changes.version()
    backend.close()
    assert len(opened) == 2
    for connection in opened:
        with pytest.raises(sqlite3.ProgrammingError, match="closed"):
            connection.execute("SELECT 1")


def test_what_nobody_waits_for_is_asked_no_further(database: Database, tmp_path: Path) -> None:
    cancelled = Event()
    store_reader = StoreReader(tmp_path / "telemetry.db", cancelled)
    failures: list[str] = []

    def ask() -> None:
        try:
            store_reader.run(FOR_EVER)
        except SourceUnavailable as error:
            failures.append(str(error))

    asking = Thread(target=ask, daemon=True)
    asking.start()
    cancelled.set()
    asking.join(60)
    assert len(failures) == 1
    source = EmbeddedSource(store_reader)
    with pytest.raises(SourceUnavailable, match="moved on"):
        source.last_record_ns(0)
    cancelled.clear()
    assert source.last_record_ns(0) is None
    store_reader.close()


async def test_a_key_whose_turn_comes_after_the_end_is_no_error(
    database: Database, tmp_path: Path
) -> None:
    async with dashboard(tmp_path) as running:
        running.app.exit()
        running.app.call_later(running.app._main.action_section, "stack")
    assert running.app.return_code == 0


async def test_an_answer_to_widgets_that_are_gone_at_the_end_is_no_error(
    database: Database, tmp_path: Path
) -> None:
    async with dashboard(tmp_path) as running:
        app = running.app
    app._handle_exception(NoMatches("its widgets are taken down first"))
    assert app._exception is None


async def test_what_asks_after_the_end_asks_nobody(database: Database, tmp_path: Path) -> None:
    """A message on its way, or the answer that comes last, asks again."""
    async with dashboard(tmp_path) as running:
        await running.at_rest()
        refresher = running.app._refresher
    refresher._rerun = True
    refresher._done()
    refresher.ask()
    assert not refresher._asking
