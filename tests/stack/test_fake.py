"""The stack while the engine, its containers or another process change beside it.

On the fake engine, which changes when a test wants it to.
"""

import gc
import os
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from threading import Event, Thread

import pytest

from ccotel_tui.errors import AnothersStack, Cancelled, NotReady, StackFileUnusable
from ccotel_tui.stack_control import inspect, up
from ccotel_tui.stack_control.container_spec import OWNER, VERSION
from ccotel_tui.stack_control.docker import streams
from ccotel_tui.stack_control.docker.host import DockerHost
from ccotel_tui.stack_control.models import Progress
from ccotel_tui.stack_control.stack import Stack
from tests.stack.images import MUTE
from tests.stack.project import Project, ignore
from tests.stack_control.fake_engine import FakeEngine
from tests.tools.handover import NoHandover


@pytest.fixture
def project(fake_project: Project) -> Project:
    return fake_project


def test_up_follows_the_order_of_the_file_and_stop_the_reverse(project: Project) -> None:
    project.up()
    started = [each.service for each in project.said if each.step == "starting"]
    assert set(started[:2]) == {"prometheus", "loki"}
    assert started[2:] == ["otel-collector", "grafana"]
    stopped: list[Progress] = []
    project.stack.stop(stopped.append, Event())
    names = [each.service for each in stopped if each.step == "stopping"]
    assert set(names[:2]) == {"grafana", "otel-collector"}
    assert set(names[2:]) == {"prometheus", "loki"}


def test_a_pull_tells_layers_and_bytes(project: Project) -> None:
    project.up(services=["loki"])
    last = [each for each in project.said if each.step == "pulling"][-1]
    [image] = [each.image for each in project.compose.services if each.name == "loki"]
    assert last == Progress("pulling", "loki", image, layers_done=2, layers=2, received=5_000)


def test_an_engine_whose_ports_neighbours_reach_is_warned_of(
    project: Project, fake_engine: FakeEngine
) -> None:
    old = {"Name": "Engine", "Version": "27.5.1"}
    fake_engine.version = (200, {"ApiVersion": "1.41", "Os": "linux", "Components": [old]})
    project.up()
    [warning] = [
        each.text for each in project.said if "127.0.0.1" in each.text and not each.service
    ]
    assert warning.startswith("Docker 27.5.1 lets machines of the local network reach ports")


