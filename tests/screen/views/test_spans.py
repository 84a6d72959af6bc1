"""What only newer clients tell: waits for a permission, and the time to first token."""

from pathlib import Path

import pytest

from ccotel_tui.screen import strings
from ccotel_tui.store.database import Database
from ccotel_tui.telemetry.records import Event
from tests.screen.tools.running import NOW, dashboard
from tests.tools.otlp import SECOND, Plain, event, span


def answered(ago: int, model: str, **more: Plain) -> Event:
    at = NOW - ago * SECOND
    return event("api_request", at, "s1", model=model, cost_usd=0.5, duration_ms=800, **more)


@pytest.mark.parametrize("size", [(40, 12), (80, 24), (120, 40)])
async def test_the_time_to_first_token_stands_beside_the_durations(
    database: Database, tmp_path: Path, size: tuple[int, int]
) -> None:
    database.append(
        [answered(9, "claude-opus-5-5", ttft_ms=250), answered(8, "claude-haiku-4-5")],
    )
    async with dashboard(tmp_path, size) as running:
        await running.press("4")
        await running.until("250")
        page = await running.at_rest()
    told = [line for line in page.splitlines() if "250" in line]
    if size[0] < 120:
        [line] = told
        assert "first token p95 250 ms" in line
        assert "now" in page.split()[page.split().index("p95") :], "the chart has room"
        return
    [opus] = told
    [haiku] = [line for line in page.splitlines() if "haiku-4-5" in line and "800 ms" in line][:1]
    assert opus.split()[-4:] == ["250", "ms", "250", "ms"]
    assert "first token p50  first token p95" in page
    assert haiku.split()[-2:] == ["–", "–"]


async def test_by_another_key_it_is_told_of_all_models_alone(
    database: Database, tmp_path: Path
) -> None:
    database.append([answered(9, "claude-opus-5-5", ttft_ms=250, query_source="sdk")])
    async with dashboard(tmp_path, (120, 40)) as running:
        await running.press("4")
        await running.until("250 ms")
        await running.press("b")
        page = await running.until("by source")
    [line] = [line for line in page.splitlines() if strings.FIRST_TOKEN in line]
    assert f"by source  p95 800 ms  {strings.FIRST_TOKEN} p95 250 ms" in line


async def test_where_no_request_tells_it_nothing_is_said_of_it(
    database: Database, tmp_path: Path
) -> None:
    database.append([answered(9, "claude-opus-4-8")])
    async with dashboard(tmp_path, (120, 40)) as running:
        await running.press("4")
        await running.until("800 ms")
        page = await running.at_rest()
    assert strings.FIRST_TOKEN not in page


@pytest.mark.parametrize("size", [(40, 12), (80, 24), (120, 40)])
async def test_a_wait_is_seen_as_soon_as_its_span_comes(
    database: Database, tmp_path: Path, size: tuple[int, int]
) -> None:
    at = NOW - 10 * SECOND
    call = {"tool_use_id": "t1", "tool_name": "Bash", "prompt.id": "p1"}
    database.append(
        [
            event("user_prompt", at, **{"prompt.id": "p1"}, prompt="run it"),
            event("tool_decision", at + 6 * SECOND, **call, decision="accept"),
            event("tool_result", at + 8 * SECOND, **call, success="true", duration_ms=2000),
        ]
    )
    async with dashboard(tmp_path, size) as running:
        await running.press("s")
        await running.until("s1")
        await running.press("enter")
        await running.until("run it")
        await running.press("enter")
        page = await running.until(strings.WAITS_NOT_KNOWN)
        assert "┄" not in page
        database.append(
            [
                span(at + 6 * SECOND, 2, name="tool.blocked_on_user", parent=1, length=5 * SECOND),
                span(at + 8 * SECOND, 1, length=7 * SECOND, tool_use_id="t1"),
            ]
        )
        await running.until(strings.WAITED.format(length="5.0 s"))
        page = await running.at_rest()
    assert "┄━" in page
