"""Usage by every key: what the requests' own records amount to, and it adds up to the total."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from itertools import combinations
from math import fsum
from operator import attrgetter
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest

from ccotel_tui.panels.catalogue import BY_ID
from ccotel_tui.panels.regroup import keys_of, regrouped
from ccotel_tui.panels.result import answer_panels
from ccotel_tui.query.query import Scope
from ccotel_tui.query.sessions import sessions_of, with_users
from ccotel_tui.query.source import Backend
from ccotel_tui.query.usage.detail import usage_detail
from ccotel_tui.query.usage.grouped import GroupedSource
from ccotel_tui.query.usage.keys import KEYS, NONE, usage_key
from ccotel_tui.query.usage.saved import CacheSavings
from ccotel_tui.query.usage.usage import Usage, UsageRow, usage_of
from ccotel_tui.query.window import DAY, Window
from tests.accuracy.check import same
from tests.accuracy.conftest import store_or_stack
from tests.accuracy.truth.cuts import cuts
from tests.accuracy.truth.days import END, SECOND
from tests.accuracy.truth.otlp import Request
from tests.accuracy.truth.recordings import requests, truth
from tests.accuracy.truth.usage_story import counters, story
from tests.tools.sampling import mostly_slow

NAMES = (*KEYS, "attribute:terminal.type", "attribute:team_id", "attribute:nightly")
WINDOWS = list(cuts(truth("grpc")))
PROJECTS = {"made-up-0": "/home/kim/tools"}

Record = dict[str, Any]


@pytest.fixture(scope="module", params=["store", pytest.param("stack", marks=pytest.mark.servers)])
def backend(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Backend]:
    directory = tmp_path_factory.mktemp("usage")
    for path in store_or_stack(request.param, directory):
        path.send([*everything(), *counters()], "grpc")
        path.settle()
        with closing(path.backend()) as backend:
            yield backend


def everything() -> list[Request]:
    return [*requests("grpc"), *story()]


def records() -> list[Record]:
    """All events, their resource's attributes under their own."""
    found = []
    for request in everything():
        for logs in request.resource_logs if isinstance(request, ExportLogsServiceRequest) else ():
            for record in (one for scope in logs.scope_logs for one in scope.log_records):
                told = {pair.key: _plain(pair.value) for pair in logs.resource.attributes}
                told |= {pair.key: _plain(pair.value) for pair in record.attributes}
                found.append(told | {"at": record.time_unix_nano})
    return sorted(found, key=lambda one: one["at"])


def _plain(value: Any) -> Any:
    return getattr(value, value.WhichOneof("value"))


def roots(told: Iterable[Record]) -> dict[str, str]:
    """The prompt that a person typed, of each prompt.id."""
    found: dict[str, str] = {}
    typed: dict[str, str] = {}
    agents: dict[str, str] = {}
    for one in told:
        session, prompt = one.get("session.id", "unknown"), one.get("prompt.id", "")
        if agent := one.get("agent_id"):
            agents.setdefault(session + agent, prompt)
        if one["event.name"] == "user_prompt":
            text = one.get("prompt", "")
            if text.startswith("<task-notification>") or prompt.endswith("notified"):
                task = re.search("<task-id>(.+?)</task-id>", text)
                begun = agents.get(session + (task[1] if task else "a1"), "")
                found[prompt] = str(found.get(begun, begun) or typed.get(session, prompt))
            elif one.get("command_source") != "builtin":
                typed[session] = prompt
    return found


