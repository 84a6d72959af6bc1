"""Docker is reached as the docker command reaches it, whatever is set for other programs."""

import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest

from ccotel_tui.errors import DockerUnavailable
from ccotel_tui.stack_control.compose_file import ComposeFile
from ccotel_tui.stack_control.docker.engine import Engine
from ccotel_tui.stack_control.docker.host import DockerHost
from ccotel_tui.stack_control.models import Progress
from ccotel_tui.stack_control.stack import Stack
from tests.cli.test_words import run
from tests.stack_control.fake_engine import FakeEngine
from tests.tools.handover import NoHandover

CLOSED = "http://127.0.0.1:1"
CLOSED_PROXIES = {
    name: CLOSED
    for each in ("http_proxy", "https_proxy", "all_proxy")
    for name in (each, each.upper())
}


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """Of an authority that nobody else trusts; its key is beside it."""
    path = tmp_path / "ca.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=engine",
         "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", tmp_path / "key.pem", "-out", path],
        check=True, capture_output=True,
    )  # fmt: skip
    return path


@pytest.fixture
def tls_engine(tmp_path: Path, certificate: Path) -> Iterator[FakeEngine]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, tmp_path / "key.pem")
    with FakeEngine(tmp_path, tcp=True, context=context) as engine:
        yield engine


def answers(host: DockerHost) -> bool:
    engine = Engine(host)
    try:
        return engine.image("a:1") == ""
    finally:
        engine.close()


@pytest.mark.parametrize("tcp", [False, True])
def test_an_engine_of_this_machine_needs_no_proxy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tcp: bool
) -> None:
    for name, value in CLOSED_PROXIES.items():
        monkeypatch.setenv(name, value)
    with FakeEngine(tmp_path, tcp) as engine:
        assert answers(DockerHost(engine.url, "the tests"))


@pytest.mark.parametrize("name", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_the_authority_of_the_context_is_trusted(
    tls_engine: FakeEngine,
    certificate: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
) -> None:
    monkeypatch.setenv(name, str(tmp_path / "none.pem"))
    assert answers(DockerHost(tls_engine.url, "the tests", ca=str(certificate), tls=True))


@pytest.mark.parametrize("name", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_an_authority_of_other_programs_is_not_trusted(
    tls_engine: FakeEngine, certificate: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, str(certificate))
    with pytest.raises(DockerUnavailable, match="No trusted connection"):
        answers(DockerHost(tls_engine.url, "the tests", tls=True))


def test_logins_of_netrc_are_not_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password sesame\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    with FakeEngine(tmp_path, tcp=True) as engine:
        assert answers(DockerHost(engine.url, "the tests"))
        assert engine.authorizations == {None}


def test_an_engine_of_another_machine_is_reached_through_the_proxy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    host = DockerHost("tcp://engine.example.com:2375", "the tests")
    with FakeEngine(tmp_path, tcp=True) as proxy:
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{proxy.port}")
        assert answers(host)
        assert all(target.startswith("http://engine.example.com:2375/") for target in proxy.targets)
        proxy.targets.clear()
        monkeypatch.setenv("NO_PROXY", "example.com")
        with pytest.raises(DockerUnavailable):
            answers(DockerHost("tcp://engine.example.com:2375", "the tests"))
        assert proxy.targets == []


@pytest.mark.parametrize(
    "version",
    [
        (200, {}),
        (200, []),
        (200, {"ApiVersion": None}),
        (200, {"ApiVersion": "new"}),
        (404, {"errors": []}),
        (403, "no"),
        (500, {}),
    ],
)
def test_another_program_s_answer_is_no_engine_s(
    tmp_path: Path, version: tuple[int, object]
) -> None:
    with FakeEngine(tmp_path) as engine:
        engine.version = version
        with pytest.raises(DockerUnavailable, match="does not answer as it should at unix://"):
            answers(DockerHost(engine.url, "the tests"))


REMOTE = ["tcp://10.0.0.2:2375", "tcp://engine.example.com:2376", "ssh://me@engine.example.com"]


@pytest.mark.parametrize("url", REMOTE)
@pytest.mark.parametrize("what", ["up", "restart"])
def test_an_engine_of_another_machine_is_not_started_on(
    tmp_path: Path, url: str, what: str
) -> None:
    said: list[Progress] = []
    host = DockerHost(url, "DOCKER_HOST", others=("Colima: DOCKER_HOST=unix:///c.sock",))
    stack = Stack(ComposeFile("p", tmp_path, (), ()), host, tmp_path / "lock")
    with pytest.raises(DockerUnavailable) as caught:
        getattr(stack, what)(said.append, NoHandover(), Event())
    reason = (
        f"{url} (DOCKER_HOST) is reached by ssh, and ccotel-tui does not do that."
        if url.startswith("ssh")
        else f"Docker runs on another machine ({url} (DOCKER_HOST)): it cannot mount the stack's "
        "files, which are on this one, and would open the ports there."
    )
    assert str(caught.value) == (
        f"{reason} Choose an engine of this machine (unset DOCKER_HOST), or start the servers "
        "there and name them with --prometheus-url and --loki-url. There is Colima: "
        "DOCKER_HOST=unix:///c.sock."
    )
    assert said == []
    assert not (tmp_path / "lock").exists()


def test_the_command_says_it_too() -> None:
    done = run("stack", "up", DOCKER_HOST="tcp://10.0.0.2:2375")
    assert (done.returncode, done.stdout) == (1, "")
    assert "Docker runs on another machine (tcp://10.0.0.2:2375 (DOCKER_HOST))" in done.stderr


@pytest.mark.parametrize("url", ["ssh://me@engine.example.com", "ssh://core@127.0.0.1:5000/p.sock"])
def test_an_engine_behind_ssh_is_refused_in_words_with_or_without_ssh(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(DockerUnavailable, match="reached by ssh"):
        Engine(DockerHost(url, "context far")).containers("p")
