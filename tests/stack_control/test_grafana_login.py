"""Grafana's administrator gets a generated password, whatever ended the change before."""

import json
import threading
from base64 import b64decode
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from ccotel_tui.errors import NotReady
from ccotel_tui.network import http
from ccotel_tui.stack_control.compose_file import Port
from ccotel_tui.stack_control.grafana_login import apply_password, kept_passwords, renew_password
from tests.servers.servers import free_port

CONTAINER = "ccotel-grafana-1"


class Grafana(ThreadingHTTPServer):
    """Knows one user, and the two paths that ours asks."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.password = "admin"
        self.requests = 0
        self.mute_after_change = False
        self.port = Port("127.0.0.1", self.server_port, 3000)


class _Handler(BaseHTTPRequestHandler):
    server: Grafana

    def do_GET(self) -> None:
        self.answer(200 if self.path == "/api/user" else 404)

    def do_PUT(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.knows() and self.path == "/api/user/password":
            assert body["oldPassword"] == self.server.password
            self.server.password = body["newPassword"]
            if not self.server.mute_after_change:
                self.answer(200, known=True)
        else:
            self.answer(404)

    def knows(self) -> bool:
        login = b64decode(self.headers["Authorization"].removeprefix("Basic ")).decode()
        return login == f"admin:{self.server.password}"

    def answer(self, status: int, known: bool = False) -> None:
        self.server.requests += 1
        self.send_response(status if known or self.knows() else 401)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def grafana() -> Iterator[Grafana]:
    with Grafana() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "stack-ccotel.password"


def test_a_new_password_is_kept_for_its_owner_alone(grafana: Grafana, file: Path) -> None:
    renew_password(file, grafana.port, "admin", CONTAINER)
    assert kept_passwords(file) == [grafana.password]
    assert len(grafana.password) >= 32
    assert file.stat().st_mode & 0o777 == 0o600
    first = grafana.password
    renew_password(file, grafana.port, "admin", CONTAINER)
    assert kept_passwords(file) == [grafana.password] != [first]


def test_a_grafana_of_another_first_password_gets_a_new_one(grafana: Grafana, file: Path) -> None:
    grafana.password = "shipped"
    renew_password(file, grafana.port, "shipped", CONTAINER)
    assert kept_passwords(file) == [grafana.password] != ["shipped"]


def test_a_new_volume_gets_the_kept_password_again(grafana: Grafana, file: Path) -> None:
    renew_password(file, grafana.port, "admin", CONTAINER)
    kept, grafana.password = grafana.password, "admin"
    apply_password(file, grafana.port, "admin", CONTAINER)
    assert grafana.password == kept


def test_nothing_is_changed_where_none_was_asked_for(grafana: Grafana, file: Path) -> None:
    apply_password(file, grafana.port, "admin", CONTAINER)
    assert grafana.password == "admin"
    assert not file.exists()


@pytest.mark.parametrize("changed", [False, True])
def test_a_change_that_was_cut_off_is_completed(
    grafana: Grafana, file: Path, changed: bool
) -> None:
    """The file says what Grafana is to have before Grafana is asked to take it."""
    renew_password(file, grafana.port, "admin", CONTAINER)
    former = grafana.password
    file.write_text(f"wanted\n{former}\n", encoding="utf-8")
    if changed:
        grafana.password = "wanted"
    apply_password(file, grafana.port, "admin", CONTAINER)
    assert kept_passwords(file) == [grafana.password] == ["wanted"]


@pytest.mark.parametrize("former", ["admin", "a generated one"])
def test_a_change_that_is_not_answered_is_completed(
    grafana: Grafana, file: Path, former: str
) -> None:
    """Grafana may have taken the password all the same: it must not be forgotten."""
    grafana.password = former
    if former != "admin":
        file.write_text(f"{former}\n", encoding="utf-8")
    grafana.mute_after_change = True
    with pytest.raises(NotReady, match="stack up completes the change"):
        renew_password(file, grafana.port, "admin", CONTAINER)
    assert kept_passwords(file) == [grafana.password, former]
    apply_password(file, grafana.port, "admin", CONTAINER)
    assert kept_passwords(file) == [grafana.password]


def test_a_new_password_costs_no_failed_login(grafana: Grafana, file: Path) -> None:
    """Grafana locks a user out after five of them within five minutes."""
    for count in range(1, 8):
        renew_password(file, grafana.port, "admin", CONTAINER)
        assert grafana.requests == count


def test_another_user_s_port_is_told_no_password(
    grafana: Grafana, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "foreign_owner", lambda _: "belongs to user nobody")
    with pytest.raises(NotReady, match="belongs to user nobody"):
        renew_password(file, grafana.port, "admin", CONTAINER)
    assert grafana.requests == 0


def test_a_password_that_is_not_known_is_left_and_said(grafana: Grafana, file: Path) -> None:
    renew_password(file, grafana.port, "admin", CONTAINER)
    kept, grafana.password = grafana.password, "a person's own"
    with pytest.raises(NotReady, match=f"docker exec {CONTAINER} grafana cli admin") as raised:
        renew_password(file, grafana.port, "admin", CONTAINER)
    assert grafana.password == "a person's own"
    assert kept_passwords(file) == [kept]
    assert kept not in str(raised.value)


def test_a_grafana_that_does_not_answer_is_said(file: Path) -> None:
    port = Port("127.0.0.1", free_port(), 3000)
    with pytest.raises(NotReady, match="nobody listens there"):
        renew_password(file, port, "admin", CONTAINER)


def test_a_first_refusal_leaves_no_file(grafana: Grafana, file: Path) -> None:
    grafana.password = "a person's own"
    with pytest.raises(NotReady, match="not known here"):
        renew_password(file, grafana.port, "admin", CONTAINER)
    assert not file.exists()
