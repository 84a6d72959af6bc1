"""A credential helper may be missing, locked or silent: what needs no login is had without it."""

import json
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest
from docker.auth import INDEX_URL

from ccotel_tui.errors import Cancelled, DockerUnavailable, ImageMissing
from ccotel_tui.stack_control.compose_file import Service
from ccotel_tui.stack_control.docker import images
from ccotel_tui.stack_control.docker.credentials import Logins
from ccotel_tui.stack_control.docker.engine import Engine
from ccotel_tui.stack_control.docker.host import DockerHost
from ccotel_tui.stack_control.docker.images import pull
from ccotel_tui.stack_control.models import Progress
from tests.stack_control.fake_engine import DENIED, FakeEngine

HUB = "grafana/loki:3"
OTHER = "ghcr.io/team/loki:3"

SILENT = "echo $$ > {folder}/pid; exec sleep 100000"
LOCKED = "echo 'keychain cannot be accessed\nbecause it is locked'; exit 1"

Configure = Callable[..., None]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def configure(home: Path) -> Configure:
    def write(**settings: object) -> None:
        (home / ".docker").mkdir(exist_ok=True)
        (home / ".docker" / "config.json").write_text(json.dumps(settings))

    return write


@pytest.fixture
def helper(home: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """Makes a credential helper of that name that runs these words of a shell."""

    def write(name: str, words: str) -> None:
        path = home / f"docker-credential-{name}"
        path.write_text(f"#!/bin/sh\n{words.format(folder=home)}\n")
        path.chmod(0o755)

    monkeypatch.setenv("PATH", f"{home}:{os.environ['PATH']}")
    return write


def gives(name: str, secret: str) -> str:
    """The words of a helper that notes what it is asked, and knows a login."""
    login = json.dumps({"ServerURL": "x", "Username": name, "Secret": secret})
    return (
        "echo $1 $(cat) >> {folder}/asked; echo '"
        + login.replace("{", "{{").replace("}", "}}")
        + "'"
    )


class Pulling:
    """Pulls images as `up` does; `said` is what a person is told meanwhile."""

    def __init__(self, engine: FakeEngine) -> None:
        self.said: list[Progress] = []
        self.cancelled = Event()
        self.engine = Engine(DockerHost(engine.url, "the tests"))
        self.logins = Logins(self.said.append)

    def __call__(self, image: str) -> str:
        service = Service("loki", image, "CCOTEL_LOKI_IMAGE")
        return pull(self.engine, service, self.logins, self.said.append, self.cancelled)

    def warnings(self) -> list[str]:
        return [progress.text for progress in self.said if progress.step == "warning"]


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[FakeEngine]:
    with FakeEngine(tmp_path) as engine:
        yield engine


@pytest.fixture
def pulls(engine: FakeEngine) -> Iterator[Pulling]:
    pulls = Pulling(engine)
    yield pulls
    pulls.engine.close()


def test_a_missing_helper(pulls: Pulling, engine: FakeEngine, configure: Configure) -> None:
    configure(credsStore="desktop")
    assert pulls(HUB) == f"id of {HUB}"
    assert engine.logins == {HUB: {}}
    assert pulls.warnings() == [
        "docker-credential-desktop is not on the PATH: no login for docker.io, which public "
        "images do not need."
    ]


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (LOCKED, "failed (keychain cannot be accessed because it is locked)"),
        ("echo no display >&2; exit 3", "failed (no display)"),
        ("exit 3", "failed (status 3)"),
        ("kill -9 $$", "failed (status -9)"),
        ("echo 'Secret: sesame'", "gave what is no login"),
        ("echo '[1]'", "gave what is no login"),
        ("printf '\\377'", "gave what is no login"),
    ],
)
def test_a_helper_that_fails(
    pulls: Pulling,
    engine: FakeEngine,
    configure: Configure,
    helper: Callable[[str, str], None],
    words: str,
    reason: str,
) -> None:
    helper("x", words)
    configure(credsStore="x")
    pulls(HUB)
    assert engine.logins == {HUB: {}}
    [warning] = pulls.warnings()
    assert warning.startswith(f"docker-credential-x {reason}: no login for docker.io")
    engine.private = True
    with pytest.raises(ImageMissing) as caught:
        pulls("grafana/mine:1")
    assert str(caught.value) == (
        f"The registry does not give grafana/mine:1 ({DENIED}), and docker-credential-x {reason}. "
        "Fix or remove the helper in Docker's config.json, then docker login. "
        "CCOTEL_LOKI_IMAGE=IMAGE names another."
    )


def test_a_helper_that_cannot_be_run(
    pulls: Pulling, home: Path, configure: Configure, helper: Callable[[str, str], None]
) -> None:
    helper("x", "")
    (home / "docker-credential-x").write_text("#!/no/such/shell\n")
    configure(credHelpers={"ghcr.io": "x"})
    assert pulls(OTHER) == f"id of {OTHER}"
    [warning] = pulls.warnings()
    assert "docker-credential-x cannot be run (No such file or directory)" in warning


