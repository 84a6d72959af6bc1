"""Claude Code is told where somebody listens, whichever port that is."""

import subprocess
import sys
from pathlib import Path

import pytest

from ccotel_tui.claude.environment import variables
from tests.record.running import recorder


@pytest.mark.parametrize(
    ("listening", "protocol", "endpoint"),
    [
        ("", "grpc", "http://127.0.0.1:14317"),
        ("OTLP/gRPC 127.0.0.1:9, OTLP/HTTP 127.0.0.1:8", "grpc", "http://127.0.0.1:9"),
        ("recording: OTLP/HTTP 127.0.0.1:8, into x", "http/protobuf", "http://127.0.0.1:8"),
        ("OTLP/gRPC 0.0.0.0:9", "grpc", "http://127.0.0.1:9"),
    ],
)
def test_the_endpoint_follows_the_recorder(listening: str, protocol: str, endpoint: str) -> None:
    told = variables(listening)
    assert told["OTEL_EXPORTER_OTLP_PROTOCOL"] == protocol
    assert told["OTEL_EXPORTER_OTLP_ENDPOINT"] == endpoint


def test_env_leads_to_the_recorder_that_runs(tmp_path: Path) -> None:
    database = tmp_path / "telemetry.db"
    with recorder(database) as running:
        command = [sys.executable, "-m", "ccotel_tui", "env", "--db", str(database)]
        lines = subprocess.run(command, capture_output=True, text=True).stdout.splitlines()
        assert f"export OTEL_EXPORTER_OTLP_ENDPOINT=http://{running.grpc}" in lines
