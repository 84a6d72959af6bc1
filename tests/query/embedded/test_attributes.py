"""Attributes by name: dots and underscores are alike, as rows have them and as they came in."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from ccotel_tui.query.embedded.backend import open_embedded
from ccotel_tui.query.measures import COST
from ccotel_tui.query.query import Query, Scope
from ccotel_tui.query.source import Backend
from ccotel_tui.query.usage.keys import usage_key
from ccotel_tui.query.usage.usage import usage_of
from ccotel_tui.query.window import SECOND, Window
from ccotel_tui.store.database import Database
from tests.accuracy.truth.cuts import UTC
from tests.tools.otlp import T0, event

WINDOW = Window.between(T0, T0 + SECOND, UTC)
WANTED = {
    "mcp_server.name": "db",
    "user.account_uuid": "a-1",
    "vcs.ref.head.name": "main",
    "a.b_c.d_e.f.g": "deep",
    "a.b.c.d.e.f.h": "deeper",
    "origin": "a column of the store is called so too",
}
NAMES = [
    *("mcp_server.name", "mcp_server_name", "mcp.server.name"),
    *("user.account_uuid", "user_account_uuid", "user.account.uuid"),
    *("vcs.ref.head.name", "vcs_ref_head_name"),
    "a.b_c.d_e.f.g",
    *("a.b.c.d.e.f.h", "a_b_c_d_e_f_h"),
    "origin",
]


@pytest.fixture(scope="module")
def backend(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backend]:
    path: Path = tmp_path_factory.mktemp("store") / "telemetry.db"
    with closing(Database(path)) as database:
        others = dict.fromkeys(WANTED, "other")
        database.append(
            [
                event("api_request", T0 + 1, cost_usd=1.0, **WANTED),
                event("api_request", T0 + 2, cost_usd=2.0, **others),
                event("api_request", T0 + 3, cost_usd=4.0),
            ]
        )
    with closing(open_embedded(path)) as backend:
        yield backend


def value_of(name: str) -> str:
    plain = name.replace(".", "_")
    return next(text for each, text in WANTED.items() if each.replace(".", "_") == plain)


def cost(backend: Backend, *attribute: str) -> float | None:
    name, value = attribute
    scope = Scope(attributes=((name, value),))
    [series] = backend.source.numbers([Query(COST)], WINDOW, scope)[Query(COST)]
    assert backend.diagnostics.unknown_attributes(scope) == []
    return series.points[0][1]


@pytest.mark.parametrize("name", NAMES)
def test_a_filter_finds_it_under_each_of_its_names(backend: Backend, name: str) -> None:
    assert cost(backend, name, value_of(name)) == 1
    assert cost(backend, name, "other") == 2
    assert cost(backend, name, "") == 4


@pytest.mark.parametrize("name", NAMES)
def test_usage_is_grouped_by_it_under_each_of_its_names(backend: Backend, name: str) -> None:
    usage = usage_of(backend, [usage_key(f"attribute:{name}")], WINDOW, Scope())
    costs = {row.keys[0]: row.cost for row in usage.rows}
    assert costs == {value_of(name): 1, "other": 2, "(none)": 4}


def test_an_events_own_attribute_may_be_called_as_a_column(tmp_path: Path) -> None:
    with closing(Database(tmp_path / "telemetry.db")) as database:
        texts = [event("api_request", T0 + 1, cost_usd=1.0, origin="here")]
        numbers = [event("api_request", T0 + 2, cost_usd=2.0, origin=7)]
        database.append([*texts, *numbers])
    with closing(open_embedded(tmp_path / "telemetry.db")) as backend:
        usage = usage_of(backend, [usage_key("attribute:origin")], WINDOW, Scope())
    assert {row.keys[0]: row.cost for row in usage.rows} == {"here": 1, "7": 2}
