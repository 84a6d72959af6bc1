"""The compose file: ours as it is shipped, and what is refused, with the words that say where."""

import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from ccotel_tui.claude.environment import exports
from ccotel_tui.errors import BadComposeFile
from ccotel_tui.local import locations
from ccotel_tui.stack_control.compose_file import ComposeFile, Mount, Port, read_compose_file
from ccotel_tui.stack_control.readiness import fetch_page

Write = Callable[..., ComposeFile]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Reads a file of one service with these lines."""

    def written(*lines: str, top: str = "", **environment: str) -> ComposeFile:
        body = "".join(f"    {line}\n" for line in ("image: a:1", *lines))
        path = tmp_path / "docker-compose.yml"
        path.write_text(f"name: ccotel\n{top}services:\n  one:\n{body}")
        return read_compose_file(path, environment)

    return written


def test_the_shipped_file_is_understood() -> None:
    file = read_compose_file(locations.stack_folder() / "docker-compose.yml", {})
    assert file.project == "ccotel"
    assert file.names == ("otel-collector", "prometheus", "loki", "grafana")
    assert [[one.name for one in level] for level in file.levels] == [
        ["prometheus", "loki"],
        ["otel-collector", "grafana"],
    ]
    assert all(port.host == "127.0.0.1" for one in file.services for port in one.ports)
    assert all(port.variable for one in file.services for port in one.ports)
    assert all(one.image_variable and one.mem_limit for one in file.services)
    assert {one.cap_drop for one in file.services} == {("ALL",)}
    assert {one.security_opt for one in file.services} == {("no-new-privileges:true",)}
    collector = file.services[0]
    assert collector.publishes(4318) == Port("127.0.0.1", 14318, 4318, "CCOTEL_OTLP_HTTP_PORT")
    assert collector.publishes(1) is None
    assert collector.stop_grace_period == 30
    assert Mount("volume", "collector-queue", "/var/lib/otelcol") in collector.volumes
    assert all(
        Path(mount.source).exists()
        for one in file.services
        for mount in one.volumes
        if mount.kind == "bind"
    )


def test_grafana_enforces_the_name_that_it_is_opened_by() -> None:
    """By itself; no package registry has a Grafana to try it on."""
    for variables in ({}, {"CCOTEL_GRAFANA_PORT": "3001"}):
        services = read_compose_file(
            locations.stack_folder() / "docker-compose.yml", variables
        ).services
        [grafana] = [one for one in services if one.name == "grafana"]
        assert grafana.environment["GF_SERVER_DOMAIN"] == "127.0.0.1"
        assert grafana.environment["GF_SERVER_ENFORCE_DOMAIN"] == "true"
        assert grafana.environment["GF_SERVER_ROOT_URL"] == f"http://{grafana.publishes(3000)}/"


def test_variables_come_from_the_environment_then_dotenv_then_the_default(
    write: Write, tmp_path: Path
) -> None:
    line = 'ports: ["127.0.0.1:${P:-1}:3000"]'
    assert write(line).services[0].ports[0].published == 1
    assert write(line, P="").services[0].ports[0].published == 1
    (tmp_path / ".env").write_text("# ports\nexport P='2'\n\nOTHER=x y\n")
    assert write(line).services[0].ports[0].published == 2
    assert write(line, P="3").services[0].ports[0].published == 3
    assert write("command: ['$${P}', '${OTHER}']").services[0].command == ("${P}", "x y")


def test_the_project_is_named_as_compose_names_it(write: Write) -> None:
    assert write().project == "ccotel"
    assert write(COMPOSE_PROJECT_NAME="mine").project == "mine"
    with pytest.raises(BadComposeFile, match="small letters"):
        write(COMPOSE_PROJECT_NAME="Mine!")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("build: .", "one: build is not understood here"),
        ('ports: ["3000:3000"]', "one: ports .*127.0.0.1:13000:3000"),
        ("ports: 3000", "one: ports .*write a list"),
        ('ports: ["127.0.0.1:99999:3000"]', "99999 is no port; there are 1 to 65535"),
        ('ports: ["127.0.0.1:0:3000"]', "0 is no port"),
        ("volumes: ['./a:/a']", "one: volumes .*type, source, target"),
        ("volumes: [{type: tmpfs, source: a, target: /a}]", "the type is bind or volume"),
        ("volumes: [{type: volume, source: gone, target: /a}]", "there is no volume gone"),
        ("depends_on: [two]", "depends_on: there is no two"),
        ("depends_on: [one]", "goes in a circle"),
        ("mem_limit: much", "a size such as 512m"),
        ("stop_grace_period: soon", "a time such as 30s"),
        ("read_only: 1", "true or false"),
        ("environment: [A=1]", "NAME: value"),
        ("command: serve", "write a list"),
        ("command: ['$HOME']", "write .*NAME:-default"),
        ("logging: json-file", "driver and options"),
        ("user: [0]", "write a text"),
    ],
)
def test_what_is_not_understood_is_named(write: Write, line: str, said: str) -> None:
    with pytest.raises(BadComposeFile, match=said) as caught:
        write(line)
    assert "docker-compose.yml: " in str(caught.value)


def test_an_address_of_ipv6_stands_in_brackets(write: Write) -> None:
    [service] = write('ports: ["[::1]:13000:3000"]').services
    assert str(service.ports[0]) == "[::1]:13000"
    assert fetch_page(replace(service, name="grafana")) == "http://[::1]:13000/api/health"


def test_unknown_keys_above_the_services_are_named(write: Write) -> None:
    with pytest.raises(BadComposeFile, match="networks is not understood here"):
        write(top="networks: {}\n")
    with pytest.raises(BadComposeFile, match="kept: settings are not understood"):
        write(top="volumes: {kept: {driver: nfs}}\n")


@pytest.mark.parametrize("text", ["[", "a", "name: ccotel\n", "services: {one: {}}\nname: a\n"])
def test_a_file_that_is_none(tmp_path: Path, text: str) -> None:
    path = tmp_path / "docker-compose.yml"
    path.write_text(text)
    with pytest.raises(BadComposeFile, match=str(path)):
        read_compose_file(path, {})


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BadComposeFile, match="cannot be read"):
        read_compose_file(tmp_path / "docker-compose.yml", {})


def test_a_bad_line_of_dotenv_is_named(write: Write, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("A=1\nnonsense\n")
    with pytest.raises(BadComposeFile, match=r"\.env, line 2"):
        write()


def test_the_script_for_the_client_says_what_env_says() -> None:
    script = str(locations.stack_folder() / "setup-env.sh")
    said = subprocess.run(["sh", script], capture_output=True, text=True, env={}).stdout
    assert said.splitlines() == exports("bash", {})
    for shell in filter(shutil.which, ("bash", "zsh")):
        command = [shell, "-c", 'source "$1"; env', "sh", script]
        variables = {"PATH": os.environ["PATH"]}
        sourced = subprocess.run(command, capture_output=True, text=True, env=variables).stdout
        assert {line.removeprefix("export ") for line in exports("bash", {})} <= {
            *sourced.splitlines()
        }
    moved = subprocess.run(
        ["sh", script], capture_output=True, text=True, env={"CCOTEL_OTLP_GRPC_PORT": "5"}
    ).stdout
    assert "OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:5\n" in moved
