"""A set-up in which all is well, and each of its links broken in turn: doctor names that one."""

import json
from collections.abc import Callable
from dataclasses import replace
from math import inf
from pathlib import Path
from typing import Any

import pytest

from ccotel_tui.claude.destination import unheard
from ccotel_tui.claude.environment import variables
from ccotel_tui.claude.session_registry import Running
from ccotel_tui.claude.settings.origins import Origin, read_origins
from ccotel_tui.doctor.causes import KNOWN_CAUSES
from ccotel_tui.doctor.facts import CanaryAnswer, ClientLog, Facts, StackFacts, Stored
from ccotel_tui.doctor.rules import RULES, document, first_failure, run_checks
from ccotel_tui.network.listener import Process
from ccotel_tui.recorder.refusals import Refusal
from ccotel_tui.recorder.state import Fault, Moved, PortOwner, PortState, RecorderState
from ccotel_tui.sentences import Sentence
from ccotel_tui.store.ahead import Ahead
from ccotel_tui.store.file.faults import STORE_FAULTS

DAY = 86_400 * 10**9
NOW = 1_795_500_000 * 1_000_000_000
AT = "127.0.0.1:14317"
GRPC = PortState("grpc", "127.0.0.1", 14317, bound=True)
HTTP = PortState("http", "127.0.0.1", 14318, bound=True)
FOREIGN = PortOwner("unknown", "java", 42)
SHELL = Origin("shell", Sentence("shell_variables", "the shell's variables"))
USER = Origin("user", "/home/me/.claude/settings.json", variables({}, {}))
WELL = Facts(
    client_path="/usr/bin/claude",
    client_version="2.1.332",
    origins=(USER, SHELL),
    database="/home/me/telemetry.db",
    recorder=RecorderState(7, 1.0, (GRPC, HTTP)),
    answers=(CanaryAnswer(AT, "grpc", "ok", "", Process("python", 7).sentence),),
    free=10**11,
    stored=Stored(newest={"logs": NOW - 10**9, "metrics": NOW - 10**10}, versions=("2.1.332",)),
    heard=("web-shop",),
    now_ns=NOW,
)
SILENT = replace(
    WELL,
    heard=(),
    stored=replace(WELL.stored, newest={"logs": NOW - 2 * DAY, "metrics": NOW - 2 * DAY}),
)
RUNS = Running(1, "1", "s1", "a", "/a", 0, "idle", "", started_ms=1)
PORTS = [14317, 14318]
OLD, QUIET = (unheard(RUNS, WELL.origins, PORTS, set_ms) for set_ms in (2, 0))
OFF = unheard(RUNS, [SHELL], PORTS, 0)
DAMAGED = Sentence("store_damaged", STORE_FAULTS["damaged"], path="/t.db", error="x")
LINE_3 = Sentence("settings_twice", "line {line}: {name} is there twice", line=3, name="env")
IGNORED = Sentence("variable_in", "{name} in {place}", name="OTEL_X", place="a.json")
NO_DOCKER = Sentence("docker_late", "Docker does not answer at {host}.", host="/d.sock")
NOT_YOURS = Sentence("belongs_to", "belongs to {user}", user="x")
SECRETS = ("sesame", "bearer")


def env(kind: Any = "user", **changes: str) -> Facts:
    """The same with these variables set otherwise, in the user's settings or above or below."""
    changed = dict(changes)
    if kind == "user":
        user = replace(USER, variables={**USER.variables, **changed})
        return replace(WELL, origins=(user, WELL.origins[1]))
    if kind == "shell":
        return replace(WELL, origins=(USER, Origin("shell", "the shell", changed)))
    return replace(WELL, origins=(Origin(kind, f"/{kind}.json", changed), *WELL.origins))


def without(*names: str) -> Facts:
    kept = {name: value for name, value in USER.variables.items() if name not in names}
    return replace(WELL, heard=(), origins=(replace(USER, variables=kept),))


def answered(**changes: object) -> Facts:
    return replace(WELL, answers=(replace(WELL.answers[0], **changes),))  # type: ignore[arg-type]


def recording(**changes: Any) -> Facts:
    assert WELL.recorder is not None
    return replace(WELL, recorder=WELL.recorder._replace(**changes))


def stored(**changes: object) -> Facts:
    return replace(WELL, stored=replace(WELL.stored, **changes))  # type: ignore[arg-type]


