"""The lines of `claude --debug-file`, as clients of 2026 write them."""

from pathlib import Path

import pytest

from ccotel_tui.doctor.machine.client_log import client_log
from tests.cli.test_words import run

AT = "2026-11-29T10:00:00.000Z"
T = "[3P telemetry]"
STARTED = f'{AT} [DEBUG] {T} getOtlpReaders: types=["otlp"], interval=2000, protocol=grpc, endpoint=http://127.0.0.1:24399'
REFUSED = (
    "14 UNAVAILABLE: No connection established. Last error: Error: connect ECONNREFUSED "
    "127.0.0.1:24399. Resolution note: "
)
FAILED = f"{AT} [DEBUG] {T} First logs export: FAILED ({REFUSED})"
DIAG = (
    f'{AT} [ERROR] {T} OTEL diag error: {{"message":"PeriodicExportingMetricReader: metrics '
    'export failed (error Error: Not Found)","stack":"x"}}'
)
LOGS_DIAG = (
    f'{AT} [ERROR] {T} OTEL diag error: {{"message":"Parse Error: Expected HTTP/","code":1}}'
)


@pytest.mark.parametrize(
    ("line", "what", "says"),
    [
        (FAILED, "logs", "ECONNREFUSED 127.0.0.1:24399"),
        (DIAG, "metrics", "Not Found"),
        (LOGS_DIAG, "logs", "Parse Error: Expected HTTP/"),
        (f"{AT} [ERROR] {T} Telemetry init failed: Unknown protocol: GRPC", "start", "GRPC"),
        (
            f"{AT} [DEBUG] {T} isTelemetryEnabled=false (CLAUDE_CODE_ENABLE_TELEMETRY=undefined)",
            "start",
            "CLAUDE_CODE_ENABLE_TELEMETRY=undefined",
        ),
        (f"{AT} [DEBUG] {T} getOtlpReaders: types=[], interval=1", "start", "no exporter"),
    ],
)
def test_a_fault_is_read(line: str, what: str, says: str) -> None:
    log = client_log([STARTED, line])
    assert list(log.problems) == [what]
    assert says in log.problems[what]


def test_the_last_word_holds() -> None:
    done = f"{AT} [DEBUG] {T} First logs export: SUCCESS"
    assert client_log([FAILED, done]).problems == {}
    assert client_log([FAILED, done]).exported == ("logs",)
    assert list(client_log([done, LOGS_DIAG]).problems) == ["logs"]


def test_what_a_projects_settings_are_not_asked_for() -> None:
    line = (
        f"{AT} [WARN] OTEL_LOGS_EXPORTER in .claude/settings.json is ignored — project-scoped "
        "settings can't set this key."
    )
    assert client_log([line]).ignored == ("OTEL_LOGS_EXPORTER in .claude/settings.json",)


def test_a_hostile_line_is_shown_plainly() -> None:
    problems = client_log([f"Telemetry init failed: \x1b[2J{'x' * 10_000}"]).problems
    assert problems["start"].isprintable()
    assert len(problems["start"]) <= 300


def test_the_option_reads_it_and_a_missing_file_is_a_usage_error(tmp_path: Path) -> None:
    home = {"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path / "data")}
    path = tmp_path / "x.log"
    assert run("doctor", "--debug-file", str(path), **home).returncode == 2
    path.write_text(f"{STARTED}\n{FAILED}\n")
    done = run("doctor", "--debug-file", str(path), **home)
    assert "Claude Code says of logs: 14 UNAVAILABLE" in done.stdout
