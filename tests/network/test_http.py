"""The one HTTP client: what it sends, how often, and when it gives up."""

from collections.abc import Iterator

import pytest

from ccotel_tui.network import http
from ccotel_tui.network.address import address
from ccotel_tui.network.http import HttpClient, HttpFailure, probe
from tests.query.faults import breaks_off, says
from tests.query.stub import Request, Stub


@pytest.fixture
def stub() -> Iterator[Stub]:
    with Stub() as stub:
        yield stub


def drips_its_headers(request: Request) -> None:
    """A byte of the answer's head now and then, for ever."""
    while not request.stub.released.wait(0.02):
        try:
            request.wfile.write(b"H")
            request.wfile.flush()
        except OSError:
            break
    request.close_connection = True


def test_a_probe_ends_in_its_time_however_slowly_it_is_answered(stub: Stub) -> None:
    """A timeout of the socket alone would begin again with each byte."""
    stub.behave = drips_its_headers
    with pytest.raises(HttpFailure, match="no answer in time"):
        probe("GET", address(stub.url), "/", 0.2)


@pytest.mark.parametrize(("method", "times"), [("GET", 2), ("PUT", 1)])
def test_only_a_question_is_sent_again_after_a_connection_was_dropped(
    stub: Stub, method: str, times: int
) -> None:
    stub.behave = breaks_off
    with pytest.raises(HttpFailure) as raised:
        probe(method, address(stub.url), "/", 30.0, body=b"" if method == "PUT" else None)
    assert raised.value.kind == "broken off"
    assert len(stub.paths) == times


def test_nothing_is_sent_to_a_server_that_is_not_ours(
    stub: Stub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "foreign_owner", lambda _: "belongs to user nobody")
    with pytest.raises(HttpFailure, match="belongs to user nobody") as raised:
        probe("GET", address(stub.url), "/", 30.0, ours_only=True)
    assert raised.value.kind == "foreign"
    assert stub.paths == []


def test_a_redirect_is_not_followed(stub: Stub) -> None:
    stub.behave = says(302, b"", Location="/elsewhere")
    client = HttpClient()
    answer = client.get(address(stub.url), "/", (), client.limit(30.0))
    client.close()
    assert answer.status == 302
    assert stub.paths == ["/"]
