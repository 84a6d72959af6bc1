"""Up, down, restart, status, logs and clean: on a fake engine, and on a real one.

The real one has the real servers. `make test` runs the fake one alone.
"""

import json
import os
import signal
import urllib.request
from threading import Event

import pytest

from ccotel_tui.stack_control.docker.engine import PROJECT, SERVICE
from tests.servers.servers import status, until
from tests.stack.images import MUTE, TALK
from tests.stack.project import SERVICES, Project, ignore

SOON = 30.0


@pytest.fixture
def project(either_project: Project) -> Project:
    return either_project


class Handover:
    """Notes what is asked of it, and whether the collector's port was free then."""

    def __init__(self, project: Project) -> None:
        self.asked: list[str] = []
        self._url = f"http://127.0.0.1:{project.ports['HEALTH']}/"

    def release(self) -> None:
        self.asked.append(f"release, collector answers {status(self._url)}")

    def take_back(self) -> None:
        self.asked.append(f"take back, collector answers {status(self._url)}")

    def done(self) -> None:
        self.asked.append(f"done, collector answers {status(self._url)}")


def test_up_answers_on_every_port_when_it_returns(project: Project) -> None:
    handover = Handover(project)
    project.up(handover)
    for port, path in (
        ("PROMETHEUS", "-/ready"),
        ("LOKI", "ready"),
        ("GRAFANA", "api/health"),
        ("HEALTH", ""),
        ("EXPORTER", "metrics"),
    ):
        assert status(f"http://127.0.0.1:{project.ports[port]}/{path}") == 200
    request = urllib.request.Request(
        f"http://127.0.0.1:{project.ports['OTLP_HTTP']}/v1/metrics",
        data=b"",
        headers={"Content-Type": "application/x-protobuf"},
    )
    with urllib.request.urlopen(request, timeout=5) as answer:
        assert answer.status == 200
    assert handover.asked == ["release, collector answers 0", "done, collector answers 200"]


def test_the_collector_starts_when_what_it_needs_is_ready_and_grafana_then(
    project: Project,
) -> None:
    project.up()
    order = [(each.step, each.service) for each in project.said]
    start = order.index(("starting", "otel-collector"))
    assert all(order.index(("ready", each)) < start for each in ("prometheus", "loki"))
    # Its image alone may take minutes.
    assert order.index(("ready", "otel-collector")) < order.index(("creating", "grafana"))
    assert order[order.index(("releasing", "otel-collector")) + 1] == ("starting", "otel-collector")


def test_status_tells_what_the_engine_and_the_services_say(project: Project) -> None:
    assert {each.state for each in project.states().values()} == {"absent"}
    project.up()
    states = project.states()
    assert tuple(states) == SERVICES
    for each in states.values():
        assert (each.state, each.health, each.restarts, each.oom) == ("running", "ready", 0, False)
        assert each.uptime_s is not None
        assert each.uptime_s >= 0
        assert each.memory
        assert each.memory_limit in (512 * 1024**2, 1024**3)
        assert each.cpu is not None
        assert each.exit_code is None
    assert states["loki"].ports == (f"127.0.0.1:{project.ports['LOKI']}",)


def test_up_of_what_is_up_does_nothing(project: Project) -> None:
    project.up()
    before = project.ids()
    handover = Handover(project)
    project.up(handover)
    assert project.ids() == before
    assert handover.asked == []
    assert not project.steps() & {"creating", "starting", "replacing"}


def test_down_keeps_what_was_kept_and_clean_does_not(project: Project) -> None:
    project.up()
    project.stack.down(ignore, Event())
    assert sorted(project.left()) == sorted(
        f"{project.name}_{name}"
        for name in ("collector-queue", "prometheus-data", "loki-data", "grafana-data")
    )
    project.up()
    left = [each.name for each in project.stack.clean_list()]
    assert len(left) == 4 + 1 + 4
    project.stack.clean(ignore, Event())
    assert project.left() == []


@pytest.mark.docker
def test_clean_leaves_another_project_and_strangers_alone(real_project: Project) -> None:
    real_project.docker("volume", "create", "stranger")
    real_project.docker("network", "create", "stranger")
    real_project.docker("run", "-d", "--name", "stranger", MUTE)
    try:
        real_project.up()
        real_project.stack.clean(ignore, Event())
        assert real_project.docker("inspect", "-f", "{{.State.Running}}", "stranger") == "true"
        assert "stranger" in real_project.docker("volume", "ls", "-q").split()
        assert "stranger" in real_project.docker("network", "ls", "--format", "{{.Name}}").split()
    finally:
        real_project.docker("rm", "-f", "stranger")
        real_project.docker("volume", "rm", "stranger")
        real_project.docker("network", "rm", "stranger")


def test_restart_takes_changed_settings_and_hands_the_ports_over(project: Project) -> None:
    project.up()
    before = project.ids()
    project.variables["CCOTEL_GRAFANA_PASSWORD"] = "other"
    handover = Handover(project)
    project.stack.restart(project.said.append, handover, Event())
    after = project.ids()
    assert {each for each in before if before[each] != after[each]} == {"grafana"}
    assert handover.asked == ["release, collector answers 0", "done, collector answers 200"]
    assert {each.health for each in project.states().values()} == {"ready"}


