"""The real Docker Compose beside us, on the same project: what one makes, the other knows."""

from threading import Event

import pytest

from tests.stack.project import SERVICES, Project, ignore

pytestmark = pytest.mark.docker


def test_what_compose_made_is_taken_over_as_it_is(project: Project) -> None:
    project.compose_command("up", "-d")
    before = project.ids()
    project.up()
    assert project.ids() == before
    assert {each.health for each in project.states().values()} == {"ready"}
    project.stack.stop(ignore, Event())
    project.compose_command("start")
    project.up()
    assert project.ids() == before
    project.stack.down(ignore, Event())
    assert project.ids() == {}
    assert len(project.left()) == 4


@pytest.mark.parametrize(
    ("variable", "value", "service"),
    [
        ("CCOTEL_GRAFANA_PASSWORD", "other", "grafana"),
        ("CCOTEL_LOKI_PORT", "", "loki"),
        ("CCOTEL_GRAFANA_IMAGE", "ccotel-test/serve:1", "grafana"),
    ],
)
def test_of_what_compose_made_only_what_differs_is_replaced(
    project: Project, variable: str, value: str, service: str
) -> None:
    project.compose_command("up", "-d")
    before = project.ids()
    project.variables[variable] = value or str(int(project.variables[variable]) - 1)
    project.up()
    after = project.ids()
    assert {each for each in before if before[each] != after[each]} == {service}
    assert {each.health for each in project.states().values()} == {"ready"}


def test_compose_knows_what_we_made(project: Project) -> None:
    project.up()
    listed = project.compose_command("ps", "--format", "{{.Service}} {{.State}}")
    assert sorted(listed.split()) == sorted([*SERVICES, *["running"] * 4])
    assert "Server is ready" in project.compose_command("logs", "prometheus")
    project.compose_command("stop")
    assert {each.state for each in project.states().values()} == {"exited"}
    project.up()
    assert {each.health for each in project.states().values()} == {"ready"}
    project.compose_command("down")
    assert project.ids() == {}
    assert len(project.left()) == 4


def test_compose_up_keeps_our_volumes_and_network(project: Project) -> None:
    project.up()
    remaining = set(project.left()) - set(project.ids().values())
    project.compose_command("up", "-d")
    assert remaining == set(project.left()) - set(project.ids().values())
    project.up()
    assert {each.health for each in project.states().values()} == {"ready"}
    project.compose_command("down", "-v")
    assert project.left() == []