class Truth:
    """What each key of a request is, by its record alone."""

    def __init__(self) -> None:
        self.told = records()
        self.roots = roots(self.told)
        self.branches: dict[str, str] = {}
        for one in self.told:
            if one["event.name"] == "tool_result" and "vcs.ref.head.name" in one:
                self.branches[self.root(one)] = one["vcs.ref.head.name"]

    def root(self, one: Record) -> str:
        prompt: str = one.get("prompt.id", "")
        return self.roots.get(prompt, prompt)

    def key(self, name: str, one: Record, zone: Any) -> str:
        local = datetime.fromtimestamp((one["at"] - 1) // SECOND, UTC).astimezone(zone)
        source = one.get("query_source", "")
        ours = re.match("sdk$|main$|repl_main_thread", source)
        theirs = re.match("subagent$|agent:", source)
        session = one.get("session.id", "unknown")
        told: dict[str, Any] = {
            "model": re.sub(r"\[.*\]$", "", one["model"]),
            "source": ("main" if ours else "subagent" if theirs else "auxiliary")
            if source
            else "unknown",
            "session": session,
            "prompt": self.root(one),
            "project": one.get("project") or PROJECTS.get(session),
            "branch": self.branches.get(self.root(one)),
            "user": one.get("user.email")
            or one.get("user.account_uuid")
            or one.get("user.id", "")[:8],
            "hour": f"{local:%Y-%m-%dT%H:00}{local.isoformat()[-6:]}",
            "day": f"{local:%Y-%m-%d}",
            "week": f"{local:%G-W%V}",
            "month": f"{local:%Y-%m}",
            "attribute:team_id": one.get("team.id"),
        }
        dotted = {"agent": "agent.name", "skill": "skill.name", "plugin": "plugin.name"}
        dotted["mcp_server"] = "mcp_server.name"
        attribute = dotted.get(name, name.removeprefix("attribute:"))
        return str(told.get(name, one.get(attribute)) or "(none)")


TRUTH = Truth()


def expected(names: tuple[str, ...], window: Window) -> dict[tuple[str, ...], list[Record]]:
    """The requests in the window, by their keys."""
    found = defaultdict(list)
    for one in TRUTH.told:
        if one["event.name"] == "api_request" and window.from_ns < one["at"] <= window.to_ns:
            found[tuple(TRUTH.key(name, one, window.zone) for name in names)].append(one)
    return found


def asked(backend: Backend, window: Window, *names: str, scope: Scope = Scope()) -> Usage:  # noqa: B008
    return usage_of(backend, [usage_key(name) for name in names], window, scope, PROJECTS)


EVENTS = Scope(attributes=(("event.name", "api_request"),))
"""Leaves out the session that counts by its counters."""


def check(row: UsageRow, told: list[Record]) -> None:
    same(row.cost, fsum(float(one["cost_usd"]) for one in told), "usd", row.keys)
    assert row.requests == len(told), row.keys
    for name in ("input", "output", "cache_read", "cache_creation"):
        assert getattr(row, name) == sum(float(one[f"{name}_tokens"]) for one in told), row.keys
    assert row.tokens == fsum(
        (row.input or 0, row.output or 0, row.cache_read or 0, row.cache_creation or 0)
    )
    assert row.sessions == len({one.get("session.id") for one in told}), row.keys
    commands = {one["prompt.id"] for one in TRUTH.told if one.get("command_source") == "builtin"}
    prompts = {TRUTH.root(one) for one in told} - commands - {""}
    assert row.prompts == len(prompts), row.keys
    times = [one["at"] for one in told]
    assert row.first_ns is not None
    assert row.last_ns is not None
    # Loki's numbers hold microseconds.
    assert abs(row.first_ns - min(times)) < 1000
    assert abs(row.last_ns - max(times)) < 1000


@pytest.mark.parametrize("window", mostly_slow(WINDOWS, 4), ids=map(str, range(len(WINDOWS))))
def test_every_key_is_what_the_requests_say(backend: Backend, window: Window) -> None:
    for name in NAMES:
        found = asked(backend, window, name, scope=EVENTS)
        right = expected((name,), window)
        assert {row.keys for row in found.rows} == right.keys(), name
        for row in found.rows:
            check(row, right[row.keys])
        if found.rows:
            check(found.total, [one for told in right.values() for one in told])


@pytest.mark.parametrize("window", mostly_slow(WINDOWS, 4), ids=map(str, range(len(WINDOWS))))
def test_every_list_adds_up_to_total_cost(backend: Backend, window: Window) -> None:
    answers = answer_panels([BY_ID["total_cost"]], backend, window, Scope(), END)
    total = answers["total_cost"].value
    for name in NAMES:
        found = asked(backend, window, name)
        same(found.total.cost, total, "usd", name)
        same(fsum(row.cost or 0 for row in found.rows), total, "usd", name)
        same(fsum(row.share or 0 for row in found.rows), 1.0, "s", name)


@pytest.mark.parametrize(
    "names", [*combinations(("project", "hour", "branch", "user"), 2), ("model", "day", "session")]
)
def test_keys_nest(backend: Backend, names: tuple[str, ...]) -> None:
    window = WINDOWS[0]
    found = asked(backend, window, *names, scope=EVENTS)
    right = expected(names, window)
    assert {row.keys for row in found.rows} == right.keys()
    for row in found.rows:
        check(row, right[row.keys])


def test_what_a_row_is_made_of_adds_up_to_it(backend: Backend) -> None:
    """As the page shows it, also within a value; hours as days where the window is long."""
    window = WINDOWS[0]
    project, session, hour = map(usage_key, ("project", "session", "hour"))
    for keys, within in (((project,), ()), ((project, session), ("infra",))):
        parts = [usage_key("prompt"), hour]
        found = usage_detail(
            CacheSavings(), keys, within, "", parts, backend, window, Scope(), PROJECTS
        )
        assert found.usage == usage_of(backend, keys, window, Scope(), PROJECTS, within)
        assert found.usage.rows
        for part in found.parts:
            for row in found.usage.rows:
                inside = [each.cost or 0.0 for each in part.rows if each.keys[:-1] == row.keys]
                same(fsum(inside), row.cost, "usd", row.keys)
    month = Window.between(window.to_ns - 30 * DAY, window.to_ns, window.zone)
    found = usage_detail(CacheSavings(), (project,), (), "", [hour], backend, month, Scope(), {})
    assert [part.keys[-1].name for part in found.parts] == ["day"]


def test_a_session_of_counters_alone_counts_by_them(backend: Backend) -> None:
    window, scope = WINDOWS[0], Scope("counted")
    dollars = {
        name: {row.keys[0]: row.cost for row in asked(backend, window, name, scope=scope).rows}
        for name in ("agent", "project", "prompt", "model", "effort", "source", "branch", "user")
    }
    assert dollars == {
        "agent": {"(none)": 0.625, "reviewer": 0.25},
        "project": {"infra": 0.875},
        "prompt": {"(none)": 0.875},
        "model": {"claude-opus-4-8": 0.875},
        "effort": {"high": 0.875},
        "source": {"main": 0.875},
        "branch": {"(none)": 0.875},
        "user": {"cafecafe": 0.875},
    }
    total = asked(backend, window, "model", scope=scope).total
    assert (total.requests, total.prompts, total.sessions) == (None, None, 1)
    assert (total.input, total.cache_read, total.output) == (875.0, 875.0, 0.0)
    hours = asked(backend, window, "hour", scope=scope).rows
    assert fsum(row.cost or 0 for row in hours) == 0.875
    assert len(hours) == 2


@pytest.mark.parametrize("zone", ["Asia/Seoul", "Asia/Kolkata", "America/New_York"])
def test_a_local_day_is_where_one_lives(backend: Backend, zone: str) -> None:
    window = Window.between(WINDOWS[0].from_ns, WINDOWS[0].to_ns, ZoneInfo(zone))
    for name in ("hour", "day", "week", "month"):
        found = asked(backend, window, name, scope=EVENTS)
        right = expected((name,), window)
        assert {row.keys for row in found.rows} == right.keys(), name


def test_sessions_have_the_users_that_their_requests_tell(backend: Backend) -> None:
    window = WINDOWS[0]
    rows = with_users(sessions_of(backend.source, window, Scope()), backend.usage, window)
    asked = usage_of(backend, [usage_key("session"), usage_key("user")], window, Scope())
    users = {row.keys[0]: row.keys[1] for row in asked.rows if row.requests}
    told = {row.session_id: row.user for row in rows if row.requests}
    assert told == {session: users[session].replace(NONE, "") for session in told}
    assert set(told.values()) >= {"kim@acme.example", "0f9c-22", "cafecafe", ""}
    assert backend.usage.users(["made-up-0", "not there"], window) == {
        "made-up-0": "kim@acme.example"
    }


def test_sessions_alone_may_count(backend: Backend) -> None:
    """Of a set of sessions, those that count by their counters too; of none nothing."""
    window, scope = WINDOWS[0], Scope(sessions=("counted", "made-up-1"))
    right = expected(("session",), window)[("made-up-1",)]
    found = asked(backend, window, "session", scope=scope)
    assert {row.keys[0]: row.requests for row in found.rows} == {
        "counted": None,
        "made-up-1": len(right),
    }
    dollars = 0.875 + fsum(float(one["cost_usd"]) for one in right)
    for total in (asked(backend, window, "project", scope=scope).total.cost, found.total.cost):
        same(total, dollars, "usd", ())
    panels = [BY_ID[id] for id in ("total_cost", "active_sessions", "tool_events")]
    answers = answer_panels(panels, backend, window, scope, END)
    same(answers["total_cost"].value, dollars, "usd", ())
    assert answers["active_sessions"].value == 2
    assert {row["session_id"] for row in answers["tool_events"].rows} <= {"made-up-1"}
    nothing = answer_panels(panels, backend, window, Scope(sessions=()), END)
    assert {answer.state for answer in nothing.values()} == {"empty"}
    assert asked(backend, window, "model", scope=Scope(sessions=())).rows == ()


@pytest.mark.parametrize("panel_id", ["cost_by_model", "tokens_by_type"])
def test_a_panel_by_another_key_says_what_usage_says(backend: Backend, panel_id: str) -> None:
    window, panel = WINDOWS[0], BY_ID[panel_id]
    grouped = replace(backend, source=GroupedSource(backend, PROJECTS))
    for key in keys_of(panel)[1:]:
        answer = answer_panels([regrouped(panel, key)], grouped, window, Scope(), END)[panel.id]
        used = asked(backend, window, key)
        amount = attrgetter("cost" if panel.unit == "usd" else "tokens")
        right = {row.keys[0]: amount(row) for row in used.rows if amount(row)}
        told = {next(iter(s.labels.values())): total for s, total in answer.series if total}
        assert told.keys() == right.keys(), key
        for value, number in right.items():
            same(told[value], number, panel.unit, (key, value))
        same(answer.value, amount(used.total), panel.unit, key)
        assert all(len(series.points) == len(window.buckets()) for series, _ in answer.series)


def test_tools_by_session_and_project(backend: Backend) -> None:
    """Of no other panel is a call counted for a model that did not ask for it."""
    window = WINDOWS[0]
    grouped = replace(backend, source=GroupedSource(backend, PROJECTS))
    calls = [
        one
        for one in TRUTH.told
        if one["event.name"] == "tool_result" and window.from_ns < one["at"] <= window.to_ns
    ]
    for id in ("tool_count", "tool_success"):
        assert keys_of(BY_ID[id]) == ("", "session", "project")
        for key in ("session", "project"):
            right: defaultdict[str, int] = defaultdict(int)
            for one in calls:
                right[TRUTH.key(key, {**one, "model": ""}, window.zone)] += 1
            panel = regrouped(BY_ID[id], key)
            answer = answer_panels([panel], grouped, window, Scope(), END)[panel.id]
            told = {next(iter(s.labels.values())): total for s, total in answer.series}
            if panel.rows:
                told = {
                    str(row[panel.rows.label]): float(row["success"] or 0)
                    + float(row["failure"] or 0)
                    for row in answer.rows
                }
            assert told == right, (id, key)
