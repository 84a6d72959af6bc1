"""Servers are told apart by what they answer: real ones, and others as their sources have it."""

import json
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from ccotel_tui.doctor.facts import Facts, MetricsServer
from ccotel_tui.doctor.machine.metrics_server import metrics_server
from ccotel_tui.doctor.rules import run_checks
from ccotel_tui.network.address import address
from ccotel_tui.query.stack.backend import stack_is_ready
from tests.cli.test_words import run
from tests.query.faults import FAULTS
from tests.query.stub import Request, Stub, well
from tests.servers.servers import Prometheus, VictoriaMetrics, free_port
from tests.servers.thanos import Thanos

MIMIR = {
    "application": "Grafana Mimir",
    "version": "3.1.2",
    "revision": "a3d6c90f25",
    "branch": "HEAD",
    "goVersion": "go1.26.5",
    "features": {"ruler_config_api": "true", "alertmanager_config_api": "true"},
}
"""pkg/util/version/info_handler.go of Mimir."""
PROMETHEUS = {
    "version": "2.53.0",
    "revision": "4c35b9250afefede41c5f5acd76191f90f625898",
    "branch": "HEAD",
    "buildUser": "root@b",
    "buildDate": "20240619-07:39:12",
    "goVersion": "go1.22.4",
}
BUILD = "/api/v1/status/buildinfo"


@pytest.fixture
def stub() -> Iterator[Stub]:
    with Stub() as stub:
        yield stub


def answering(stub: Stub, answers: Mapping[str, object]) -> None:
    """Have it answer these at their paths, and 404 elsewhere."""

    def behave(request: Request) -> None:
        if request.path in answers:
            request.say(200, json.dumps(answers[request.path]).encode())
        else:
            request.say(404, b"404 page not found")

    stub.behave = behave


def built(data: object) -> dict[str, object]:
    return {BUILD: {"status": "success", "data": data}}


@pytest.mark.servers
@pytest.mark.parametrize(
    ("server", "name", "number"),
    [
        (Prometheus, "Prometheus", "3."),
        (VictoriaMetrics, "VictoriaMetrics", "v1."),
        (Thanos, "Thanos", "0."),
    ],
)
def test_a_real_server_is_known_with_its_version(
    server: Callable[[Path], AbstractContextManager[Prometheus | VictoriaMetrics | Thanos]],
    name: str,
    number: str,
    tmp_path: Path,
) -> None:
    with server(tmp_path / "server") as running:
        known = metrics_server(address(running.url))
        at = running.url.removeprefix("http://")
        [row] = [
            row
            for row in json.loads(run("doctor", "--json", "--prometheus-url", running.url).stdout)[
                "checks"
            ]
            if row["id"] == "metrics"
        ]
    assert (known.at, known.name) == (at, name)
    assert known.version.startswith(number)
    assert row["state"] == "ok"
    assert row["found"].startswith(f"{name} {known.version} at {at}")


@pytest.mark.parametrize(
    ("answers", "name", "version"),
    [
        (built(MIMIR), "Grafana Mimir", "3.1.2"),
        (built(PROMETHEUS), "Prometheus", "2.53.0"),
        (
            built({**PROMETHEUS, "version": "0.36.0"})
            | {"/api/v1/stores": {"status": "success", "data": {}}},
            "Thanos",
            "0.36.0",
        ),
        (built({"version": "2.24.0"}), "VictoriaMetrics", ""),
        (built({"application": "Elasticsearch", "version": "9.4"}), "Elasticsearch", "9.4"),
        ({}, "", ""),
        (built([]), "", ""),
        (built({"application": 7, "version": ["x"]}), "", ""),
        ({BUILD: "x"}, "", ""),
    ],
)
def test_others_are_known_by_the_form_of_their_answers(
    stub: Stub, answers: Mapping[str, object], name: str, version: str
) -> None:
    answering(stub, answers)
    known = metrics_server(address(stub.url))
    assert known == MetricsServer(f"127.0.0.1:{stub.port}", name, version)


def test_a_mimir_of_grafana_cloud_is_known_by_its_address(
    stub: Stub, monkeypatch: pytest.MonkeyPatch
) -> None:
    answering(stub, {f"/api/prom{path}": answer for path, answer in built(MIMIR).items()})
    host = "prometheus-prod-01-eu-west-0.grafana.net"
    monkeypatch.setattr("socket.getaddrinfo", resolves_here(stub.port))
    assert metrics_server(address(f"http://{host}:{stub.port}/api/prom")) == MetricsServer(
        f"{host}:{stub.port}", "Grafana Cloud (Mimir)", "3.1.2"
    )


def resolves_here(port: int) -> Callable[..., object]:
    def getaddrinfo(*_: object, **__: object) -> object:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    return getaddrinfo


@pytest.mark.parametrize("fault", [fault for fault in FAULTS if fault not in ("hangs", "drips")])
def test_a_server_that_fails_tells_nothing(stub: Stub, fault: str) -> None:
    stub.behave, _ = FAULTS[fault]
    assert metrics_server(address(stub.url)).name == ""


def test_nobody_there_tells_nothing() -> None:
    assert metrics_server(address(f"http://127.0.0.1:{free_port()}")).name == ""


def test_what_a_server_says_is_no_command_to_a_terminal_and_has_an_end(stub: Stub) -> None:
    hostile = "\x1b[2J\u202e" + "9" * 10_000
    answering(stub, built({"application": hostile, "version": hostile}))
    done = run("doctor", "--prometheus-url", f"http://me:sesame@127.0.0.1:{stub.port}")
    [line] = [line for line in done.stdout.splitlines() if "metrics" in line]
    assert line.isprintable()
    assert len(line) < 150
    assert "sesame" not in done.stdout


def test_headers_go_with_it(stub: Stub) -> None:
    run("doctor", CCOTEL_PROMETHEUS_URL=stub.url, CCOTEL_HEADER="X-Scope-OrgID: team")
    assert BUILD in stub.paths
    assert {headers.get("X-Scope-OrgID") for headers in stub.headers} == {"team"}


@pytest.mark.parametrize(
    ("server", "found"),
    [
        (None, "no server was named, and no stack runs here"),
        (MetricsServer("a:1"), "a:1 does not tell which server it is"),
        (MetricsServer("a:1", "Grafana Mimir", "3.1.2"), "Grafana Mimir 3.1.2 at a:1"),
        (MetricsServer("a:1", "VictoriaMetrics"), "VictoriaMetrics at a:1"),
        (
            MetricsServer("a:1", "Thanos", "0.42.4"),
            "Thanos 0.42.4 at a:1; it leaves out what a store holds that does not answer, and "
            "panels say so",
        ),
    ],
)
def test_doctor_says_which_it_is_and_what_it_does_otherwise(
    server: MetricsServer | None, found: str
) -> None:
    [check] = [check for check in run_checks(Facts(metrics_server=server)) if check.id == "metrics"]
    assert (check.found, check.state) == (found, "ok" if server and server.name else "skip")


@pytest.mark.parametrize("ready", [True, False])
def test_a_server_without_a_path_for_readiness_is_ready_if_it_tells_its_version(
    stub: Stub, ready: bool
) -> None:
    """Mimir has none below its prefix."""
    loki = {"/loki/api/v1/status/buildinfo": {"version": "3.7.6"}}
    answering(stub, (built(MIMIR) if ready else {}) | loki)
    assert stack_is_ready(stub.url, stub.url) is ready
    stub.behave = well
    assert stack_is_ready(stub.url, stub.url)