def test_a_service_that_never_answers(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    project.up()
    monkeypatch.setattr(up, "READY_TIMEOUT", 0.0)
    project.variables["CCOTEL_GRAFANA_IMAGE"] = MUTE
    with pytest.raises(NotReady) as caught:
        project.up(services=["grafana"])
    assert str(caught.value) == (
        "grafana is not ready after 0 s: "
        f"http://127.0.0.1:{project.ports['GRAFANA']}/api/health does not answer 200: "
        "see ccotel-tui stack logs grafana. Last log lines: fake-grafana-1 starts"
    )
    assert project.states()["grafana"].health == "starting"
    monkeypatch.setattr(inspect, "LISTEN_TIMEOUT", 0.0)
    assert project.states()["grafana"].health == "unreachable"


def test_what_compose_made_is_kept_where_it_is_as_the_file_says(
    project: Project, fake_engine: FakeEngine
) -> None:
    project.up()
    before = project.ids()
    for container in fake_engine.project.containers.values():
        container.labels[VERSION] = "2.40.0"
    project.up()
    assert project.ids() == before
    project.variables["CCOTEL_GRAFANA_PASSWORD"] = "other"
    project.up()
    after = project.ids()
    assert {name for name in before if after[name] != before[name]} == {"grafana"}


def test_a_stack_of_another_user_is_left_alone(
    project: Project, fake_engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.up()
    before = project.ids()
    monkeypatch.setattr(os, "getuid", lambda: 4242)
    procedures: tuple[Callable[[], None], ...] = (
        project.up,
        lambda: project.stack.down(ignore, Event()),
        lambda: project.stack.stop(ignore, Event()),
        lambda: project.stack.restart(ignore, NoHandover(), Event()),
        lambda: project.stack.clean(ignore, Event()),
    )
    for procedure in procedures:
        with pytest.raises(AnothersStack, match=f"{project.name} on this Docker engine belongs to"):
            procedure()
    assert project.ids() == before
    # What is left of it, its data, is as little another one's.
    fake_engine.project.containers.clear()
    fake_engine.project.networks.clear()
    with pytest.raises(AnothersStack):
        project.up()


@pytest.mark.parametrize("label", [None, "", "nobody", "-1"])
def test_a_stack_that_names_no_user_is_whoever_s_asks(
    project: Project, fake_engine: FakeEngine, monkeypatch: pytest.MonkeyPatch, label: str | None
) -> None:
    project.up()
    made = fake_engine.project
    for labels in (
        *(container.labels for container in made.containers.values()),
        *(each["Labels"] for each in (*made.networks.values(), *made.volumes.values())),
    ):
        del labels[OWNER]
        if label is not None:
            labels[OWNER] = label
    before = project.ids()
    monkeypatch.setattr(os, "getuid", lambda: 4242)
    project.up()
    assert project.ids() == before


def test_root_may_change_every_stack(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getuid", lambda: 4242)
    project.up()
    monkeypatch.setattr(os, "getuid", lambda: 0)
    project.stack.down(ignore, Event())
    assert not project.ids()


def test_a_network_made_twice_is_left_once(project: Project, fake_engine: FakeEngine) -> None:
    project.up()
    with project.api() as engine:
        [network] = engine.networks()
        engine.create_network(network["Name"], labels=network["Labels"])
    project.up()
    assert [*fake_engine.project.networks] == [network["Id"]]


def test_a_second_start_waits_for_the_first(project: Project) -> None:
    waits, second = Event(), list[Thread]()

    def first_step(_: Progress) -> None:
        if not second:
            second.append(Thread(target=project.stack.up, args=(waited, NoHandover(), Event())))
            second[0].start()
            assert waits.wait(20)

    def waited(progress: Progress) -> None:
        if progress.step == "waiting":
            waits.set()

    project.stack.up(first_step, NoHandover(), Event())
    second[0].join()
    assert {each.health for each in project.states().values()} == {"ready"}


def test_one_that_waits_can_be_stopped(project: Project) -> None:
    cancelled, steps = Event(), list[Progress]()

    def give_up(progress: Progress) -> None:
        steps.append(progress)
        cancelled.set()

    def first_step(_: Progress) -> None:
        if not steps:
            with pytest.raises(Cancelled, match="before anything was done"):
                project.stack.up(give_up, NoHandover(), cancelled)

    project.stack.up(first_step, NoHandover(), Event())
    assert [each.step for each in steps] == ["waiting"]


@pytest.mark.parametrize("suffix", [".lock", ".password"])
def test_a_file_of_its_own_that_is_none_is_named(project: Project, suffix: str) -> None:
    """As one that root made, and another user may not open."""
    path = project.directory / f"own{suffix}"
    path.mkdir()
    stack = Stack(project.compose, DockerHost(project.url, "test"), path.with_suffix(".lock"))
    with closing(stack), pytest.raises(StackFileUnusable) as caught:
        stack.up(ignore, NoHandover(), Event())
    assert str(caught.value).startswith(f"{path} cannot be used: it is a folder.")


def test_a_generated_password_is_kept_until_clean(project: Project) -> None:
    project.stack.up(ignore, NoHandover(), Event(), new_password=True)
    [password] = project.stack.grafana_passwords
    assert len(password) > 20
    project.stack.clean(ignore, Event())
    assert project.stack.grafana_passwords == []


def test_watch_sees_what_an_event_tells_of(
    project: Project, fake_engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "SERVICES_POLL_INTERVAL", 60.0)
    project.up()
    cancelled = Event()
    given_up = threading.Timer(30.0, cancelled.set)
    given_up.start()
    for seen in project.stack.watch(cancelled):
        loki = seen.services[2]
        assert fake_engine.project.watched.wait(20)
        if loki.state == "exited":
            cancelled.set()
        else:
            with project.api() as engine:
                engine.kill("fake-loki-1")
    given_up.cancel()
    assert (loki.exit_code, loki.last_words) == (137, ("fake-loki-1 starts",))


# docker-py leaves the socket of a connection that failed to the garbage collector.
@pytest.mark.filterwarnings("ignore:Exception ignored in. <socket:Warning")
def test_watch_keeps_what_it_saw_while_the_engine_is_away_and_goes_on(
    project: Project, fake_engine: FakeEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("_UNREADY_POLL_INTERVAL", "_RECONNECT_DELAY", "_PAUSE"):
        monkeypatch.setattr(streams, name, 0.02)
    project.up()
    cancelled = Event()
    seen = project.stack.watch(cancelled)
    services = next(seen).services
    fake_engine.stop()
    away = next(each for each in seen if each.trouble)
    assert "Docker is not running" in away.trouble
    assert away.trouble.endswith("Reconnecting.")
    assert [each.service for each in away.services] == [each.service for each in services]
    with FakeEngine(tmp_path) as anew:
        back = next(each for each in seen if not each.trouble)
        assert anew.project.watched.wait(20)
        cancelled.set()
        assert next(seen, None) is None
    assert {each.state for each in back.services} == {"absent"}
    gc.collect()


def test_followed_logs_go_on_through_a_restart_without_gap_or_repetition(
    project: Project, fake_engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "_RECONNECT_DELAY", 0.02)
    project.up()
    cancelled, texts = Event(), list[str]()
    actions = {
        "fake-grafana-1 starts": lambda: fake_engine.project.write("fake-grafana-1", "first"),
        "first": lambda: project.stack.restart(ignore, NoHandover(), Event(), ["grafana"]),
        "first, fake-grafana-1 starts": cancelled.set,
    }
    for batch in project.stack.logs(cancelled, ["grafana"], follow=True):
        texts += [line.text for line in batch]
        for after in [", ".join(texts[-2:]), texts[-1]]:
            if after in actions:
                actions.pop(after)()
                break
    assert texts == ["fake-grafana-1 starts", "first", "fake-grafana-1 starts"]


def test_logs_begin_where_they_are_wanted(project: Project, fake_engine: FakeEngine) -> None:
    project.up()
    for number in range(3):
        fake_engine.project.write("fake-loki-1", f"line {number}")
    [few] = project.stack.logs(Event(), ["loki"], 2)
    assert [line.text for line in few] == ["line 1", "line 2"]


def test_a_container_that_ends_is_told_with_its_status_and_its_last_words(
    project: Project,
) -> None:
    def kill(progress: Progress) -> None:
        if (progress.step, progress.service) == ("ready", "prometheus"):
            with project.api() as engine:
                engine.kill("fake-loki-1")

    project.variables["CCOTEL_LOKI_IMAGE"] = MUTE
    with pytest.raises(NotReady) as caught:
        project.stack.up(kill, NoHandover(), Event())
    assert str(caught.value) == (
        "loki exited (137): see ccotel-tui stack logs loki. Last log lines: fake-loki-1 starts"
    )


@pytest.mark.parametrize("change", ["stop", "disconnect", "remove"])
def test_what_somebody_else_changes_meanwhile_is_looked_at_again(
    project: Project, change: str
) -> None:
    """A service that ran before is stopped while `up` waits for the others."""
    changed = Event()

    def interfere(progress: Progress) -> None:
        if (progress.step, progress.service) == ("ready", "prometheus") and not changed.is_set():
            changed.set()
            with project.api() as engine:
                if change == "stop":
                    engine.stop("fake-grafana-1")
                elif change == "remove":
                    engine.remove_container("fake-grafana-1", force=True)
                else:
                    engine.disconnect_container_from_network("fake-grafana-1", "fake_default")

    project.up()
    project.stack.up(interfere, NoHandover(), Event())
    assert changed.is_set()
    assert {each.health for each in project.states().values()} == {"ready"}


@pytest.mark.parametrize("name", ["fake_default", "fake-loki-1"])
def test_what_the_engine_still_makes_for_a_start_that_was_killed_is_looked_at_again(
    project: Project, fake_engine: FakeEngine, name: str
) -> None:
    fake_engine.project.making.add(name)
    project.up()
    assert fake_engine.project.making == set()
    assert {each.health for each in project.states().values()} == {"ready"}


@pytest.mark.filterwarnings("ignore:Exception ignored in. <socket:Warning")
def test_followed_logs_say_that_the_engine_is_away(
    project: Project, fake_engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "_RECONNECT_DELAY", 0.02)
    project.up()
    cancelled, texts = Event(), list[str]()
    threads = set(threading.enumerate())
    for batch in project.stack.logs(cancelled, ["loki"], follow=True):
        texts += [line.text for line in batch]
        if len(texts) == 1:
            fake_engine.stop()
        else:
            cancelled.set()
    assert texts[0] == "fake-loki-1 starts"
    assert texts[1].startswith("Docker is not running")
    assert texts[1].endswith("Reconnecting.")
    # The sockets that could not connect go with the threads that tried.
    for thread in set(threading.enumerate()) - threads:
        thread.join()
    gc.collect()
