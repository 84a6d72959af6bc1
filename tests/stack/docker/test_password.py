"""Grafana's generated password, on a real engine; a stand-in keeps it where Grafana does."""

import base64
import urllib.error
import urllib.request

import pytest

from tests.stack.project import Project

pytestmark = pytest.mark.docker


def let_in(project: Project, password: str) -> bool:
    login = base64.b64encode(f"admin:{password}".encode()).decode()
    request = urllib.request.Request(
        f"http://127.0.0.1:{project.ports['GRAFANA']}/api/user",
        headers={"Authorization": f"Basic {login}"},
    )
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return bool(answer.status == 200)
    except urllib.error.HTTPError:
        return False


def shown(project: Project) -> str:
    """The password that `stack status` shows."""
    [line] = [
        line for line in project.run("status").stdout.splitlines() if line.startswith("Grafana:")
    ]
    return line.removeprefix("Grafana: user admin, password ")


def test_it_is_generated_shown_by_status_alone_and_kept(project: Project) -> None:
    up = project.run("up", "grafana", "--new-password")
    assert up.returncode == 0, up.stderr
    password = shown(project)
    assert let_in(project, password)
    assert not let_in(project, "admin")
    inspected = project.docker("inspect", project.ids()["grafana"])
    logs = project.docker("logs", project.ids()["grafana"])
    for text in (up.stdout, up.stderr, inspected, logs, project.run("status", "--json").stdout):
        assert password not in text
    [file] = project.directory.rglob("stack-*.password")
    assert file.stat().st_mode & 0o777 == 0o600

    again = project.run("up", "grafana", "--new-password")
    assert again.returncode == 0, again.stderr
    assert not let_in(project, password)
    assert let_in(project, shown(project))


def test_a_volume_made_anew_gets_it_and_clean_forgets_it(project: Project) -> None:
    assert project.run("up", "grafana", "--new-password").returncode == 0
    password = shown(project)
    project.docker("rm", "-f", project.ids()["grafana"])
    project.docker("volume", "rm", f"{project.name}_grafana-data")
    assert project.run("up", "grafana").returncode == 0
    assert let_in(project, password)
    assert project.run("clean", "--yes").returncode == 0
    assert not list(project.directory.rglob("stack-*.password"))
    assert "Grafana:" not in project.run("status").stdout


def test_it_is_grafana_s_and_needs_it(project: Project) -> None:
    done = project.run("up", "loki", "--new-password")
    assert done.returncode == 2
    assert "name grafana among the services" in done.stderr


def test_what_has_no_switch_is_said_when_a_stack_is_made_and_not_again(project: Project) -> None:
    first = project.run("up", "grafana").stderr
    assert "See docs/security.md" in first
    again = project.run("up", "grafana").stderr
    assert "docs/security.md" not in again
