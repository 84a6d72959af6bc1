"""What is appended is kept once, and counters grow by what they grew."""

import sqlite3
import stat
from dataclasses import replace
from itertools import permutations
from pathlib import Path

import pytest

from ccotel_tui.errors import BadDatabase
from ccotel_tui.store.database import Database
from ccotel_tui.store.file.connection import connect
from ccotel_tui.telemetry.records import Event, Record
from tests.store.reading import fill, total
from tests.tools.otlp import SECOND, T0, Plain, event, lines, request


def test_a_request_delivered_twice_counts_once(database: Database, path: Path) -> None:
    records: list[Record] = [request(0.25), request(0.5, sequence=1), lines(3)]
    database.append(records)
    database.append(records)
    assert total(path, "events", "cost_usd") == 0.75
    assert total(path, "increments", "value") == 3


def test_events_that_differ_in_anything_are_two(database: Database, path: Path) -> None:
    database.append([request(0.25), request(0.25, sequence=1), request(0.25, session="s2")])
    assert total(path, "events", "cost_usd") == 0.75


def test_numbers_come_as_int_double_or_text(database: Database, path: Path) -> None:
    old = event("api_request", cost_usd="0.125", input_tokens="12", duration_ms=3)
    database.append([old, event("api_request", at=T0 + 1, cost_usd=1, input_tokens=30)])
    assert total(path, "events", "cost_usd") == 1.125
    assert total(path, "events", "input_tokens") == 42


@pytest.mark.parametrize("bad", ["free", "nan", "1e999", True])
def test_a_cost_that_is_no_number_is_no_cost(database: Database, path: Path, bad: str) -> None:
    database.append([event("api_request", cost_usd=bad)])
    assert total(path, "events", "cost_usd IS NOT NULL") == 0


def test_the_first_point_of_a_cumulative_stream_counts_in_full(
    database: Database, path: Path
) -> None:
    for seconds, value in ((10, 5), (20, 5), (30, 9)):
        database.append([lines(value, at=T0 + seconds * SECOND, cumulative=True)])
    assert total(path, "increments", "value") == 9


def test_a_restart_of_the_recorder_neither_loses_nor_doubles(path: Path) -> None:
    for seconds, value in ((10, 5), (20, 9)):
        fill(path, [lines(value, at=T0 + seconds * SECOND, cumulative=True)])
    assert total(path, "increments", "value") == 9


def test_a_changed_start_and_a_fallen_value_are_resets(database: Database, path: Path) -> None:
    database.append([lines(5, at=T0 + 10 * SECOND, cumulative=True)])
    database.append([lines(2, at=T0 + 30 * SECOND, start=T0 + 20 * SECOND, cumulative=True)])
    database.append([lines(1, at=T0 + 40 * SECOND, start=T0 + 20 * SECOND, cumulative=True)])
    assert total(path, "increments", "value") == 8


def test_two_processes_that_write_one_stream_side_by_side_both_count(
    database: Database, path: Path
) -> None:
    for seconds, first, second in ((10, 1, 100), (20, 2, 200)):
        database.append([lines(first, at=T0 + seconds * SECOND, cumulative=True)])
        database.append([lines(second, at=T0 + seconds * SECOND, start=T0 + 1, cumulative=True)])
    assert total(path, "increments", "value") == 202


def test_an_older_point_of_a_cumulative_stream_changes_nothing(
    database: Database, path: Path
) -> None:
    for seconds, value in ((20, 9), (10, 5), (20, 9)):
        database.append([lines(value, at=T0 + seconds * SECOND, cumulative=True)])
    assert total(path, "increments", "value") == 9


def test_a_cumulative_point_of_the_future_stops_no_stream(database: Database, path: Path) -> None:
    now = T0 + 60 * SECOND
    for seconds, value in ((10, 5), (999_999, 7), (20, 7), (30, 9), (25, 8)):
        database.append([lines(value, at=T0 + seconds * SECOND, cumulative=True)], now)
    assert total(path, "increments", "value") == 9


def test_any_order_of_delta_points_gives_the_same(tmp_path: Path) -> None:
    points = [lines(n, at=T0 + n * SECOND, start=T0 + (n - 1) * SECOND) for n in (1, 2, 3)]
    for number, order in enumerate(permutations(points)):
        path = tmp_path / f"{number}.db"
        fill(path, [*order, order[0]])
        assert total(path, "increments", "value") == 6


def test_other_programs_telemetry_is_kept_under_their_name(database: Database, path: Path) -> None:
    database.append([Event(T0, "shop", "api_request", {"cost_usd": 9.0}, scope="shop.orders")])
    connection = connect(path)
    assert connection.execute("SELECT name FROM events").fetchall() == [("shop/api_request",)]
    connection.close()


def test_a_record_that_no_database_holds_is_refused_alone(database: Database, path: Path) -> None:
    impossible = event("api_request", at=2**70, cost_usd=9.0)
    refused = database.append_requests([[request(0.5), impossible, request(0.25, sequence=1)], []])
    assert [one.records for one in refused] == [1, 0]
    assert "cannot be kept" in refused[0].reason
    assert total(path, "events", "cost_usd") == 0.75


def test_equal_records_of_one_request_are_distinct_and_a_repeated_request_is_not(
    database: Database, path: Path
) -> None:
    sent: list[Record] = [request(0.5), lines(3), request(0.5), lines(3), request(0.5)]
    for _ in range(2):
        database.append(sent)
    database.append_requests([sent[:2], sent[:3]])
    assert total(path, "events", "cost_usd") == 1.5
    assert total(path, "increments", "value") == 6


@pytest.mark.parametrize("beyond", [1e300, -1e308, "1e16", 2**63, 10**400])
def test_a_number_beyond_all_measure_is_no_number(
    database: Database, path: Path, beyond: float | str
) -> None:
    numbers: dict[str, Plain] = dict.fromkeys(("event.sequence", "duration_ms", "cost_usd"), beyond)
    odd = event("api_request", T0, "s1", **numbers)
    database.append([odd, request(0.5)])
    assert total(path, "events", "1") == 2
    assert total(path, "events", "cost_usd") == 0.5
    assert total(path, "events", "duration_ms IS NOT NULL OR sequence IS NOT NULL") == 1


def test_what_a_record_is_known_by_does_not_depend_on_its_context(
    database: Database, path: Path
) -> None:
    plain: list[Record] = [request(0.5), lines(3, cumulative=True)]
    rich = [replace(one, context={"project": "shop"}, version="9") for one in plain]
    database.append(plain)
    database.append(rich)
    assert total(path, "events", "cost_usd") == 0.5
    assert total(path, "increments", "value") == 3


def test_only_the_user_may_read_it(database: Database, path: Path) -> None:
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize("open_it", [Database, connect])
def test_a_newer_a_foreign_and_a_damaged_file_are_left_as_they_are(
    tmp_path: Path, open_it: type[Database]
) -> None:
    newer, foreign, damaged = (tmp_path / name for name in ("newer", "foreign", "damaged"))
    Database(newer).close()
    for path, script in ((newer, "PRAGMA user_version = 99"), (foreign, "CREATE TABLE t (x)")):
        connection = sqlite3.connect(path)
        connection.execute(script)
        connection.commit()
        connection.close()
    damaged.write_bytes(b"not a database, but long enough to be read as one " * 100)
    for path, said in ((newer, "newer ccotel-tui"), (foreign, "another"), (damaged, "cannot be")):
        before = path.read_bytes()
        with pytest.raises(BadDatabase, match=said):
            open_it(path)
        assert path.read_bytes() == before