ENDPOINT, PROTOCOL = "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_PROTOCOL"
PROXY = "http://me:sesame@proxy.example.com:3128"

BREAKS: dict[str, tuple[str, Callable[[], Facts]]] = {
    "no client": ("client", lambda: replace(SILENT, client_path="")),
    "broken settings": (
        "settings",
        lambda: replace(WELL, origins=(Origin("user", "/s.json", problem=LINE_3),)),
    ),
    "not switched on": ("enabled", lambda: without("CLAUDE_CODE_ENABLE_TELEMETRY")),
    "switched off": ("enabled", lambda: env(CLAUDE_CODE_ENABLE_TELEMETRY="0")),
    "switched off by a managed file": (
        "enabled",
        lambda: env("managed", CLAUDE_CODE_ENABLE_TELEMETRY="0"),
    ),
    "only in a project": (
        "enabled",
        lambda: replace(
            without("CLAUDE_CODE_ENABLE_TELEMETRY"),
            project_origins=(Origin("project", "/p.json", USER.variables),),
        ),
    ),
    "logs not exported": ("exporters", lambda: without("OTEL_LOGS_EXPORTER")),
    "metrics to the console": ("exporters", lambda: env(OTEL_METRICS_EXPORTER="console")),
    "protocol in capitals": ("protocol", lambda: env(**{PROTOCOL: "GRPC"})),
    "protocol of logs unknown": (
        "protocol",
        lambda: env(OTEL_EXPORTER_OTLP_LOGS_PROTOCOL="protobuf"),
    ),
    "managed protocol unknown": ("protocol", lambda: env("managed", **{PROTOCOL: "udp"})),
    "another host": ("endpoint", lambda: env(**{ENDPOINT: "http://otel.corp:4317"})),
    "a container's host": (
        "endpoint",
        lambda: env(**{ENDPOINT: "http://host.docker.internal:14317"}),
    ),
    "managed elsewhere": ("endpoint", lambda: env("managed", **{ENDPOINT: "http://otel.corp:1"})),
    "an endpoint left over": (
        "endpoint",
        lambda: env(OTEL_EXPORTER_OTLP_LOGS_ENDPOINT="http://127.0.0.1:4318"),
    ),
    "no scheme": ("endpoint", lambda: env(**{ENDPOINT: "localhost:14317"})),
    "https": ("endpoint", lambda: env(**{ENDPOINT: "https://127.0.0.1:14317"})),
    "a path of a signal": (
        "endpoint",
        lambda: env(**{ENDPOINT: "http://127.0.0.1:14318/v1/logs", PROTOCOL: "http/json"}),
    ),
    "an endpoint of a signal without its path": (
        "endpoint",
        lambda: replace(
            env(
                OTEL_EXPORTER_OTLP_LOGS_ENDPOINT="http://127.0.0.1:14318",
                **{ENDPOINT: "http://127.0.0.1:14318", PROTOCOL: "http/protobuf"},
            ),
            recorder=None,
        ),
    ),
    "no URL": ("endpoint", lambda: env(**{ENDPOINT: "http://:port"})),
    "a proxy": ("proxy", lambda: env("shell", HTTPS_PROXY=PROXY)),
    "a proxy for gRPC alone": (
        "proxy",
        lambda: env("shell", http_proxy=PROXY, no_grpc_proxy="corp", no_proxy="127.0.0.1"),
    ),
    "no recorder": ("recorder", lambda: replace(answered(kind="silent"), recorder=None)),
    "a recorder that is stopped": ("recorder", lambda: recording(silent=42.0)),
    "a full disk": ("recorder", lambda: recording(fault=Fault("disk_full", "The disk is full."))),
    "both ports taken": (
        "ports",
        lambda: recording(ports=[GRPC._replace(bound=False, owner=FOREIGN)]),
    ),
    "the wrong port": ("answer", lambda: answered(kind="silent")),
    "another program at the port": ("answer", lambda: answered(kind="not otlp")),
    "a receiver that hangs": ("answer", lambda: answered(kind="late")),
    "another that hangs": (
        "answer",
        lambda: answered(kind="late", address="127.0.0.1:4317"),
    ),
    "a port taken before": (
        "ports",
        lambda: replace(answered(kind="not otlp", pid=42), recorder=None),
    ),
    "a record refused": ("answer", lambda: answered(kind="refused", details="disk full")),
    "no room": ("disk", lambda: replace(WELL, free=1000)),
    "a damaged file": ("database", lambda: stored(problem=DAMAGED, reason="damaged")),
    "a file that cannot be written": ("database", lambda: replace(WELL, writable=False)),
    "a wrong clock": ("clock", lambda: stored(ahead=Ahead(3, NOW + 3600 * 10**9).sentence(NOW))),
    "a service that ended": (
        "stack",
        lambda: replace(WELL, stack=StackFacts(True, failing={"loki": "exited"})),
    ),
    "Loki away": ("stack", lambda: replace(WELL, stack=StackFacts(True, silent=("loki",)))),
    "what the client's log says": (
        "log",
        lambda: replace(WELL, client_log=ClientLog(problems={"logs": "connect ECONNREFUSED"})),
    ),
    "started before": (
        "sessions",
        lambda: replace(WELL, heard=(), unheard=(OLD,)),
    ),
    "one signal never came": ("data", lambda: stored(newest={"logs": NOW, "metrics": None})),
}

