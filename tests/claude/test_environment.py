"""Claude Code is told where somebody listens, whichever port that is."""

import subprocess
import sys
from pathlib import Path

import pytest

from ccotel_tui.claude.environment import exports, variables
from ccotel_tui.screen.data.recorder_report import RecorderReport
from ccotel_tui.screen.format.status import first_day
from tests.cli.test_words import run
from tests.recorder.running import recorder


@pytest.mark.parametrize(
    ("endpoints", "protocol", "endpoint"),
    [
        ({}, "grpc", "http://127.0.0.1:14317"),
        ({"grpc": "127.0.0.1:9", "http": "127.0.0.1:8"}, "grpc", "http://127.0.0.1:9"),
        ({"http": "127.0.0.1:8"}, "http/protobuf", "http://127.0.0.1:8"),
        ({"grpc": "0.0.0.0:9"}, "grpc", "http://127.0.0.1:9"),
    ],
)
def test_the_endpoint_follows_the_recorder(
    endpoints: dict[str, str], protocol: str, endpoint: str
) -> None:
    environment = variables(endpoints)
    assert environment["OTEL_EXPORTER_OTLP_PROTOCOL"] == protocol
    assert environment["OTEL_EXPORTER_OTLP_ENDPOINT"] == endpoint


@pytest.mark.parametrize(
    ("protocol", "endpoint"),
    [("grpc", "http://127.0.0.1:9"), ("http", "http://127.0.0.1:9/v1/metrics")],
)
def test_a_variable_for_one_signal_leads_there_too(protocol: str, endpoint: str) -> None:
    """By HTTP the client takes the URL of one signal as it is, and adds no path to it."""
    there = {"OTEL_EXPORTER_OTLP_METRICS_ENDPOINT": "http://collector.corp:4318/v1/metrics"}
    told = variables({protocol: "127.0.0.1:9"}, there)
    assert told["OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"] == endpoint
    assert told["OTEL_EXPORTER_OTLP_ENDPOINT"] == "http://127.0.0.1:9"
    assert "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT" not in told


def test_env_leads_to_the_recorder_that_runs(tmp_path: Path) -> None:
    database = tmp_path / "telemetry.db"
    with recorder(database) as running:
        command = [sys.executable, "-m", "ccotel_tui", "env", "--db", str(database)]
        lines = subprocess.run(command, capture_output=True, text=True).stdout.splitlines()
        assert f"export OTEL_EXPORTER_OTLP_ENDPOINT=http://{running.grpc}" in lines


PROXY = "http://me:sesame@proxy.example.com:3128"
BOTH = "127.0.0.1,localhost"
NAMES = ("no_grpc_proxy", "no_proxy", "NO_PROXY")


def test_without_a_proxy_nothing_is_said_of_proxies() -> None:
    for environment in ({}, {"no_proxy": "corp.example.com"}, {"https_proxy": ""}):
        assert not any("proxy" in name.lower() for name in variables({}, environment))


@pytest.mark.parametrize(
    "name", ["http_proxy", "HTTPS_PROXY", "all_proxy", "grpc_proxy", "Http_Proxy"]
)
def test_a_proxy_is_told_to_leave_this_machine_out(name: str) -> None:
    told = variables({}, {name: PROXY})
    assert [told[each] for each in NAMES] == [BOTH] * 3


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"no_proxy": "a.example.com"}, [f"a.example.com,{BOTH}"] * 3),
        ({"NO_PROXY": "a.example.com, .b"}, [f"a.example.com, .b,{BOTH}"] * 3),
        (
            {"no_proxy": "a", "NO_PROXY": "B"},
            [f"a,{BOTH}", f"a,{BOTH}", f"B,{BOTH}"],
        ),
        ({"no_grpc_proxy": "g", "no_proxy": "n"}, [f"g,{BOTH}", f"n,{BOTH}", f"n,{BOTH}"]),
        ({"no_proxy": "LocalHost,127.0.0.1"}, ["LocalHost,127.0.0.1"] * 3),
        ({"no_proxy": "localhost a"}, ["localhost a,127.0.0.1"] * 3),
        ({"no_proxy": " ,"}, [BOTH] * 3),
    ],
)
def test_what_the_user_has_left_out_stays_so(before: dict[str, str], after: list[str]) -> None:
    told = variables({}, {"http_proxy": PROXY, **before})
    assert [told[name] for name in NAMES] == after
    again = variables({}, {"http_proxy": PROXY, **told})
    assert [again[name] for name in NAMES] == after


def test_the_recorder_s_own_address_is_left_out_too() -> None:
    told = variables({"grpc": "[::1]:9"}, {"http_proxy": PROXY})
    assert told["no_grpc_proxy"] == f"{BOTH},::1"
    assert told["OTEL_EXPORTER_OTLP_ENDPOINT"] == "http://[::1]:9"


HOSTILE = "a b;$(touch x)'\"\\\\`n`"


def test_a_shell_sets_what_was_meant() -> None:
    environment = {"http_proxy": PROXY, "no_proxy": HOSTILE}
    script = "\n".join([*exports("bash", {}, environment), 'printf %s "$no_grpc_proxy"'])
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == f"{HOSTILE},{BOTH}"
    escaped = HOSTILE.replace("\\", "\\\\").replace("'", "\\'")
    assert f"set -gx no_grpc_proxy '{escaped},{BOTH}'" in exports("fish", {}, environment)


def test_env_and_the_first_day_say_it_and_never_the_proxy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", PROXY)
    monkeypatch.setenv("NO_PROXY", "corp\x1b[31m")
    done = run("env", "--shell", "zsh", "--db", str(tmp_path / "a.db"))
    page = first_day(RecorderReport(recording=True), command="ccotel-tui").by_hand
    for name in NAMES:
        assert f"export {name}=" in done.stdout
        assert f"  {name}=corp ,{BOTH}\n" in page
    assert "sesame" not in done.stdout + page
