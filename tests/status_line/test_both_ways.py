"""The words of every optional field, without click as the command has them."""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from ccotel_tui.line.asked_facts import AskedFacts
from ccotel_tui.line.fields import OptionalFields
from ccotel_tui.line.memory import LineMemory
from ccotel_tui.line.quick_facts import QuickFacts
from ccotel_tui.line.template import OPTIONAL_FIELDS
from ccotel_tui.query.embedded.backend import open_embedded
from ccotel_tui.query.embedded.glance.open_for_line import open_for_line
from ccotel_tui.query.window import DAY, HOUR, MINUTE, SECOND
from ccotel_tui.store.database import Database
from ccotel_tui.telemetry.decode import Signal, decode
from ccotel_tui.telemetry.records import Record
from ccotel_tui.telemetry.status_line import Scalar
from tests.screen.tools.registry import register
from tests.status_line.test_line import LIMITS, SEOUL, SESSION, kept, requests, told
from tests.tools.otlp import T0, event
from tests.tools.sampling import pairs

DATA = Path(__file__).parents[1] / "data"
RECORDINGS = ("sessions.jsonl", "sessions-2.1.330.jsonl", "sessions-2.1.332.jsonl")
BUDGETS = '[budget]\nday = 30\nweek = 90.5\nmonth = 400\nhours = "mon-fri 09:00-18:00"\n'
BARE = told(prompt_cache=None, context_window=None, workspace=None, session_name=None)


def recorded() -> Iterator[Record]:
    for name in RECORDINGS:
        for text in (DATA / name).read_text().splitlines():
            body = json.loads(text)
            body = body.get("request", body)
            kind: Signal = "metrics" if "resourceMetrics" in body else "logs"
            yield from decode(kind, json.dumps(body).encode(), "json").records


def generated() -> list[Record]:
    """Days with use, two sessions with their branches, and status lines of both."""
    days = [
        event("api_request", T0 - day * DAY - hour * HOUR, "old", cost_usd=day / 8 + hour)
        for day in range(1, 30)
        for hour in (1, 3)
    ]
    branches = [
        event("tool_result", T0 - n * MINUTE, SESSION, n=n, **{"vcs.ref.head.name": f"b{n}"})
        for n in range(3)
    ]
    other = told(session_name="other", rate_limits=None) | {"session.id": "s-other"}
    lines = [
        kept(told(rate_limits=LIMITS), T0 - 20 * MINUTE),
        kept(told(rate_limits={"seven_day": {"used_percentage": 44}}), T0 - 15 * MINUTE),
        *(kept(other, T0 - n * SECOND) for n in range(60)),
    ]
    errors = [event("api_error", T0 - n, "s-other", n=str(n)) for n in range(3)]
    return [
        *days,
        *requests(T0),
        *branches,
        *errors,
        *lines,
        event("api_request", T0, "s-other", project="p"),
    ]


OWNS: Sequence[Mapping[str, Scalar]] = [{}, told(rate_limits=LIMITS), told(), BARE]
STORES = {"recorded": lambda: list(recorded()), "generated": generated, "nothing": list}


def words(
    facts: AskedFacts | QuickFacts, now_ns: int, session: str | None, own: Mapping[str, Scalar]
) -> dict[str, str | None]:
    fields = OptionalFields(facts, now_ns, SEOUL, session, own, 4.0, 12.0)
    return {name: fields.text(name) for name in OPTIONAL_FIELDS}


@pytest.mark.parametrize(("own", "kind"), pairs(OWNS, list(STORES)))
def test_field_by_field(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, own: Mapping[str, Scalar]
) -> None:
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", str(tmp_path))
    monkeypatch.setattr("ccotel_tui.claude.session_registry.process_start", lambda pid: "7")
    register(tmp_path / "sessions", 11, "aaaa-1", "waiting", name="web-shop")
    (settings := tmp_path / "settings.toml").write_text(BUDGETS)
    path = tmp_path / "telemetry.db"
    records = STORES[kind]()
    with closing(Database(path)) as database:
        database.append(records)
    ends = {T0, T0 + 9 * HOUR, *([max(each.time_ns for each in records)] if records else [])}
    sessions = {str(each.attributes.get("session.id", "")) or None for each in records} | {None}
    said = set()
    for now_ns in sorted(ends):
        for session in sorted(sessions, key=str):
            with closing(open_embedded(path)) as backend, open_for_line(path) as store:
                assert store is not None
                memory = LineMemory(path)
                asked = words(
                    AskedFacts(backend, now_ns, SEOUL, settings, memory), now_ns, session, own
                )
                anew = AskedFacts(backend, now_ns, SEOUL, settings, LineMemory(None))
                quick = QuickFacts(store, now_ns, SEOUL, settings, LineMemory(path))
                assert words(quick, now_ns, session, own) == asked
                assert words(anew, now_ns, session, own) == asked
                said |= {name for name, text in asked.items() if text}
    if kind == "generated" and own != BARE:
        assert said == {*OPTIONAL_FIELDS}


