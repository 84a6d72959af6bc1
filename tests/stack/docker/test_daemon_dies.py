"""A Docker engine that dies and returns: what watches goes on, and says so meanwhile."""

import gc
import shutil
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread

import pytest

from ccotel_tui.stack_control.docker import streams
from ccotel_tui.stack_control.models import LogLine, StackSnapshot
from tests.servers.servers import until
from tests.stack.daemon import Daemon, directory
from tests.stack.images import load
from tests.stack.project import Project

pytestmark = [
    pytest.mark.docker,
    # docker-py leaves the socket of a connection that failed to the garbage collector.
    pytest.mark.filterwarnings("ignore:Exception ignored in. <socket:Warning"),
]

SOON = 60.0


@pytest.fixture
def mortal(tmp_path: Path) -> Iterator[tuple[Daemon, Project]]:
    """An engine that may be killed, and a project on it."""
    place = directory()
    with Daemon(place) as running:
        load(running.url)
        project = Project("mortal", running.url, tmp_path)
        yield running, project
        project.clean()
    gc.collect()
    shutil.rmtree(place, ignore_errors=True)


def test_watch_and_logs_go_on(mortal: tuple[Daemon, Project]) -> None:
    daemon, project = mortal
    project.up()
    cancelled, seen, said = Event(), list[StackSnapshot](), list[LogLine]()

    def watch() -> None:
        seen.extend(project.stack.watch(cancelled))

    def follow() -> None:
        for batch in project.stack.logs(cancelled, tail=0, follow=True):
            said.extend(batch)

    threads = [Thread(target=watch), Thread(target=follow)]
    for thread in threads:
        thread.start()
    try:
        assert until(lambda: bool(seen), SOON)
        assert {one.health for one in seen[-1].services} == {"ready"}
        daemon.kill()
        assert until(lambda: "Docker is not running" in seen[-1].trouble, SOON)
        assert {one.state for one in seen[-1].services} == {"running"}
        assert until(lambda: any("Reconnecting" in line.text for line in said), SOON)
        assert {line.service for line in said} == {""}
        daemon.start()
        assert until(lambda: not seen[-1].trouble, SOON)
        project.up()
        assert until(lambda: {one.health for one in seen[-1].services} == {"ready"}, SOON)
        project.docker("restart", project.ids()["grafana"])
        assert until(lambda: any(line.service == "grafana" for line in said), SOON)
    finally:
        cancelled.set()
        for thread in threads:
            thread.join()


def test_a_death_is_seen_at_once_and_not_at_the_next_look(
    mortal: tuple[Daemon, Project], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "SERVICES_POLL_INTERVAL", 3_600.0)
    _, project = mortal
    project.up()
    cancelled, seen = Event(), list[StackSnapshot]()
    thread = Thread(target=lambda: seen.extend(project.stack.watch(cancelled)))
    thread.start()
    try:
        assert until(lambda: bool(seen), SOON)
        project.docker("kill", project.ids()["grafana"])
        assert until(lambda: seen[-1].services[-1].state == "exited", SOON)
        assert seen[-1].services[-1].exit_code == 137
    finally:
        cancelled.set()
        thread.join()