def test_a_silent_helper_is_given_up(
    pulls: Pulling,
    engine: FakeEngine,
    home: Path,
    configure: Configure,
    helper: Callable[[str, str], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(images, "STALLED_AFTER", 1.0)
    helper("x", SILENT)
    configure(credsStore="x")
    pulls(HUB)
    assert engine.logins == {HUB: {}}
    assert "docker-credential-x did not answer within 1 s" in pulls.warnings()[0]
    with pytest.raises(ProcessLookupError):
        os.kill(int((home / "pid").read_text()), 0)


def test_nobody_waits_for_a_silent_helper_after_a_stop(
    pulls: Pulling,
    engine: FakeEngine,
    configure: Configure,
    helper: Callable[[str, str], None],
) -> None:
    helper("x", SILENT)
    configure(credsStore="x")

    def stop(progress: Progress) -> None:
        if progress.step == "asking":
            assert (progress.service, progress.text) == (
                "loki",
                "docker-credential-x for docker.io",
            )
            pulls.cancelled.set()

    pulls.logins = Logins(stop)
    with pytest.raises(Cancelled, match="up resumes from here"):
        pulls(HUB)
    assert engine.logins == {}


@pytest.mark.parametrize(
    ("image", "server"), [(HUB, INDEX_URL), ("redis:7", INDEX_URL), (OTHER, "ghcr.io")]
)
def test_a_login_of_a_helper_is_sent(
    pulls: Pulling,
    engine: FakeEngine,
    home: Path,
    configure: Configure,
    helper: Callable[[str, str], None],
    image: str,
    server: str,
) -> None:
    helper("x", gives("me", "sesame"))
    configure(credsStore="x")
    engine.private = True
    pulls(image)
    assert engine.logins[image] == {
        "serveraddress": server, "username": "me", "password": "sesame",
    }  # fmt: skip
    assert (home / "asked").read_text() == f"get {server}\n"
    assert "sesame" not in repr(pulls.logins.of(Service("loki", image), 1, Event()))
    assert not pulls.warnings()


def test_a_token_of_a_helper_is_sent(
    pulls: Pulling, engine: FakeEngine, configure: Configure, helper: Callable[[str, str], None]
) -> None:
    helper("x", gives("<token>", "sesame"))
    configure(credHelpers={"ghcr.io": "x"})
    pulls(OTHER)
    assert engine.logins[OTHER] == {"serveraddress": "ghcr.io", "identitytoken": "sesame"}


@pytest.mark.parametrize(
    "words",
    ["echo credentials not found in native keychain; exit 1", gives("", "")],
)
def test_who_is_not_logged_in_needs_no_warning_and_the_file_is_read(
    pulls: Pulling,
    engine: FakeEngine,
    configure: Configure,
    helper: Callable[[str, str], None],
    words: str,
) -> None:
    helper("x", words)
    configure(credsStore="x", auths={"ghcr.io": {"auth": "bWU6c2VzYW1l"}, INDEX_URL: {}})
    pulls(HUB)
    pulls(OTHER)
    assert engine.logins[HUB] == {}
    assert (engine.logins[OTHER]["username"], engine.logins[OTHER]["password"]) == ("me", "sesame")
    assert not pulls.warnings()


def test_a_helper_is_asked_once_for_a_registry(
    pulls: Pulling, engine: FakeEngine, home: Path, configure: Configure,
    helper: Callable[[str, str], None],
) -> None:  # fmt: skip
    helper("x", gives("me", "sesame"))
    configure(credsStore="x")
    images = [f"grafana/{name}:1" for name in ("a", "b", "c", "d")]
    with ThreadPoolExecutor(len(images)) as pool:
        list(pool.map(pulls, images))
    assert {login["username"] for login in engine.logins.values()} == {"me"}
    assert len(engine.logins) == 4
    assert (home / "asked").read_text().count("get") == 1


def test_without_any_configuration(pulls: Pulling, engine: FakeEngine, home: Path) -> None:
    pulls(HUB)
    assert engine.logins == {HUB: {}}
    assert {progress.step for progress in pulls.said} == {"pulling"}


def test_a_name_that_is_none_is_the_pull_s_to_refuse(pulls: Pulling, home: Path) -> None:
    with pytest.raises(DockerUnavailable, match="cannot contain a scheme"):
        pulls("https://ghcr.io/a:1")


def test_a_configuration_that_cannot_be_read_is_said(pulls: Pulling, configure: Configure) -> None:
    configure(auths={"ghcr.io": {"auth": ""}})
    with pytest.raises(DockerUnavailable, match=r"config\.json holds what cannot be read"):
        pulls(HUB)


def test_an_engine_that_says_nothing_of_a_pull_is_given_up(
    pulls: Pulling, engine: FakeEngine, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(images, "STALLED_AFTER", 1.0)
    engine.silent = True
    with pytest.raises(ImageMissing, match="Nothing has come of grafana/loki:3 for 1 s"):
        pulls(HUB)


def test_nobody_waits_for_a_silent_engine_after_a_stop(
    pulls: Pulling, engine: FakeEngine, home: Path
) -> None:
    engine.silent = True
    with ThreadPoolExecutor(1) as pool:
        pulled = pool.submit(pulls, HUB)
        assert engine.asked.wait(60)
        pulls.cancelled.set()
        with pytest.raises(Cancelled, match="Stopped while pulling"):
            pulled.result(60)
