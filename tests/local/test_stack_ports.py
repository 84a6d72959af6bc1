"""The stack's ports as every command knows them, moved by the environment or by `.env`."""

import json
import re
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from ccotel_tui.claude.environment import variables
from ccotel_tui.cli.keep import record, replay
from ccotel_tui.cli.panels import panels
from ccotel_tui.local import locations, stack_ports
from ccotel_tui.status_line.delivery import receiver_of


@pytest.fixture
def moved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A stack whose `.env` may be written."""
    monkeypatch.setattr(locations, "stack_folder", lambda: tmp_path)
    return tmp_path / ".env"


def test_the_environment_holds_over_the_file_and_the_file_over_the_usual(moved: Path) -> None:
    assert stack_ports.host_port("LOKI") == "127.0.0.1:13100"
    moved.write_text("# mine\nexport CCOTEL_LOKI_PORT='5100'\nnonsense\nCCOTEL_OTLP_GRPC_PORT=x\n")
    assert stack_ports.url("LOKI") == "http://127.0.0.1:5100"
    assert stack_ports.published("LOKI", {"CCOTEL_LOKI_PORT": "6100"}) == 6100
    # What is no number the stack's own commands complain of.
    assert stack_ports.published("OTLP_GRPC") == 14317
    for none in ("0", "65536", "-1"):
        assert stack_ports.published("LOKI", {"CCOTEL_LOKI_PORT": none}) == 13100


@pytest.mark.parametrize("value", ["5100 # taken", "'5100'  # taken", "5100\t#", '"5100" #"#'])
def test_a_comment_behind_a_value_is_no_part_of_it(moved: Path, value: str) -> None:
    """As for Compose, which needs a blank before it."""
    text = f"CCOTEL_LOKI_PORT={value}\nA=pass#word\nB='a # b'\n"
    moved.write_text(text)
    assert stack_ports.published("LOKI", {}) == 5100
    wanted = {"CCOTEL_LOKI_PORT": "5100", "A": "pass#word", "B": "a # b"}
    assert stack_ports.variables_of(text) == (wanted, None)


def test_what_claude_code_is_told_follows(moved: Path) -> None:
    moved.write_text("CCOTEL_OTLP_GRPC_PORT=5317\nCCOTEL_OTLP_HTTP_PORT=5318\n")
    assert variables({})["OTEL_EXPORTER_OTLP_ENDPOINT"] == "http://127.0.0.1:5317"
    assert receiver_of(None, reads_own_stack=True) == ("127.0.0.1", 5318, False)


def test_queries_go_there(moved: Path) -> None:
    moved.write_text("CCOTEL_PROMETHEUS_PORT=1\nCCOTEL_LOKI_PORT=2\n")
    words = ["--json", "--source", "stack", "--panel", "total_cost"]
    answer = CliRunner().invoke(panels, words)
    [panel] = json.loads(answer.stdout)["panels"].values()
    assert re.findall(r"http://127\.0\.0\.1:(\d+)", str(panel)) in (["1"], ["2"])


def test_records_go_there(moved: Path) -> None:
    moved.write_text("CCOTEL_OTLP_GRPC_PORT=5317\nCCOTEL_OTLP_HTTP_PORT=5318\n")
    defaults = {
        parameter.name: parameter.get_default(click.Context(command))
        for command in (replay, record)
        for parameter in command.params
    }
    assert defaults["endpoint"] == defaults["otlp_grpc"] == "127.0.0.1:5317"
    assert defaults["otlp_http"] == "127.0.0.1:5318"
