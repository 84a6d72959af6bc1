"""`setup` and `env` as typed: what they show, refuse, write and give back."""

import json
import os
import pty
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from ccotel_tui.claude.settings import origins
from ccotel_tui.claude.settings.shell_block import shell_file
from ccotel_tui.cli import main
from tests.cli.test_words import run

SECRETS = ("sk-secret", "sesame", "bearer-token")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / ".claude").mkdir()
    return tmp_path


def settings_of(home: Path) -> Path:
    return home / ".claude" / "settings.json"


def typed(home: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    return run("setup", *words, HOME=str(home), XDG_DATA_HOME=str(home / "data"), **more)


def test_the_change_is_shown_without_secrets_and_nothing_is_written(home: Path) -> None:
    old = {
        "env": {
            "ANTHROPIC_API_KEY": SECRETS[0],
            "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT": f"https://me:{SECRETS[1]}@otel.corp:4317",
        },
        "statusLine": {"type": "command", "command": f"curl -H {SECRETS[2]} x"},
    }
    settings_of(home).write_text(json.dumps(old))
    refused = typed(home, "--dry-run")
    assert refused.returncode == 1
    assert "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT is https://(not shown)@otel.corp:4317" in (
        refused.stderr
    )
    done = typed(home, "--dry-run", "--force")
    assert done.returncode == 0
    assert "-   OTEL_EXPORTER_OTLP_LOGS_ENDPOINT = https://(not shown)@otel.corp:4317" in (
        done.stdout
    )
    assert "+   CLAUDE_CODE_ENABLE_TELEMETRY = 1" in done.stdout
    everything = refused.stdout + refused.stderr + done.stdout + done.stderr
    assert [secret for secret in SECRETS if secret in everything] == []
    assert json.loads(settings_of(home).read_text()) == old
    assert not (home / "data").exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CLAUDE_CODE_ENABLE_TELEMETRY", "0"),
        ("CLAUDE_CODE_ENABLE_TELEMETRY", 0),
        ("CLAUDE_CODE_ENABLE_TELEMETRY", False),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://otel.corp:4317"),
        ("OTEL_EXPORTER_OTLP_METRICS_PROTOCOL", "http/json"),
        ("OTEL_LOGS_EXPORTER", "console"),
    ],
)
def test_a_conflict_is_named_and_refused_without_force(
    home: Path, name: str, value: str | int
) -> None:
    text = json.dumps({"env": {name: value}})
    settings_of(home).write_text(text)
    refused = typed(home, "--yes")
    assert (refused.returncode, settings_of(home).read_text()) == (1, text)
    assert f"{name} is {str(value).lower()} in {settings_of(home)}" in refused.stderr
    assert "--force" in refused.stderr
    assert typed(home, "--yes", "--force").returncode == 0
    assert json.loads(settings_of(home).read_text())["env"].get(name) != value
    assert typed(home, "--undo", "--yes").returncode == 0
    assert settings_of(home).read_text() == text


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OTEL_METRIC_EXPORT_INTERVAL", "60000"),
        ("OTEL_LOGS_EXPORTER", "console, otlp"),
        ("CLAUDE_CODE_ENABLE_TELEMETRY", 1),
        ("CLAUDE_CODE_ENABLE_TELEMETRY", True),
        ("CLAUDE_CODE_ENABLE_TELEMETRY", "yes"),
    ],
)
def test_a_preference_of_the_user_is_no_conflict(home: Path, name: str, value: str | int) -> None:
    settings_of(home).write_text(json.dumps({"env": {name: value}}))
    assert typed(home, "--yes").returncode == 0
    env = json.loads(settings_of(home).read_text())["env"]
    assert env[name] == value


