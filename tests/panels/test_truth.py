"""The recorded sessions of the real client: every panel is what the client and git counted."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest

from ccotel_tui.panels.catalogue import PANELS
from ccotel_tui.panels.result import PanelAnswer, answer_panels
from ccotel_tui.query.embedded.backend import open_embedded
from ccotel_tui.query.embedded.quantile import quantile
from ccotel_tui.query.query import Scope
from ccotel_tui.query.sessions import sessions_of
from ccotel_tui.query.source import Backend
from ccotel_tui.query.window import DAY, HOUR, Window
from ccotel_tui.send.replay import read_lines
from ccotel_tui.store.database import Database
from ccotel_tui.telemetry.decode import decode

DATA = Path(__file__).parents[1] / "data"
TO = 1_795_500_000_000_000_000
WINDOW = Window.between(TO - DAY, TO, ZoneInfo("Asia/Kolkata"))

Json = dict[str, Any]

OLD: list[Json] = json.loads((DATA / "truth.json").read_text())
NEW: list[Json] = json.loads((DATA / "truth-2.1.330.json").read_text())


@pytest.fixture(scope="module")
def backend(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backend]:
    path = tmp_path_factory.mktemp("store") / "telemetry.db"
    database = Database(path)
    for file in ("sessions.jsonl", "sessions-2.1.330.jsonl"):
        for line in read_lines(DATA / file):
            logs = isinstance(line.request, ExportLogsServiceRequest)
            body = line.request.SerializeToString()
            database.append(decode("logs" if logs else "metrics", body).records)
    database.close()
    backend = open_embedded(path)
    yield backend
    backend.close()


def asked(backend: Backend, session: str = "") -> dict[str, PanelAnswer]:
    return answer_panels(PANELS, backend, WINDOW, Scope(session_id=session), TO)


def totals(answer: PanelAnswer) -> dict[str, float | None]:
    return {" ".join(series.labels.values()): total for series, total in answer.series}


@pytest.mark.parametrize("truth", OLD, ids=[one["name"] for one in OLD])
def test_a_session_of_the_older_client(backend: Backend, truth: Json) -> None:
    panels = asked(backend, truth["session_id"])
    models, tools = truth["by_model"], truth["tools"]
    metrics = truth["metrics_total"]
    cost = panels["total_cost"]
    spent = sum(one["cost_usd_micros"] for one in models.values()) / 1e6
    assert cost.value == pytest.approx(spent, abs=1e-5), "micros are rounded up per request"
    if truth["client_total_cost_usd"] is not None:
        assert cost.value == pytest.approx(truth["client_total_cost_usd"], abs=1e-6)
    assert cost.parts["current_session"] == pytest.approx(cost.value, abs=1e-9)
    assert cost.parts["unseen"] == 0
    assert totals(panels["cost_by_model"]).keys() == models.keys()

    def of(field: str) -> int:
        return sum(one[f"{field}_tokens"] for one in models.values())

    tokens = panels["token_usage"]
    kinds = {name: of(name) for name in ("input", "output", "cache_read", "cache_creation")}
    assert tokens.value == sum(kinds.values()) == metrics["claude_code.token.usage"]
    assert {name: tokens.parts[name] for name in kinds} == kinds
    read = kinds["cache_read"] / (sum(kinds.values()) - kinds["output"])
    assert tokens.parts["cache_hit_ratio"] == pytest.approx(read)
    assert sum(n or 0 for n in totals(panels["tokens_by_type"]).values()) == tokens.value
    assert sum(n or 0 for n in totals(panels["tokens_by_model"]).values()) == tokens.value

    calls = {name: sum(found.values()) for name, found in tools.items()}
    assert totals(panels["tool_count"]) == calls
    assert {
        row["tool_name"]: (row["success"], row["failure"]) for row in panels["tool_success"].rows
    } == {name: (found.get("success", 0), found.get("failure", 0)) for name, found in tools.items()}

    errors = truth["api_errors_by_status"]
    requests = sum(one["requests"] for one in models.values())
    assert {row["status_code"]: row["count"] for row in panels["api_errors"].rows} == errors
    failed = sum(errors.values())
    assert panels["api_errors"].value == pytest.approx(failed / (failed + requests))
    for row in panels["api_duration"].rows:
        raw = sorted(map(float, truth["api_request_duration_ms"][row["model"]]))
        assert row["count"] == len(raw)
        for q in (0.5, 0.95, 0.99):
            assert row[f"p{q * 100:.0f}"] == pytest.approx(quantile([raw], q), rel=1e-9)

    lines = truth["lines_of_code"]
    assert panels["lines_of_code"].value == (sum(lines.values()) if lines else None)
    assert totals(panels["code_changes"]) == lines
    activity = panels["dev_activity"]
    assert activity.value == pytest.approx(metrics.get("claude_code.active_time.total"))
    assert activity.parts["commits"] == metrics.get("claude_code.commit.count", 0)
    assert activity.parts["pull_requests"] == metrics.get("claude_code.pull_request.count", 0)
    edits = (activity.parts["edits_accepted"] or 0) + (activity.parts["edits_rejected"] or 0)
    assert edits == metrics.get("claude_code.code_edit_tool.decision", 0)


@pytest.mark.parametrize("truth", NEW, ids=[f"{t['capture']}-{t['session'][:4]}" for t in NEW])
def test_a_session_of_the_newer_client(backend: Backend, truth: Json) -> None:
    panels = asked(backend, truth["session"])
    real, sent = truth["truth"], truth["metrics"]
    requests = real["api_requests_ok"]
    if requests:
        assert panels["total_cost"].value == pytest.approx(real["cli_total_cost_usd"], abs=1e-6)
        assert panels["token_usage"].value == sum(real["tokens"].values())
        assert totals(panels["tokens_by_type"]) == real["tokens"]
        assert {row["model"]: row["count"] for row in panels["api_duration"].rows} == real[
            "by_response_model"
        ]
    else:
        assert panels["total_cost"].value is None
    calls = Counter(
        {name.split("/")[0]: count for name, count in truth["events"]["tool_results"].items()}
    )
    assert totals(panels["tool_count"]) == calls
    assert panels["dev_activity"].parts["commits"] == real["commits_made_in_repo"]
    added = sent["lines_added"]
    assert panels["lines_of_code"].parts["added"] == added
    assert panels["api_errors"].parts["errors"] == len(
        [one for one in truth["events"]["errors"] if one["event"] == "api_error"]
    )


def test_all_sessions_together(backend: Backend) -> None:
    panels = asked(backend)
    spent = sum(t["truth"]["cli_total_cost_usd"] for t in NEW if t["truth"]["api_requests_ok"])
    spent += sum(o["cost_usd_micros"] for t in OLD for o in t["by_model"].values()) / 1e6
    assert panels["total_cost"].value == pytest.approx(spent, abs=2e-4)
    active = OLD + [t for t in NEW if "user_prompt" in t["events"]["count"]]
    assert (
        panels["active_sessions"].value
        == len(active)
        == len(sessions_of(backend.source, WINDOW, Scope()))
    )


def test_the_bars_of_any_window_sum_to_its_number(backend: Backend) -> None:
    start = TO - 2 * HOUR
    whole = 0.0
    for cut in (start + 17_000_000_000 * n for n in range(1, 420, 60)):
        window = Window.between(start, cut, ZoneInfo("Asia/Kolkata"))
        panels = answer_panels(PANELS, backend, window, Scope(), TO)
        for id in ("tokens_by_type", "tokens_by_model"):
            assert sum(n or 0 for n in totals(panels[id]).values()) == (panels[id].value or 0)
        whole += panels["total_cost"].value or 0.0
        start = cut
    window = Window.between(start, TO, ZoneInfo("UTC"))
    whole += answer_panels(PANELS, backend, window, Scope(), TO)["total_cost"].value or 0.0
    assert whole == pytest.approx(asked(backend)["total_cost"].value, abs=1e-9)


def test_sessions_sum_to_the_panels(backend: Backend) -> None:
    panels = asked(backend)
    rows = sessions_of(backend.source, WINDOW, Scope())
    assert sum(row.cost or 0 for row in rows) == pytest.approx(panels["total_cost"].value)
    assert sum(row.tokens or 0 for row in rows) == panels["token_usage"].value
    assert sum(row.tools or 0 for row in rows) == panels["tool_count"].value
    assert sum(row.errors or 0 for row in rows) == panels["api_errors"].parts["errors"]
    assert sum(row.prompts or 0 for row in rows) == panels["dev_activity"].parts["prompts"]
    assert {row.project for row in rows} == {None, "shop"}
