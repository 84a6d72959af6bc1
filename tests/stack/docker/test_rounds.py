"""Races that must converge, in many rounds: two starts at once, a start that is killed."""

import random
import signal
import subprocess
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from docker import APIClient

from tests.stack.images import SERVE
from tests.stack.project import SERVICES, Project, ignore

pytestmark = pytest.mark.docker

ROUNDS = 20
LONGEST = 2.0
"""Seconds after which `up` is killed at the latest: about as long as it takes."""


def start(project: Project) -> subprocess.Popen[str]:
    return subprocess.Popen(
        project.words("up"), env=project.environment, stderr=subprocess.PIPE, text=True
    )


def test_two_starts_at_once(project: Project) -> None:
    for _ in range(ROUNDS):
        two = [start(project), start(project)]
        with ThreadPoolExecutor() as pool:
            said = list(pool.map(lambda one: one.communicate()[1], two))
        assert [one.returncode for one in two] == [0, 0], "\n".join(said)
        assert sorted(project.ids()) == sorted(SERVICES)
        assert {one.health for one in project.states().values()} == {"ready"}
        assert sum("works on this stack" in one for one in said) == 1, said
        project.stack.down(ignore, Event())


def test_a_start_that_is_killed_at_any_moment_is_completed_by_the_next(project: Project) -> None:
    moments = random.Random(4)
    for _ in range(ROUNDS):
        killed = start(project)
        try:
            killed.wait(moments.uniform(0.1, LONGEST))
        except subprocess.TimeoutExpired:
            killed.send_signal(signal.SIGKILL)
        killed.communicate()
        project.up()
        assert sorted(project.ids()) == sorted(SERVICES)
        assert {one.health for one in project.states().values()} == {"ready"}
        project.stack.down(ignore, Event())
        assert project.ids() == {}


def test_a_down_that_is_killed_is_completed_by_up_or_down(project: Project) -> None:
    moments = random.Random(5)
    for turn in range(ROUNDS // 2):
        project.up()
        killed = subprocess.Popen(
            project.words("down"), env=project.environment, stderr=subprocess.DEVNULL
        )
        try:
            killed.wait(moments.uniform(0.2, 1.0))
        except subprocess.TimeoutExpired:
            killed.send_signal(signal.SIGKILL)
        killed.wait()
        if turn % 2:
            project.stack.down(ignore, Event())
            assert project.ids() == {}
        else:
            project.up()
            assert {one.health for one in project.states().values()} == {"ready"}


def test_ctrl_c_ends_a_start_with_a_sentence_and_the_next_goes_on(project: Project) -> None:
    stopped = start(project)
    assert stopped.stderr is not None
    for line in stopped.stderr:
        if "creating" in line:
            stopped.send_signal(signal.SIGINT)
            break
    _, said = stopped.communicate()
    assert stopped.returncode == 1
    assert "Stopped half-way: up resumes from here." in said
    assert "Traceback" not in said
    project.up()


def test_a_network_that_is_there_twice(project: Project) -> None:
    project.up(services=["loki"])
    label = f"com.docker.compose.project={project.name}"
    client = APIClient(base_url=project.url, version="auto")
    client.create_network(
        f"{project.name}_default", labels=dict([label.split("=")]), check_duplicate=False
    )
    client.close()
    project.up()
    assert {one.health for one in project.states().values()} == {"ready"}
    names = project.docker("network", "ls", "--filter", f"label={label}", "--format", "{{.Name}}")
    assert names == f"{project.name}_default"


def test_a_half_made_stack(project: Project) -> None:
    project.up(services=["loki"])
    project.docker("volume", "create", f"{project.name}_none")
    project.docker(
        "run", "-d", "--name", f"{project.name}-prometheus-1",
        "--label", f"com.docker.compose.project={project.name}",
        "--label", "com.docker.compose.service=prometheus", SERVE,
    )  # fmt: skip
    loki = project.ids()["loki"]
    project.up()
    assert {one.health for one in project.states().values()} == {"ready"}
    assert project.ids()["loki"] == loki
    project.docker("volume", "rm", f"{project.name}_none")