def test_what_a_managed_file_sets_is_named(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    managed = home / "managed"
    (managed / "managed-settings.d").mkdir(parents=True)
    text = '{"env": {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://otel.corp:4317"}}'
    (managed / "managed-settings.d" / "10-otel.json").write_text(text)
    monkeypatch.setattr(origins.read_origins, "__defaults__", (os.environ, (), managed))
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setattr(sys, "argv", ["ccotel-tui", "setup", "--yes"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    told = capsys.readouterr().err
    assert "OTEL_EXPORTER_OTLP_ENDPOINT is http://otel.corp:4317 in" in told
    assert "administrator" in told
    assert not settings_of(home).exists()


def test_comments_are_refused_with_their_line(home: Path) -> None:
    settings_of(home).write_text('{\n  // mine\n  "model": "opus"\n}\n')
    refused = typed(home, "--yes")
    assert refused.returncode == 1
    assert f"{settings_of(home)}, line 2: a comment" in refused.stderr


def test_behind_a_proxy_the_user_s_own_exceptions_go_on(home: Path) -> None:
    settings_of(home).write_text('{"env": {"NO_PROXY": "corp.example.com"}}')
    proxy = f"http://me:{SECRETS[1]}@proxy.example.com:3128"
    done = typed(home, "--yes", HTTPS_PROXY=proxy)
    assert done.returncode == 0, done.stderr
    assert SECRETS[1] not in done.stdout
    env = json.loads(settings_of(home).read_text())["env"]
    assert env["no_grpc_proxy"] == "corp.example.com,127.0.0.1,localhost"
    assert typed(home, "--undo", "--yes").returncode == 0
    assert settings_of(home).read_text() == '{"env": {"NO_PROXY": "corp.example.com"}}'


def test_without_a_terminal_it_says_yes_is_needed(home: Path) -> None:
    refused = typed(home)
    assert (refused.returncode, settings_of(home).exists()) == (2, False)
    assert "--yes" in refused.stderr


@pytest.mark.parametrize(("answer", "written"), [(b"n\n", False), (b"y\nn\n", True)])
def test_it_asks_on_a_terminal(home: Path, answer: bytes, written: bool) -> None:
    ours, theirs = pty.openpty()
    os.write(ours, answer)
    environment = {**os.environ, "HOME": str(home), "XDG_DATA_HOME": str(home / "data")}
    command = [sys.executable, "-m", "ccotel_tui", "setup"]
    subprocess.run(command, stdin=theirs, stdout=subprocess.PIPE, stderr=theirs, env=environment)
    assert settings_of(home).exists() == written


@pytest.mark.parametrize(
    ("shell", "file"),
    [("bash", ".bashrc"), ("zsh", ".zshrc"), ("fish", ".config/fish/config.fish")],
)
def test_the_file_of_a_shell_gets_a_block(home: Path, shell: str, file: str) -> None:
    path = home / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("set -o vi; # no line end")
    for _ in range(2):
        assert typed(home, "--shell", shell, "--texts", "--yes").returncode == 0
    assert path.read_text().count("OTEL_LOG_USER_PROMPTS") == 1
    if shutil.which(shell):
        command = [shell, "-c", f"source {path}; env"]
        said = subprocess.run(command, capture_output=True, text=True, env={"PATH": os.defpath})
        assert "OTEL_METRICS_EXPORTER=otlp" in said.stdout
    assert not settings_of(home).exists()
    assert typed(home, "--undo", "--yes").returncode == 0
    assert path.read_text() == "set -o vi; # no line end"


@pytest.mark.parametrize(
    ("there", "file"),
    [((), ".bash_profile"), ((".profile",), ".profile"), ((".bashrc",), ".bash_profile")],
)
def test_bash_of_macos_reads_the_file_of_a_login_shell(
    home: Path, monkeypatch: pytest.MonkeyPatch, there: tuple[str, ...], file: str
) -> None:
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setattr(sys, "platform", "darwin")
    for name in there:
        (home / name).touch()
    assert shell_file("bash") == home / file


def test_the_block_goes_also_from_a_file_that_was_changed_since(home: Path) -> None:
    path = home / ".bashrc"
    path.write_text("a=1\n")
    assert typed(home, "--shell", "bash", "--yes").returncode == 0
    path.write_text(path.read_text() + "b=2\n")
    assert typed(home, "--undo", "--yes").returncode == 0
    assert path.read_text() == "a=1\nb=2\n"


def test_another_status_line_is_run_beside_ours_with_the_same_input(home: Path) -> None:
    theirs = "cat | tr a-z A-Z # mine"
    settings_of(home).write_text(json.dumps({"statusLine": {"type": "command", "command": theirs}}))
    assert typed(home, "--yes").returncode == 0
    command = json.loads(settings_of(home).read_text())["statusLine"]["command"]
    given = json.dumps({"session_id": "abc", "cost": {"total_cost_usd": 4.12}})
    environment = {**os.environ, "HOME": str(home)}
    done = subprocess.run(
        ["sh", "-c", command], input=given, capture_output=True, text=True, env=environment
    )
    assert given.upper() in done.stdout
    assert "$4.12" in done.stdout


def test_the_record_of_the_former_files_is_the_user_s_alone(home: Path) -> None:
    assert typed(home, "--yes").returncode == 0
    record = home / "data" / "ccotel-tui" / "setup.json"
    assert stat.S_IMODE(record.stat().st_mode) == 0o600


def test_env_names_what_holds_over_the_shell(home: Path) -> None:
    settings_of(home).write_text('{"env": {"CLAUDE_CODE_ENABLE_TELEMETRY": "0"}}')
    done = run("env", HOME=str(home))
    assert "sets CLAUDE_CODE_ENABLE_TELEMETRY to 0, which holds over it." in done.stdout
    tried = run("env", "--try", HOME=str(home), PATH=f"{home}:{os.defpath}")
    assert tried.returncode == 1
