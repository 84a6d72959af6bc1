"""Words typed: what is printed where, and the exit status."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from ccotel_tui import __version__
from ccotel_tui.cli import main
from ccotel_tui.store.database import Database
from tests.tools.browser import Browser


def run(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ccotel_tui", *words],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        env={**os.environ, **environment},
    )


def test_the_version() -> None:
    done = run("--version")
    version = rf"ccotel-tui, version {re.escape(__version__)}( \([0-9a-f]{{7,40}}\))?\n"
    assert (done.returncode, bool(re.fullmatch(version, done.stdout))) == (0, True)


def test_a_fault_of_the_program_is_a_sentence_and_status_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("division\x1b[2J by zero")

    monkeypatch.setattr("ccotel_tui.query.sessions.sessions_of", fail)
    monkeypatch.setattr(sys, "argv", ["ccotel-tui", "sessions", "--source", "embedded"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    [line] = printed.err.splitlines()
    assert line.startswith("ccotel-tui: ZeroDivisionError: division")
    assert line.isprintable()


def test_help_lists_every_command() -> None:
    said = run("--help").stdout
    assert all(command in said for command in ("panels", "record", "replay", "env"))


def test_the_dashboard_without_a_terminal_says_so() -> None:
    done = run()
    assert done.returncode == 1
    assert "needs a terminal" in done.stderr
    assert done.stdout == ""


def test_panels_of_a_store_that_is_not_there_yet(tmp_path: Path) -> None:
    done = run("panels", "--json", "--source", "embedded", "--db", str(tmp_path / "a" / "b.db"))
    assert done.returncode == 0
    panels = json.loads(done.stdout)["panels"]
    assert {p["state"] for p in panels.values()} == {"empty"}
    assert {p["value"] for p in panels.values()} == {None}
    assert not (tmp_path / "a").exists()


def test_a_stack_that_does_not_answer_is_status_1_and_still_json() -> None:
    nobody = ("--prometheus-url", "http://127.0.0.1:1", "--loki-url", "http://127.0.0.1:1")
    done = run("panels", "--json", "--source", "stack", *nobody)
    assert done.returncode == 1
    assert "Nobody answers at http://127.0.0.1:1" in done.stderr
    assert {p["state"] for p in json.loads(done.stdout)["panels"].values()} == {"error"}


def test_auto_is_the_embedded_store_where_no_stack_answers(tmp_path: Path) -> None:
    nobody = ("--prometheus-url", "http://127.0.0.1:1", "--loki-url", "http://127.0.0.1:1")
    done = run("panels", "--json", "--db", str(tmp_path / "b.db"), *nobody)
    assert json.loads(done.stdout)["source"] == "embedded"


def test_servers_that_were_named_and_are_not_taken_are_told(tmp_path: Path) -> None:
    where = ("--db", str(tmp_path / "b.db"), "--panel", "total_cost")
    named = ("--prometheus-url", "http://me:sesame@127.0.0.1:1")
    done = run("panels", *where, *named)
    assert done.returncode == 0
    assert "Prometheus at 127.0.0.1:1 and Loki at 127.0.0.1:13100 were not both" in done.stderr
    assert "sesame" not in done.stderr
    assert "Prometheus" not in run("panels", *where).stderr
    assert "Prometheus" not in run("panels", *where, *named, "--source", "embedded").stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("panels", "--panel", "nope"), "choose from active_sessions"),
        (("panels", "--json", "--csv"), "Use only one of --json and --csv"),
        (("usage", "--by", "model", "--json", "--csv"), "Use only one of --json and --csv"),
        (("panels", "--panel", "tool_rate", "--section", "cost"), "is not of --section cost"),
        (("record", "--uninstall", "--status"), "Use only one of --uninstall and --status"),
        (("record", "--install", "--status"), "Use only one of --install and --status"),
        (("doctor", "--header", "Bearer"), "--header: write 'Name: value'"),
        (("panels", "--since", "soon"), "write a length such as"),
        (("panels", "--since", "1h", "--window", "today"), "Use only one of"),
        (("panels", "--to", "2026-01-01"), "--to needs --from"),
        (("panels", "--from", "yesterday-ish"), "write a time such as"),
        (("panels", "--step", "7m"), "divides a day evenly"),
        (("panels", "--step", "1s", "--since", "400d"), "more than 50,000 steps"),
        (("panels", "--header", "Bearer"), "--header: write 'Name: value'"),
        (("panels", "--loki-url", "ftp://x"), "--loki-url: write an address such as"),
        (("panels", "--from", "2999-01-01"), "ends before it begins"),
        (
            (
                "panels",
                "--nonsense",
            ),
            "No such option",
        ),
        (("stack", "open", "kitchen"), "is not one of"),
        (("panels", "--from", "0001-01-01"), "write a time from 1700 on"),
        (("stack", "open", "--from", "2999-01-01"), "ends before it begins"),
        (("line", "--width", "-5"), "is not in the range x>=0"),
        (("replay", "-", "--speed", "-1"), "is not in the range x>=0"),
        (("stack", "logs", "--tail", "²"), "write a number, or all"),
        (("panels", "--session", "\udcff"), "that is no UTF-8 text"),
        (("usage", "--by", "model", "--model", "\udcff"), "that is no UTF-8 text"),
        (("sessions", "--filter", "project=\udcff"), "that is no UTF-8 text"),
        (("events", "--name", "\udcff"), "that is no UTF-8 text"),
        (("export", "--session", "\udcff"), "that is no UTF-8 text"),
        (("forget", "--session", "\udcff"), "that is no UTF-8 text"),
        (("dance",), "No such command"),
        (("panles",), "Did you mean 'panels'?"),
    ],
)
def test_wrong_words_are_status_2_and_say_what_is_right(words: tuple[str, ...], said: str) -> None:
    done = run(*words)
    assert done.returncode == 2, done.stderr
    assert said in done.stderr
    assert done.stdout == ""


def test_times_without_a_zone_are_local(tmp_path: Path) -> None:
    words = ("panels", "--json", "--source", "embedded", "--db", str(tmp_path / "a.db"))
    times = ("--from", "2026-01-02T09:00", "--to", "2026-01-02T10:00Z")
    window = json.loads(run(*words, *times, TZ="Asia/Seoul").stdout)["window"]
    assert window["from"] == "2026-01-02T09:00:00+09:00"
    assert window["to"] == "2026-01-02T19:00:00+09:00"
    assert (window["step"], window["tz"]) == (900, "Asia/Seoul")


@pytest.mark.parametrize(
    ("setting", "name", "offset", "told"),
    [
        ("JST-9", "JST-9", "+09:00", ""),
        (":/usr/share/zoneinfo/Asia/Seoul", "Asia/Seoul", "+09:00", ""),
        ("Seoul/Nowhere", "UTC", "+00:00", "TZ=Seoul/Nowhere is no time zone"),
    ],
)
def test_local_is_what_the_c_library_takes_tz_for(
    tmp_path: Path, setting: str, name: str, offset: str, told: str
) -> None:
    Database(path := tmp_path / "a.db").close()
    words = ("panels", "--json", "--source", "embedded", "--db", str(path))
    done = run(*words, "--from", "2026-01-02T09:00", "--to", "2026-01-03T09:00", TZ=setting)
    window = json.loads(done.stdout)["window"]
    assert (window["from"], window["tz"]) == (f"2026-01-02T09:00:00{offset}", name)
    assert done.stderr.startswith(f"ccotel-tui: {told}" if told else "")
    assert len(done.stderr.splitlines()) == bool(told)


def test_grafana_opens_where_the_words_point_and_says_where(browser: Browser) -> None:
    words = ("--since", "6h", "--session", "a b", "--filter", "x=1", "--filter", "y=2")
    done = run("stack", "open", "tools", *words, CCOTEL_GRAFANA_PORT="13999")
    place = "http://127.0.0.1:13999/d/ccotel-tools?from=now-6h&to=now"
    assert done.stdout == f"{place}&var-session=a%20b&var-filter_key=x&var-filter_value=1\n"
    assert "--filter y=2 is left out" in done.stderr
    assert done.returncode == 0
    assert browser.address() == done.stdout.strip()


def test_grafana_s_address_is_printed_where_no_browser_is() -> None:
    done = run("stack", "open", BROWSER="", DISPLAY="", WAYLAND_DISPLAY="", PATH="", TZ="UTC")
    place = "/d/ccotel-home?from=now/d&to=now&timezone=UTC\n"
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith(place)


@pytest.mark.parametrize(
    ("shell", "line", "taken"),
    [
        ("bash", "export OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:14317", ' env)" does'),
        ("fish", "set -gx OTEL_EXPORTER_OTLP_ENDPOINT http://127.0.0.1:14317", " | source does"),
    ],
)
def test_env_prints_lines_that_the_shell_can_take(
    shell: str, line: str, taken: str, tmp_path: Path
) -> None:
    printed = run("env", "--shell", shell, "--db", str(tmp_path / "a.db")).stdout.splitlines()
    assert line in printed
    assert taken in printed[0]


def test_the_version_is_printed_without_the_big_libraries() -> None:
    code = (
        "import sys; sys.argv = ['ccotel-tui', '--version']\n"
        "from ccotel_tui.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "big = {'textual', 'grpc', 'docker', 'aiohttp', 'urllib3', 'google.protobuf'}\n"
        "print(big & set(sys.modules))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == "set()"