WARNINGS: dict[str, tuple[str, Callable[[], Facts]]] = {
    "an old client": ("client", lambda: replace(WELL, client_version="1.0.9")),
    "one port taken": (
        "ports",
        lambda: recording(ports=[GRPC, HTTP._replace(bound=False, owner=FOREIGN)]),
    ),
    "somebody else's server": ("answer", lambda: answered(kind="not asked", foreign=NOT_YOURS)),
    "little room": ("disk", lambda: replace(WELL, free=10**8)),
    "the clock was set": ("clock", lambda: recording(moved=Moved(3600.0, 10.0))),
    "Docker away": (
        "docker",
        lambda: replace(WELL, recorder=None, stack=StackFacts(problem=NO_DOCKER)),
    ),
    "what a project's settings are not asked for": (
        "log",
        lambda: replace(WELL, client_log=ClientLog(("logs",), {}, (IGNORED,))),
    ),
    "ports of the stack moved": (
        "moved",
        lambda: replace(
            WELL,
            stack=StackFacts(True, published={"loki": "127.0.0.1:23100"}),
            read_at={"loki": "127.0.0.1:13100"},
        ),
    ),
    "Loki behind": ("lag", lambda: replace(WELL, stack=StackFacts(True, lags={"loki": inf}))),
    "points dropped by the collector": (
        "dropped",
        lambda: replace(WELL, stack=StackFacts(True, dropped={"counters": 3})),
    ),
    "records deleted for want of room": ("dropped", lambda: recording(deleted={"oldest": 7})),
    "events missing in Loki": ("gaps", lambda: replace(WELL, stack=StackFacts(True, missed=2))),
    "one of two unheard": (
        "sessions",
        lambda: replace(WELL, unheard=(OLD, OFF)),
    ),
    "nothing typed yet": (
        "sessions",
        lambda: replace(WELL, heard=(), unheard=(QUIET,)),
    ),
    "nothing yet": ("data", lambda: stored(newest={"logs": None, "metrics": None})),
    "refusals": (
        "refused",
        lambda: recording(refused={"path": 3}, last_refusal=Refusal(1.0, "path", "POST /x.")),
    ),
    "events lost": ("gaps", lambda: stored(missed=3)),
}


@pytest.mark.parametrize(
    "variables",
    [
        {"OTEL_METRICS_EXPORTER": "console, otlp", "OTEL_LOGS_EXPORTER": " otlp ,console"},
        {"OTEL_EXPORTER_OTLP_LOGS_ENDPOINT": "", "OTEL_EXPORTER_OTLP_METRICS_PROTOCOL": " "},
        {PROTOCOL: " grpc "},
        {ENDPOINT: "http://0.0.0.0:14317"},
        {ENDPOINT: "http://[::]:14317"},
        {ENDPOINT: "http://127.0.0.1:14317/v1/metrics"},
        {
            "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT": "http://127.0.0.1:14318/v1/logs",
            ENDPOINT: "http://127.0.0.1:14318",
            PROTOCOL: "http/protobuf",
        },
    ],
)
def test_what_the_client_understands_is_no_broken_link(variables: dict[str, str]) -> None:
    """It takes lists with blanks, what is empty as not set, and by gRPC no path.

    To 0.0.0.0 and [::] it connects on this machine.
    """
    facts = env(**variables)
    checks = run_checks(facts)
    assert [check.id for check in checks if check.state not in ("ok", "skip")] == []
    assert unheard(RUNS, facts.origins, PORTS, 0).mending == "prompt"


