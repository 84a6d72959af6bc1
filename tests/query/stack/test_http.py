"""Servers that fail, or want to know who asks."""

import json
import threading
from collections.abc import Iterator
from math import isfinite
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from ccotel_tui.errors import SourceUnavailable
from ccotel_tui.network.address import address, parse_header
from ccotel_tui.network.http import HttpClient, HttpFailure
from ccotel_tui.query.measures import ACTIVITY, COST, COST_COUNTED, REQUESTS
from ccotel_tui.query.open_backend import open_backend
from ccotel_tui.query.query import Query, Scope
from ccotel_tui.query.source import Backend
from ccotel_tui.query.stack import client
from ccotel_tui.query.stack.backend import open_stack, stack_is_ready
from ccotel_tui.query.stack.responses import HttpQuery, response_numbers
from ccotel_tui.query.window import HOUR, Window
from tests.query.faults import FAULTS, hangs, says
from tests.query.stub import Request, Stub, data, own_certificate, well
from tests.servers.servers import free_port
from tests.tools.otlp import T0

WINDOW = Window.between(T0, T0 + HOUR, ZoneInfo("UTC"))
ASK = Query(COST, by=("model",))
SECRET = "sesame"


@pytest.fixture
def stub() -> Iterator[Stub]:
    with Stub() as stub:
        yield stub


@pytest.fixture
def backend(stub: Stub) -> Iterator[Backend]:
    backend = stub.backend(("X-Token", SECRET))
    yield backend
    stub.released.set()
    backend.close()


@pytest.fixture
def secure(tmp_path: Path) -> Iterator[Stub]:
    """One over TLS, whose certificate nobody trusts until SSL_CERT_FILE names it."""
    with Stub(context=own_certificate(tmp_path)) as stub:
        yield stub


def cost(backend: Backend) -> float | None:
    [series] = backend.source.numbers([ASK], WINDOW, Scope())[ASK]
    return series.points[0][1]


