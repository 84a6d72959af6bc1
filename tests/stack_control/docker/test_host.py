"""The Docker host: chosen as the docker command does, never another one by itself."""

import json
import socket
from hashlib import sha256
from pathlib import Path

import pytest

from ccotel_tui.errors import DockerUnavailable
from ccotel_tui.stack_control.docker.host import DEFAULT_HOST, DockerHost, find


def config(home: Path, **settings: object) -> None:
    (home / ".docker").mkdir(exist_ok=True)
    (home / ".docker" / "config.json").write_text(json.dumps(settings))


def context(home: Path, name: str, host: str) -> Path:
    ident = sha256(name.encode()).hexdigest()
    meta = home / ".docker" / "contexts" / "meta" / ident
    meta.mkdir(parents=True)
    written = {"Name": name, "Endpoints": {"docker": {"Host": host, "SkipTLSVerify": False}}}
    (meta / "meta.json").write_text(json.dumps(written))
    return home / ".docker" / "contexts" / "tls" / ident / "docker"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path


def environment(home: Path, **more: str) -> dict[str, str]:
    return {"HOME": str(home), "XDG_RUNTIME_DIR": str(home / "run"), **more}


@pytest.mark.parametrize(
    "meta",
    [{"Endpoints": None}, {"Endpoints": {"docker": None}}, {"Endpoints": {"docker": {"Host": 7}}}],
)
def test_a_context_without_an_engine_is_none(home: Path, meta: object) -> None:
    context(home, "x", "")
    [file] = home.glob(".docker/contexts/meta/*/meta.json")
    file.write_text(json.dumps(meta))
    with pytest.raises(DockerUnavailable, match="the Docker context x, and there is none"):
        find(environment(home, DOCKER_CONTEXT="x"))


def test_the_default(home: Path) -> None:
    found = find(environment(home))
    assert (found.url, found.chosen_by, found.remote) == (DEFAULT_HOST, "the default", False)
    assert find(environment(home, DOCKER_CONTEXT="default")).url == DEFAULT_HOST


def test_docker_host_then_docker_context_then_the_current_one(home: Path) -> None:
    config(home, currentContext="colima")
    context(home, "colima", "unix:///colima.sock")
    context(home, "other", "unix:///other.sock")
    assert find(environment(home)).url == "unix:///colima.sock"
    assert str(find(environment(home))) == "unix:///colima.sock (context colima)"
    assert find(environment(home, DOCKER_CONTEXT="other")).url == "unix:///other.sock"
    given = find(environment(home, DOCKER_CONTEXT="other", DOCKER_HOST="tcp://10.0.0.2:2375"))
    assert (given.url, given.remote) == ("tcp://10.0.0.2:2375", True)
    assert not find(environment(home, DOCKER_HOST="tcp://127.0.0.1:2375")).remote


@pytest.mark.parametrize(
    ("url", "remote"),
    [
        ("unix:///var/run/docker.sock", False),
        ("unix://localhost.sock", False),
        ("tcp://127.9.9.9:2375", False),
        ("tcp://localhost:2375", False),
        ("tcp://[::1]:2375", False),
        ("tcp://:2375", False),
        ("127.0.0.1:2375", False),
        ("10.0.0.2:2375", True),
        ("tcp://localhost.example.com:2375", True),
        ("tcp://127.0.0.1.example.com:2375", True),
        ("https://engine.example.com:2376", True),
        ("ssh://me@engine.example.com", True),
    ],
)
def test_an_engine_of_another_machine_is_told_by_its_address(url: str, remote: bool) -> None:
    host = DockerHost(url, "the tests")
    assert (host.remote, bool(host.remote_problem)) == (remote, remote)
    assert bool(host.ssh_problem) == url.startswith("ssh")


def test_docker_config_moves_the_folder(home: Path) -> None:
    config(home, currentContext="there")
    context(home, "there", "unix:///there.sock")
    moved = environment(home / "elsewhere", DOCKER_CONFIG=str(home / ".docker"))
    assert find(moved).url == "unix:///there.sock"


@pytest.mark.parametrize("by", ["DOCKER_CONTEXT", "the current context"])
def test_an_unknown_context_is_no_reason_to_take_another_docker(home: Path, by: str) -> None:
    config(home, **({"currentContext": "gone"} if by != "DOCKER_CONTEXT" else {}))
    named = {"DOCKER_CONTEXT": "gone"} if by == "DOCKER_CONTEXT" else {}
    with pytest.raises(DockerUnavailable, match=f"{by} names the Docker context gone"):
        find(environment(home, **named))


def test_a_damaged_configuration_is_named(home: Path) -> None:
    config(home)
    (home / ".docker" / "config.json").write_text("{")
    with pytest.raises(DockerUnavailable, match=r"config\.json cannot be read"):
        find(environment(home))


def test_certificates(home: Path) -> None:
    folder = context(home, "far", "tcp://far:2376")
    folder.mkdir(parents=True)
    for name in ("ca.pem", "cert.pem", "key.pem"):
        (folder / name).touch()
    far = find(environment(home, DOCKER_CONTEXT="far"))
    assert (far.tls, far.verify, far.ca) == (True, True, str(folder / "ca.pem"))
    given = {"DOCKER_HOST": "tcp://far:2376", "DOCKER_CERT_PATH": str(folder)}
    assert find(environment(home, **given)).verify is False
    assert find(environment(home, **given, DOCKER_TLS_VERIFY="1")).verify is True
    assert find(environment(home, **given)).key == str(folder / "key.pem")


def test_other_engines_are_suggested(home: Path) -> None:
    path = home / "run" / "docker.sock"
    path.parent.mkdir()
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))
        assert f"rootless Docker: DOCKER_HOST=unix://{path}" in find(environment(home)).others
        assert find(environment(home)).url == DEFAULT_HOST
        chosen = find(environment(home, DOCKER_HOST=f"unix://{path}"))
        assert not any(str(path) in other for other in chosen.others)
