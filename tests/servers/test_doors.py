"""What the stack's servers refuse under the shipped configuration, asked as a web page asks."""

import http.client
import json
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.servers.cache import find
from tests.servers.servers import Loki, Stack, until

pytestmark = pytest.mark.servers

PAGE = "http://page.example"
UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "MDEyMzQ1Njc4OWFiY2RlZg==",
    "Origin": PAGE,
}
CLOSE, LONG = 8, 126
"""Of RFC 6455: the frame that ends a web socket, and a length that two more bytes tell."""

DAY = 86_400
SOON = 60.0


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with Stack(tmp_path_factory.mktemp("doors")) as running:
        yield running


@pytest.fixture
def loki(stack: Stack) -> Loki:
    if stack.loki is None:
        pytest.skip("no Loki on this machine")
    return stack.loki


def ask(
    url: str, method: str, path: str, headers: dict[str, str], body: bytes | None = None
) -> tuple[int, dict[str, str], str]:
    """The status, the headers by their names in small letters, and the text of an answer."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=10)
    try:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        names = {name.lower(): value for name, value in answer.getheaders()}
        return answer.status, names, answer.read().decode()
    finally:
        connection.close()


def push(loki: Loki, at: int, line: str) -> None:
    """A stream of its own for each line."""
    rows = {"streams": [{"stream": {"app": line}, "values": [[str(at), line]]}]}
    kind = {"Content-Type": "application/json"}
    body = json.dumps(rows).encode()
    assert ask(loki.url, "POST", "/loki/api/v1/push", kind, body)[0] == 204


def first_frame(loki: Loki, target: str) -> tuple[int, bytes]:
    """The kind and the content of what a web page's web socket is sent first."""
    connection = http.client.HTTPConnection(urlsplit(loki.url).netloc, timeout=30)
    try:
        connection.request("GET", target, headers=UPGRADE)
        sock = connection.sock
        answer = sock.makefile("rb")
        assert b" 101 " in answer.readline()
        while answer.readline().strip():
            pass
        kind, length = answer.read(2)
        if length == LONG:
            length = int.from_bytes(answer.read(2))
        return kind & 0x0F, answer.read(length)
    finally:
        connection.close()


def no_page_may_read(url: str, path: str) -> None:
    """Neither after a question of its own nor after the one that asks whether it may."""
    preflight = {"Access-Control-Request-Method": "POST", "Origin": PAGE}
    for method, headers in (("GET", {"Origin": PAGE}), ("OPTIONS", preflight)):
        _, answered, _ = ask(url, method, path, headers)
        assert "access-control-allow-origin" not in answered, method


def test_no_page_may_read_prometheus(stack: Stack) -> None:
    no_page_may_read(stack.prometheus.url, "/api/v1/query?query=up")
    no_page_may_read(stack.prometheus.url, "/api/v1/otlp/v1/metrics")


def test_no_page_may_read_loki(loki: Loki) -> None:
    no_page_may_read(loki.url, "/loki/api/v1/labels")
    no_page_may_read(loki.url, "/loki/api/v1/push")


def test_no_page_may_send_to_the_collector_or_read_it(stack: Stack) -> None:
    for path in ("/v1/logs", "/v1/metrics"):
        no_page_may_read(stack.collector.http, path)
        simple = {"Content-Type": "text/plain", "Origin": PAGE}
        assert ask(stack.collector.http, "POST", path, simple, b"{}")[0] == 415
    no_page_may_read(stack.collector.health_url, "/")
    no_page_may_read(stack.collector.exporter_url, "/metrics")


def test_no_page_may_follow_loki_over_a_web_socket(loki: Loki) -> None:
    """Loki takes web sockets of any origin: what it sends on one is the refusal alone."""
    push(loki, time.time_ns(), "secret")
    for path in ("/loki/api/v1/tail", "/api/prom/tail"):
        kind, body = first_frame(loki, f"{path}?query=%7Bapp%3D~%22.%2B%22%7D&start=0")
        assert kind == CLOSE, path
        assert b"max concurrent tail requests limit exceeded" in body


def test_loki_deletes_nothing_on_request(loki: Loki) -> None:
    wish = "/loki/api/v1/delete?query=%7Bservice_name%3D~%22.%2B%22%7D&start=0"
    for method in ("POST", "PUT"):
        assert ask(loki.url, method, wish, {})[0] in (403, 404, 405), method


def test_prometheus_deletes_nothing_and_does_not_end_on_request(stack: Stack) -> None:
    wish = "/api/v1/admin/tsdb/delete_series?match[]=up"
    status, _, text = ask(stack.prometheus.url, "POST", wish, {})
    assert "admin APIs disabled" in text
    assert status >= 400
    for path in ("/-/quit", "/-/reload"):
        assert ask(stack.prometheus.url, "POST", path, {})[0] == 403, path


def test_a_loki_that_a_page_shuts_down_has_lost_nothing(tmp_path: Path) -> None:
    """No setting closes these paths; Docker starts a server again that has ended."""
    if find("loki") is None:
        pytest.skip("no Loki on this machine")
    query = f"/loki/api/v1/query_range?query=%7Bapp%3D%22kept%22%7D&start={time.time_ns() - 10**9}"
    with Loki(tmp_path) as loki:
        push(loki, time.time_ns(), "kept")
        for path in ("/flush", "/ingester/prepare_shutdown", "/ingester/shutdown"):
            ask(loki.url, "POST", path, {"Content-Type": "text/plain", "Origin": PAGE})
        process = loki.process
        assert process is not None
        process.wait(SOON)
        loki.start()
        assert until(lambda: '"kept"' in ask(loki.url, "GET", query, {})[2], SOON)


def test_what_is_too_old_goes_from_loki_all_the_same(tmp_path: Path) -> None:
    if find("loki") is None:
        pytest.skip("no Loki on this machine")
    retention = (
        "-store.retention=24h",
        "-compactor.compaction-interval=1s",
        "-compactor.apply-retention-interval=1s",
        "-compactor.retention-delete-delay=1s",
        "-compactor.delete-max-interval=1s",
    )
    now = time.time()
    old = now - 3 * DAY
    with Loki(tmp_path, retention) as loki:
        push(loki, int(old) * 10**9, "old")
        push(loki, int(now) * 10**9, "new")
        chunks = tmp_path / "data" / "chunks"
        ask(loki.url, "POST", "/flush", {})
        assert until(lambda: len(files(chunks / "fake")) == 2, SOON)
        loki.stop()  # the index of what was flushed goes to the disk
        assert days(chunks) == {old // DAY, now // DAY}
        loki.start()
        assert until(lambda: days(chunks) == {now // DAY}, SOON)


def days(chunks: Path) -> set[int]:
    """The days since 1970 of which there is an index."""
    return {int(table.name.removeprefix("index_")) for table in chunks.glob("index/index_*")}


def files(directory: Path) -> list[Path]:
    return [path for path in directory.rglob("*") if path.is_file()]