def test_restart_of_one_leaves_the_others(project: Project) -> None:
    project.up()
    before = project.states()
    project.stack.restart(ignore, Handover(project), Event(), ["loki"])
    after = project.states()
    assert (after["loki"].uptime_s or 0) < (after["prometheus"].uptime_s or 0)
    assert (after["prometheus"].uptime_s or 0) > (before["prometheus"].uptime_s or 0)


def test_stop_and_up_go_on_with_the_same_containers(project: Project) -> None:
    project.up()
    before = project.ids()
    project.stack.stop(ignore, Event())
    states = project.states()
    assert {each.state for each in states.values()} == {"exited"}
    assert states["prometheus"].exit_code == 0
    project.up()
    assert project.ids() == before


@pytest.mark.docker
@pytest.mark.parametrize("service", ["prometheus", "otel-collector"])
def test_a_killed_container_is_back_by_itself_and_status_counts_it(
    real_project: Project, service: str
) -> None:
    real_project.up()
    pid = real_project.docker("inspect", "-f", "{{.State.Pid}}", real_project.ids()[service])
    os.kill(int(pid), signal.SIGKILL)
    assert until(lambda: real_project.states()[service].restarts == 1, SOON)
    assert until(lambda: real_project.states()[service].health == "ready", SOON)


def test_up_brings_back_what_was_killed_paused_and_removed(project: Project) -> None:
    project.up()
    ids = project.ids()
    with project.api() as engine:
        engine.kill(ids["prometheus"])
        engine.pause(ids["grafana"])
        engine.remove_container(ids["loki"], force=True)
    project.up()
    assert {each.health for each in project.states().values()} == {"ready"}


def test_up_goes_on_with_a_network_that_was_removed_meanwhile(project: Project) -> None:
    project.up()
    project.stack.stop(ignore, Event())
    with project.api() as engine:
        engine.remove_network(f"{project.name}_default")
    project.up()
    assert {each.health for each in project.states().values()} == {"ready"}


def test_logs_of_all_are_in_the_order_of_their_times(project: Project) -> None:
    project.up()
    lines = [line for batch in project.stack.logs(Event(), tail=None) for line in batch]
    # Loki warns of nothing where it starts well.
    assert {line.service for line in lines} >= set(SERVICES) - {"loki"}
    assert [line.time for line in lines] == sorted(line.time for line in lines)
    few = [line for batch in project.stack.logs(Event(), ["prometheus"], 2) for line in batch]
    assert few == [line for line in lines if line.service == "prometheus"][-2:]


@pytest.mark.docker
def test_followed_logs_go_on_through_a_restart_without_gap_or_repetition(
    real_project: Project,
) -> None:
    labels = (f"{PROJECT}={real_project.name}", f"{SERVICE}=grafana")
    container = real_project.docker(
        "run", "-d", *(word for each in labels for word in ("--label", each)), TALK
    )
    cancelled, texts, restarted = Event(), list[str](), False
    for batch in real_project.stack.logs(cancelled, ["grafana"], None, follow=True):
        texts += [line.text for line in batch]
        if not restarted and len(texts) > 10:
            restarted = True
            real_project.docker("restart", "-t", "0", container)
        if texts.count("line 5") == 2:
            cancelled.set()
    again = texts.index("line 0", 1)
    assert texts[:again] == [f"line {number}" for number in range(again)]
    assert texts[again:] == [f"line {number}" for number in range(len(texts) - again)]


def test_words(project: Project) -> None:
    absent = project.run("status")
    assert absent.returncode == 1
    assert [line.split()[:3] for line in absent.stdout.splitlines()[1:]] == [
        [service, "not", "created"] for service in SERVICES
    ]
    up = project.run("up")
    assert up.returncode == 0, up.stderr
    assert up.stdout == f"Grafana: http://127.0.0.1:{project.ports['GRAFANA']}\n"
    assert "loki ready" in up.stderr
    assert "otel-collector taking over OTLP ports\n" in up.stderr
    with project.api() as engine:
        version = engine.version()["Version"]
    warned = f"Docker {version} lets machines of the local network reach ports" in up.stderr
    assert warned == (int(version.split(".")[0]) < 28)
    done = project.run("status", "--json")
    assert done.returncode == 0
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(row["service"], row["health"]) for row in rows] == [
        (each, "ready") for each in SERVICES
    ]
    assert "prometheus | " in project.run("logs", "prometheus", "--tail", "all").stdout
    asked = project.run("clean")
    assert asked.returncode == 2
    assert "This will be permanently deleted:" in asked.stderr
    assert "pass --yes" in asked.stderr
    assert f"{project.name}_loki-data" in asked.stderr
    assert len(project.ids()) == 4
    assert project.run("clean", "--yes").returncode == 0
    assert project.left() == []
    assert project.run("clean").stderr == "Nothing to remove.\n"
    assert project.run("logs", "nope").returncode == 2
    assert project.run("down").returncode == 0