def refusal(backend: Backend) -> str:
    with pytest.raises(SourceUnavailable) as raised:
        cost(backend)
    return str(raised.value)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_said_without_secrets_and_is_over_when_it_ends(
    stub: Stub, backend: Backend, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    stub.behave, said = FAULTS[fault]
    with monkeypatch.context() as patience:
        if fault in ("hangs", "drips"):
            patience.setattr(client, "ANSWER_TIMEOUT", 0.2)
        told = refusal(backend)
    assert said in told
    assert stub.url in told
    assert "secret" not in told
    assert SECRET not in told
    assert told.isprintable()
    stub.behave = well
    assert cost(backend) == 1.25


@pytest.mark.parametrize("text", ["NaN", "+Inf"])
def test_a_sum_may_be_no_number_and_a_count_may_not(text: str) -> None:
    query = HttpQuery(address("http://127.0.0.1:1"), "query", ())
    answer = {"result": [{"metric": {}, "value": [1, text]}]}
    [(_, _, spent)] = response_numbers(Query(COST), query, answer)
    assert not isfinite(spent)
    for counted in (
        Query(REQUESTS),
        Query(COST, stat="readable"),
        Query(COST_COUNTED, stat="sessions"),
    ):
        with pytest.raises(SourceUnavailable, match="in another form than a query's"):
            response_numbers(counted, query, answer)


def test_a_time_that_no_calendar_has_is_no_answer(stub: Stub, backend: Backend) -> None:
    """A date of it would be beyond what can be written."""

    def far(request: Request) -> None:
        content = data(request.path)
        for series in content["result"] if isinstance(content, dict) else ():
            if "stream" in series:
                series["values"] = [[str(10**30), "claude_code.api_request"]]
            else:
                series["value"][1] = "1e30"
        request.say(200, json.dumps({"status": "success", "data": content}).encode())

    stub.behave = far
    for ask in (
        lambda: backend.source.rows([], WINDOW, Scope(), 10),
        lambda: backend.source.last_record_ns(T0),
        lambda: backend.source.numbers([Query(ACTIVITY, stat="last")], WINDOW, Scope()),
    ):
        with pytest.raises(SourceUnavailable, match="in another form than a query's"):
            ask()


def test_nobody_there_is_said_and_is_over_when_somebody_is() -> None:
    port = free_port()
    backend = open_stack(f"http://me:{SECRET}@127.0.0.1:{port}", f"http://127.0.0.1:{port}")
    assert f"Nobody answers at http://127.0.0.1:{port}: start the stack" in refusal(backend)
    with Stub(port):
        assert cost(backend) == 1.25
    backend.close()


def test_who_is_busy_is_asked_again_within_the_limit(stub: Stub, backend: Backend) -> None:
    busy = iter((429, 503))

    def behave(request: Request) -> None:
        status = next(busy, 200)
        if status == 200:
            well(request)
        else:
            says(status, b"", Retry_After="0")(request)

    stub.behave = behave
    assert cost(backend) == 1.25


def test_a_connection_that_was_dropped_idle_is_made_anew(stub: Stub, backend: Backend) -> None:
    first = threading.Event()

    def behave(request: Request) -> None:
        if first.is_set():
            well(request)
        else:
            first.set()
            request.close_connection = True

    stub.behave = behave
    assert cost(backend) == 1.25


def test_who_has_moved_on_waits_for_no_answer(stub: Stub, backend: Backend) -> None:
    stub.behave = hangs
    said: list[str] = []
    asking = threading.Thread(target=lambda: said.append(refusal(backend)))
    asking.start()
    assert stub.asked.wait(20)
    backend.cancelled.set()
    asking.join(20)
    assert said == ["The reader has moved on."]
    stub.behave = well
    backend.cancelled.clear()
    assert cost(backend) == 1.25


def test_leaving_waits_for_no_answer(stub: Stub) -> None:
    stub.behave = hangs
    backend = stub.backend()
    asking = threading.Thread(target=lambda: refusal(backend))
    asking.start()
    assert stub.asked.wait(20)
    backend.close()
    asking.join(20)
    assert not asking.is_alive()
    assert not stub.released.is_set()


def test_headers_go_with_every_question(stub: Stub) -> None:
    backend = stub.backend(("Authorization", "Bearer b"), ("X-Scope-OrgID", "team"))
    assert stack_is_ready(
        stub.url, stub.url, (("Authorization", "Bearer b"), ("X-Scope-OrgID", "team"))
    )
    cost(backend)
    backend.close()
    assert len(stub.headers) > 3
    assert {one["Authorization"] for one in stub.headers} == {"Bearer b"}
    assert {one["X-Scope-OrgID"] for one in stub.headers} == {"team"}


def test_auto_lets_itself_in_with_the_headers(stub: Stub, tmp_path: Path) -> None:
    def behave(request: Request) -> None:
        if request.headers["X-Token"] == SECRET:
            well(request)
        else:
            says(401, b"")(request)

    stub.behave = behave
    for headers, name in (((), "embedded"), ((("X-Token", SECRET),), "stack")):
        backend = open_backend("auto", tmp_path / "no.db", stub.url, stub.url, headers)
        assert backend.name == name
        backend.close()


def test_a_name_and_password_in_an_address_are_for_its_server_only(stub: Stub) -> None:
    with Stub() as other:
        mine = stub.url.replace("//", "//me%40home:p%3Aw@")
        backend = open_stack(mine, f"{other.url}/", (("authorization", "Bearer b"),))
        cost(backend)
        backend.close()
    assert {one["Authorization"] for one in stub.headers} == {"Basic bWVAaG9tZTpwOnc="}
    assert {one["authorization"] for one in other.headers} == {"Bearer b"}
    assert "p:w" not in repr(address(mine))
    assert "bWVA" not in repr(address(mine))


@pytest.mark.parametrize(
    "url",
    ["", "secret", "ftp://secret@x", "http://", "http://a:secret@x:port", "http://x:99999",
     "http://x/?secret", "http://x y", "http://[secret"],
)  # fmt: skip
def test_what_is_no_address_is_not_repeated(url: str) -> None:
    with pytest.raises(ValueError, match="write an address") as raised:
        address(url)
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize(
    "words", ["secret", ": secret", "A B: secret", "A: secret\r\nB: c", "A: 시"]
)
def test_what_is_no_header_is_not_repeated(words: str) -> None:
    with pytest.raises(ValueError, match="Name: value") as raised:
        parse_header(words)
    assert "secret" not in str(raised.value)


def test_a_header_is_its_name_and_value() -> None:
    assert parse_header("Authorization: Basic a:b") == ("Authorization", "Basic a:b")
    assert parse_header("X-Scope-OrgID:team") == ("X-Scope-OrgID", "team")


def test_a_server_is_trusted_as_the_system_trusts_it(
    secure: Stub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend = secure.backend()
    told = refusal(backend)
    backend.close()
    assert f"{secure.url} is not trusted" in told
    assert "SSL_CERT_FILE" in told
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "certificate.pem"))
    backend = secure.backend()
    assert cost(backend) == 1.25
    backend.close()


@pytest.mark.parametrize("server", ["stub", "secure"])
def test_a_connection_that_hangs_is_cut_off(
    server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    """Its own limit would end it an hour later."""
    hanging: Stub = request.getfixturevalue(server)
    hanging.behave = hangs
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "certificate.pem"))
    http = HttpClient()
    ends: list[str] = []

    def ask() -> None:
        with pytest.raises(HttpFailure) as raised:
            http.get(address(hanging.url), "/", (), http.limit(3_600.0))
        ends.append(str(raised.value))

    asking = threading.Thread(target=ask)
    asking.start()
    assert hanging.asked.wait(20)
    http.cancel_all("The reader has gone.")
    asking.join(20)
    assert ends == ["The reader has gone."]
    http.close()