def test_what_was_not_looked_up_lately_is_the_commands(tmp_path: Path) -> None:
    path = tmp_path / "telemetry.db"
    with closing(Database(path)) as database:
        database.append(generated())
    (settings := tmp_path / "settings.toml").write_text(BUDGETS)
    with closing(open_embedded(path)) as backend:
        words(AskedFacts(backend, T0, SEOUL, settings, LineMemory(path)), T0, SESSION, told())

    def quick(name: str, now_ns: int) -> str | None:
        with open_for_line(path) as store:
            assert store is not None
            facts = QuickFacts(store, now_ns, SEOUL, settings, LineMemory(path))
            return OptionalFields(facts, now_ns, SEOUL, SESSION, told(), 4.0, 12.0).text(name)

    assert quick("usual", T0 + HOUR - 1)
    assert quick("cache", T0 + MINUTE)
    assert quick("alert", T0 + 10 * SECOND - 1) == "errors: 3 +1"
    late = [("usual", T0 + HOUR), ("usual", T0 - 1), ("budget", T0 + HOUR)]
    late.append(("alert", T0 + 10 * SECOND))
    for name, now_ns in late:
        with pytest.raises(LookupError):
            quick(name, now_ns)
    settings.write_text(BUDGETS + "# changed\n")
    for name in ("budget", "alert"):
        with pytest.raises(LookupError):
            quick(name, T0)
    settings.unlink()
    assert quick("budget", T0) is None


def test_seconds_that_are_left_are_judged_each_second(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", str(tmp_path))
    monkeypatch.setattr("ccotel_tui.claude.session_registry.process_start", lambda pid: "7")
    register(tmp_path / "sessions", 11, SESSION, "waiting", name="web-shop")
    path, settings = tmp_path / "telemetry.db", tmp_path / "settings.toml"
    cache = {"ttl": "5m", "expires_at": T0 // SECOND + 42}
    with closing(Database(path)) as database:
        database.append([kept(told(prompt_cache=cache), T0 - SECOND)])
    with closing(open_embedded(path)) as backend, open_for_line(path) as store:
        assert store is not None
        for seconds in (0, 1):
            now_ns = T0 + seconds * SECOND
            asked = AskedFacts(backend, now_ns, SEOUL, settings, LineMemory(path))
            assert asked.alert() == f"cold: web-shop {42 - seconds}s"
            with pytest.raises(LookupError):
                QuickFacts(store, now_ns, SEOUL, settings, LineMemory(path)).alert()


def test_the_memory_is_one_stores_and_private(tmp_path: Path) -> None:
    path = tmp_path / "telemetry.db"
    path.write_bytes(b"one")
    LineMemory(path).put("x", [1], 100, 10, None)
    LineMemory(path).put("y", None, 105, 10, [0.5])
    assert LineMemory(path).value("x", [1], 109) is None
    assert LineMemory(path).value("y", None, 114) == [0.5]
    for name, of, now_ns in (("x", [2], 109), ("x", [1], 110), ("x", [1], 99), ("z", None, 105)):
        with pytest.raises(LookupError):
            LineMemory(path).value(name, of, now_ns)
    [file] = tmp_path.glob("*.json")
    assert file.stat().st_mode & 0o777 == 0o600
    # A former file of the path keeps its number as long as it is there.
    os.rename(path, tmp_path / "former.db")
    path.write_bytes(b"another")
    with pytest.raises(LookupError):
        LineMemory(path).value("y", None, 106)


@pytest.mark.parametrize("text", ["", "[]", "{", "[" * 30_000, '{"store": 1, "entries": {}}'])
def test_a_memory_that_cannot_be_read_is_none(tmp_path: Path, text: str) -> None:
    path = tmp_path / "telemetry.db"
    path.write_bytes(b"one")
    (tmp_path / "telemetry.db.line.json").write_text(text)
    with pytest.raises(LookupError):
        LineMemory(path).value("x", None, 1)
    LineMemory(path).put("x", None, 1, 5, 7)
    assert LineMemory(path).value("x", None, 2) == 7
