"""Grafana's address is given only where something takes a connection."""

import socket

import pytest

from ccotel_tui.errors import NotReady
from ccotel_tui.stack_control import endpoints
from ccotel_tui.stack_control.endpoints import answering_grafana


def test_an_address_where_nothing_answers_is_not_given(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        monkeypatch.setattr(endpoints, "grafana", lambda _: url)
        assert answering_grafana({}) == url
    with pytest.raises(NotReady, match=f"does not answer at {url}: `ccotel-tui stack up`"):
        answering_grafana({})