def test_an_endpoint_of_both_that_is_no_url_is_not_where_the_rest_goes() -> None:
    """Where each signal has an endpoint of its own, nothing is sent to it."""
    of_signals = {
        f"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT": f"http://{AT}" for signal in ("LOGS", "METRICS")
    }
    facts = env(**{ENDPOINT: "http://[::1", **of_signals})
    assert RULES["endpoint"](facts).cause == "own_endpoint"


@pytest.mark.parametrize("exporters", ["otlphttp", "console,not-otlp"])
def test_an_exporter_that_is_called_alike_is_none(exporters: str) -> None:
    """Doctor, and the reason why a session is not heard, say the same of it."""
    facts = env(OTEL_LOGS_EXPORTER=exporters)
    assert RULES["exporters"](facts).cause == "no_exporter"
    assert unheard(RUNS, facts.origins, PORTS, 0).cause == "it exports no logs"


def test_where_all_is_well_nothing_fails() -> None:
    checks = run_checks(WELL)
    assert [check.id for check in checks if check.state not in ("ok", "skip")] == []
    assert document(checks)["first_failure"] is None
    assert [row["id"] for row in document(checks)["checks"]] == list(RULES)


def test_settings_that_are_not_there_are_said_to_be_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", str(tmp_path))
    file = tmp_path / "settings.json"
    found = RULES["settings"](replace(WELL, origins=tuple(read_origins({}, (), tmp_path)))).found
    assert found == f"{file}: not there"
    file.write_text("{}")
    found = RULES["settings"](replace(WELL, origins=tuple(read_origins({}, (), tmp_path)))).found
    assert found == str(file)


@pytest.mark.parametrize("name", BREAKS)
def test_the_broken_link_is_the_first_that_fails(name: str) -> None:
    link, facts = BREAKS[name]
    first = first_failure(run_checks(facts()))
    assert first is not None
    assert first.id == link
    assert first.cause
    assert first.next
    assert "{" not in first.cause + first.next
    told = json.dumps(document(run_checks(facts())))
    assert [secret for secret in SECRETS if secret in told] == []


@pytest.mark.parametrize("name", WARNINGS)
def test_what_is_no_broken_link_is_a_warning(name: str) -> None:
    link, facts = WARNINGS[name]
    checks = run_checks(facts())
    assert first_failure(checks) is None
    warned = [check for check in checks if check.state == "warn"]
    assert [check.id for check in warned] == [link]
    assert warned[0].next


@pytest.mark.parametrize("later", ["Loki away", "a wrong clock"])
@pytest.mark.parametrize("earlier", ["not switched on", "a proxy", "the wrong port"])
def test_of_two_broken_links_the_first_is_named(earlier: str, later: str) -> None:
    link, facts = BREAKS[earlier]
    broken, second = facts(), BREAKS[later][1]()
    both = replace(broken, free=second.free, stack=second.stack, stored=second.stored)
    checks = run_checks(both)
    first = first_failure(checks)
    assert first is not None
    assert first.id == link
    assert BREAKS[later][0] in [check.id for check in checks if check.state == "fail"]


@pytest.mark.parametrize(
    "heard",
    [
        replace(WELL, heard=()),
        replace(SILENT, stored=Stored(newest={"logs": None, "metrics": NOW})),
        replace(SILENT, stack=StackFacts(True, heard_ns=NOW - DAY // 2)),
    ],
)
def test_a_client_that_is_not_on_the_path_and_is_heard_is_no_broken_link(heard: Facts) -> None:
    """One in an editor, or in a container."""
    client = run_checks(replace(heard, client_path=""))[0]
    assert (client.id, client.state) == ("client", "ok")
    assert client.found.startswith("not on the PATH, but heard ")


def test_each_cause_is_met() -> None:
    met = {RULES[link](facts()).cause for link, facts in (*BREAKS.values(), *WARNINGS.values())}
    assert set(KNOWN_CAUSES) - met == set()
    assert {cause.check for cause in KNOWN_CAUSES.values()} <= set(RULES)


def test_a_value_with_a_password_is_masked() -> None:
    facts = env(**{ENDPOINT: "http://me:sesame@otel.corp:4317"})
    first = first_failure(run_checks(facts))
    assert first is not None
    assert "http://(not shown)@otel.corp:4317" in first.cause
    assert "sesame" not in repr(first)
