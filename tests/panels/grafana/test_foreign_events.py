"""Boards of others on a real Loki: narrowed to the events they are about, they tell the same."""

import json
import re
from typing import Any
from urllib.parse import urlencode

import pytest

from ccotel_tui.panels.grafana.foreign.events import translated_events_query
from ccotel_tui.query.window import DAY, MINUTE
from tests.panels.recordings import Recorded
from tests.servers.servers import read

pytestmark = pytest.mark.servers

_BY_LABEL = re.compile(r', event_name=~"[^"]*\|"\}')
_RANGE = "[40d]"

CLAUDE = '{service_name="claude-code"}'
QUERIES = {
    # The ways in which public boards tell which events they are about.
    "a label": '{service_name="claude-code", event_name="api_request"}',
    "a line": f'{CLAUDE} |= "claude_code.api_error"',
    "the beginning of others": f'{CLAUDE} |= "claude_code.api_re"',
    "a line and JSON": f'{CLAUDE} |= "claude_code.tool_result" | json | success="true"',
    "a condition": f"{CLAUDE} | event_name = `user_prompt` | session_id =~ `.*`",
    "a list": f'{CLAUDE} | event_name =~ "api_error|tool_decision"',
    "a pattern": f'{CLAUDE} | event_name =~ "tool_.*"',
}


def asked(recorded: Recorded, text: str) -> tuple[Any, int]:
    """What Loki answers, in no order, and the bytes that it read for it."""
    at = recorded.newest_ns + MINUTE
    where = {"start": at - 30 * DAY, "end": at, "limit": 5000, "step": 30 * DAY // 10**9}
    assert recorded.stack.loki
    url = f"{recorded.stack.loki.url}/loki/api/v1/query_range?{urlencode({'query': text, **where})}"
    data = json.loads(read(url))["data"]
    statistics = data["stats"]["summary"]
    return sorted(data["result"], key=str), statistics["totalBytesProcessed"]


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_what_is_narrowed_is_the_same_of_fewer_bytes(recorded: Recorded, query: str) -> None:
    for text in (query, f"sum by (model, tool_name) (count_over_time({query} {_RANGE}))"):
        narrowed = translated_events_query(text)
        assert _BY_LABEL.search(narrowed)
        same, bytes_of_all = asked(recorded, _BY_LABEL.sub("}", narrowed))
        found, bytes_of_some = asked(recorded, narrowed)
        assert found == same != []
        assert bytes_of_some < bytes_of_all
