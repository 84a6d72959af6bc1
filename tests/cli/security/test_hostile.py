"""Whatever comes from outside, what is printed has no byte that a terminal obeys or hides."""

import csv
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from ccotel_tui.claude.session_registry import process_start
from ccotel_tui.store.database import Database
from ccotel_tui.store.outbox import Outbox
from tests.recorder.running import WITHIN, recorder
from tests.screen.tools.registry import register
from tests.screen.tools.terminal import ROOT, command_terminal
from tests.servers.servers import until
from tests.tools.hostile import EVIL, NO_UTF_8, WORD, unseen
from tests.tools.hostile_servers import Answer, answering, docker, listening
from tests.tools.otlp import SECOND, Plain, event, lines
from tests.tools.sampling import mostly_slow

SOURCE = ("--source", "embedded")
EMBEDDED = (*SOURCE, "--since", "24h")
PROGRAM = [sys.executable, "-m", "ccotel_tui"]
DATA = Path(__file__).parents[2] / "data"
NAMES = ("user_prompt", "api_request", "tool_result", "tool_decision", "api_error", EVIL)
TOLD = (
    "model",
    "tool_name",
    "error",
    "error_type",
    "status_code",
    "prompt",
    "project",
    "skill_name",
    "query_source",
    "user.email",
    "user.id",
    "organization.id",
    "terminal.type",
    "decision",
)


def run(*words: str, **environment: str) -> "subprocess.CompletedProcess[bytes]":
    """The words typed, with these variables; nothing that it says is to be seen otherwise."""
    done = subprocess.run(
        [*PROGRAM, *words],
        capture_output=True,
        stdin=subprocess.DEVNULL,
        env={**os.environ, **environment},
    )
    assert unseen(done.stdout + done.stderr) == set(), done
    assert b"Traceback" not in done.stderr, done.stderr.decode()
    return done


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store whose name, and all that is in it, is hostile; and a session of this machine."""
    home = tmp_path_factory.mktemp("home")
    register(
        home / "sessions",
        os.getpid(),
        EVIL,
        "waiting",
        waitingFor=EVIL,
        procStart=process_start(os.getpid()),
        name=EVIL + NO_UTF_8,
        cwd=f"/x/{EVIL}{NO_UTF_8}",
    )
    now = time.time_ns() - 600 * SECOND
    attributes: dict[str, Plain] = {
        **dict.fromkeys(TOLD, EVIL),
        "cost_usd": 1.25,
        "success": "false",
        EVIL: EVIL,
    }
    with closing(Database(home / f"{WORD.replace('/', '|')}{NO_UTF_8}.db")) as database:
        database.append(
            event(name, now - (90 - n) * SECOND, EVIL, **{**attributes, "event.sequence": n})
            for n, name in enumerate(NAMES * 3)
        )
        for metric in ("claude_code.cost.usage", "claude_code.token.usage"):
            counted = lines(5, at=now - 40 * SECOND, start=now - 90 * SECOND, session=EVIL)
            named = {**counted.attributes, "model": EVIL, "type": EVIL, "query_source": EVIL}
            database.append([replace(counted, metric=metric, attributes=named)])
    return home


@pytest.fixture
def asked(home: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The options that lead to that store."""
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", str(home))
    monkeypatch.setenv("XDG_DATA_HOME", str(home / f"data{NO_UTF_8}"))
    (database,) = home.glob("*.db")
    return ["--db", str(database)]


LOOKING = [
    ["panels"],
    ["panels", "--csv"],
    ["panels", "--json"],
    ["events"],
    ["events", "--json"],
    ["sessions"],
    ["sessions", "--json"],
    ["reconcile"],
    ["reconcile", "--json"],
    ["line", "--format", "{session_id} {state}"],
    ["line", "--json"],
]


@pytest.mark.parametrize("words", LOOKING, ids=" ".join)
def test_what_is_kept(words: list[str], asked: list[str]) -> None:
    done = run(*words, *asked, *(SOURCE if words[0] == "line" else EMBEDDED))
    assert done.returncode == 0, done.stderr
    assert b"]52;c;Q" in done.stdout or rb"\u001b]52;c;Q" in done.stdout


def test_a_number_in_csv_has_one_row(asked: list[str]) -> None:
    done = run("panels", "--csv", *asked, *EMBEDDED)
    rows = list(csv.reader(done.stdout.decode().split("\r\n")[:-1]))
    assert {len(row) for row in rows} == {5}
    assert len(rows) == done.stdout.count(b"\n")
    assert any("RED" in row[2] for row in rows)


def test_json_gives_a_parser_the_same_strings(asked: list[str]) -> None:
    done = run("events", "--json", *asked, *EMBEDDED)
    rows = [json.loads(row) for row in done.stdout.splitlines()]
    assert {row["session_id"] for row in rows} == {EVIL}
    assert {row["event_name"] for row in rows} == set(NAMES)
    done = run("sessions", "--json", *asked, *EMBEDDED)
    assert json.loads(done.stdout)["name"] == EVIL + NO_UTF_8
    assert "한글".encode() in done.stdout


def test_what_is_exported_comes_back_the_same(asked: list[str], tmp_path: Path) -> None:
    done = run("export", *asked)
    assert b"RED" in done.stdout
    values = [
        record["body"]["stringValue"]
        for line in map(json.loads, done.stdout.splitlines())
        for resource in line.get("resourceLogs", ())
        for scope in resource["scopeLogs"]
        for record in scope["logRecords"]
    ]
    assert f"claude_code.{EVIL}" in values


ACTING = [
    ["record", "--status"],
    ["record", "--status", "--json"],
    ["env"],
    ["backfill", "--endpoint", "127.0.0.1:1", "--loki-url", "http://127.0.0.1:1"],
    ["forget", "--before", "2001-01-01T00:00Z", "--yes"],
    ["forget", "--session", "x"],
    ["export", "--session", WORD],
]


@pytest.mark.parametrize("words", ACTING, ids=lambda words: " ".join(words[:3]))
def test_commands_on_a_file_with_such_a_name(words: list[str], asked: list[str]) -> None:
    run(*words, *asked)


@pytest.mark.parametrize("at", ["missing", "folder", "not a database"])
@pytest.mark.parametrize("words", ["panels", "line", "export", "record --status"])
def test_a_file_that_cannot_be_asked(words: str, at: str, tmp_path: Path) -> None:
    path = tmp_path / f"{WORD.replace('/', '|')}{NO_UTF_8}"
    if at == "folder":
        path.mkdir()
    elif at == "not a database":
        path.write_text(EVIL)
    looking = SOURCE if words in ("panels", "line") else ()
    run(*words.split(), *looking, "--db", str(path))


WRONG = [
    [f"--{WORD}"],
    [WORD],
    ["panels", f"--{WORD}"],
    ["panels", "--panel", WORD],
    ["panels", "--since", WORD],
    ["panels", "--from", WORD],
    ["panels", "--step", WORD],
    ["panels", "--window", WORD],
    ["panels", "--filter", WORD],
    ["panels", "--header", WORD],
    ["panels", "--prometheus-url", WORD],
    ["line", "--format", "{" + WORD + "}"],
    ["events", "--limit", WORD],
    ["record", "--otlp-grpc", WORD],
    ["replay", WORD],
    ["replay", "--endpoint", WORD, str(DATA / "sessions.jsonl")],
    ["backfill", "--db", str(DATA / "sessions.jsonl"), "--loki-url", WORD],
    ["backfill", "--db", str(DATA / "sessions.jsonl"), "--endpoint", WORD],
    ["export", "--from", WORD],
    ["forget", "--before", WORD],
    ["stack", WORD],
    ["stack", "logs", "--tail", WORD],
    ["stack", "status", WORD],
    ["-p", WORD, "stack", "status"],
    ["stack", "-p", WORD, "status"],
    ["stack", "open", WORD],
]


@pytest.mark.parametrize("words", WRONG, ids=lambda words: " ".join(words).replace(WORD, "EVIL"))
def test_wrong_words(words: list[str], tmp_path: Path) -> None:
    done = run(*words, HOME=str(tmp_path), XDG_DATA_HOME=str(tmp_path))
    assert done.returncode, done


@pytest.mark.parametrize("name", ["TZ", "DOCKER_HOST", "COMPOSE_PROJECT_NAME", "NO_PROXY", "SHELL"])
def test_the_environment(name: str, asked: list[str]) -> None:
    proxy = {"HTTP_PROXY": "http://proxy:1"}
    run("panels", *asked, *EMBEDDED, **{name: WORD + NO_UTF_8})
    run("stack", "status", **{name: WORD})
    run("env", *asked, **{**proxy, name: WORD})


def test_a_status_line(asked: list[str]) -> None:
    for text in (json.dumps({"session_id": EVIL, "cost": {"total_cost_usd": 1}}), EVIL):
        done = subprocess.run(
            [*PROGRAM, "line", *asked, *SOURCE],
            input=text.encode(),
            capture_output=True,
        )
        assert unseen(done.stdout + done.stderr) == set()


OTHERS = """\
import click, logging, sys, warnings
from ccotel_tui.cli.output import print_plainly
from tests.tools.hostile import EVIL, NO_UTF_8
print_plainly()
for stream in (sys.stdout, sys.stderr):
    print(EVIL, NO_UTF_8, file=stream)
    stream.writelines([EVIL, NO_UTF_8])
    click.echo(EVIL + NO_UTF_8, stream)
    assert not hasattr(stream, "buffer")
click.echo(EVIL)
warnings.warn(EVIL)
logging.warning(EVIL)
raise ValueError(EVIL + NO_UTF_8)
"""


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1", "ascii"])
def test_whoever_prints(encoding: str) -> None:
    """Libraries and tracebacks too, and where the locale has no such letters."""
    done = subprocess.run(
        [sys.executable, "-c", OTHERS],
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": encoding},
        cwd=ROOT,
    )
    for output in (done.stdout, done.stderr):
        assert b"RED" in output
        assert unseen(output.decode(encoding).encode()) == set()
    assert b"ValueError:  ]52" in done.stderr


def test_on_a_terminal_too(asked: list[str]) -> None:
    for words in (["events", *asked, *EMBEDDED], ["panels", "--panel", WORD]):
        with command_terminal([*PROGRAM, *words]) as shown:
            shown.end()
            assert b"RED" in shown.output
            assert unseen(shown.output) == set()


def test_a_question_on_a_terminal(asked: list[str]) -> None:
    with command_terminal([*PROGRAM, "forget", "--session", EVIL[:3], *asked]) as shown:
        shown.read_until("Delete it?")
        shown.press("n\r")
        assert shown.end() == 1
        assert unseen(shown.output) == set()


ROW = {"stream": {"service_name": EVIL, "model": "\ud800" + EVIL}, "values": [["1", EVIL]]}
BODIES = {
    "text": EVIL.encode(),
    "no text": b"\x9b2J\xff" + EVIL.encode(),
    "error": json.dumps({"status": "error", "error": EVIL + "\ud800"}).encode(),
    "rows": json.dumps({"status": "success", "data": {"result": [ROW]}}).encode(),
    "names": json.dumps({"status": "success", "data": [EVIL, "\ud800"]}).encode(),
}


ANSWERED = {
    **{f"200 {name}": (200, body) for name, body in BODIES.items()},
    "400": (400, BODIES["error"]),
    "404": (404, BODIES["text"]),
    "500": (500, BODIES["no text"]),
}


@pytest.mark.parametrize("answer", mostly_slow(ANSWERED.values(), 2), ids=ANSWERED)
def test_a_server(answer: Answer, asked: list[str]) -> None:
    with answering(lambda _: answer) as server:
        url = f"http://{server}"
        stack = ["--source", "stack", "--prometheus-url", url, "--loki-url", url]
        for words in (["panels"], ["panels", "--json"], ["events", "--json"], ["line"]):
            run(*words, *stack)
        run("backfill", *asked, "--endpoint", server, "--loki-url", url)
        run("stack", "status", DOCKER_HOST=f"tcp://{server}")


@pytest.mark.parametrize("answer", mostly_slow(ANSWERED.values(), 2), ids=ANSWERED)
def test_a_loki_that_is_asked_what_it_has(answer: Answer, asked: list[str], tmp_path: Path) -> None:
    kept = tmp_path / "telemetry.db"
    with closing(Database(kept)) as database:
        database.append([event("api_request", session=EVIL)])
    # The first batch is in doubt.
    with closing(Outbox(kept, 0)) as backlog:
        backlog.mark = 7
    with answering(lambda _: answer) as server, recorder(tmp_path / "collector.db") as collector:
        done = run(
            *("backfill", "--db", str(kept), "--yes"),
            *("--endpoint", collector.grpc, "--loki-url", f"http://{server}"),
        )
        assert done.returncode == 1


def test_a_docker_engine(tmp_path: Path) -> None:
    with answering(docker) as server:
        engine = {"DOCKER_HOST": f"tcp://{server}", "XDG_DATA_HOME": str(tmp_path)}
        for words in ("status", "logs", "clean", "clean --yes", "up", "down", "restart loki"):
            done = run("stack", *words.split(), **engine)
            assert done.returncode or words == "logs"
            assert b"RED" in done.stdout + done.stderr, words
        (row,) = (
            json.loads(line)
            for line in run("stack", "status", "--json", **engine).stdout.splitlines()
            if b"RED" in line
        )
        assert row["image"] == EVIL


@pytest.mark.skipif(sys.platform != "linux", reason="the name of a process is set through /proc")
@pytest.mark.parametrize(
    "name", [b"\x1b[2J\x9b\n\xc2\x9b(x)", "a\u202eb\u2028c\x7f".encode()], ids=["bytes", "text"]
)
def test_whoever_has_the_port_of_a_recorder(name: bytes, tmp_path: Path) -> None:
    """What the recorder prints is one line, and so is what others say of it."""
    words = ["--db", str(tmp_path / "telemetry.db")]
    with listening(name) as (taken, pid):
        ports = ["--otlp-grpc", taken, "--otlp-http", "127.0.0.1:0"]
        with recording(*words, *ports) as printed:
            assert f"process {pid}".encode() in printed[0]
            assert b"is taken by another program" in run("record", "--status", *words).stdout
            document = json.loads(run("record", "--status", "--json", *words).stdout)
            assert os.fsdecode(name) in document["problem"]
            run("line", "--json", *words, *SOURCE)
            run("env", *words)
    assert unseen(b"".join(printed)) == set()
    assert len(printed) == 1


def test_what_a_recorder_gets(tmp_path: Path) -> None:
    """Whatever bytes come to its ports, it says nothing that is not to be seen."""
    words = ["--db", str(tmp_path / f"{WORD.replace('/', '|')}{NO_UTF_8}")]
    with recording(*words, "--otlp-grpc", "127.0.0.1:0", "--otlp-http", "127.0.0.1:0") as printed:
        status = json.loads(run("record", "--status", "--json", *words).stdout)
        assert status["recording"]
        assert status["database"] == words[1]
        for place in status["listening"]:
            for request in REQUESTS:
                address = (place["host"], place["port"])
                with socket.create_connection(address) as client, suppress(ConnectionError):
                    client.sendall(request)
                    client.shutdown(socket.SHUT_WR)
                    while client.recv(65_536):
                        pass
        assert until(lambda: b"refused" in run("record", "--status", *words).stdout, WITHIN)
        assert json.loads(run("record", "--status", "--json", *words).stdout)["refused"]
    assert unseen(b"".join(printed)) == set()


LINE = WORD.replace("\r\n", "").encode()
HEAD = b"POST /v1/logs HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: "
REQUESTS = (
    LINE + b"\r\n\r\n",
    b"GET /" + LINE + b" HTTP/1.1\r\nHost: " + LINE + b"\r\n\r\n",
    HEAD + LINE + b"\r\n\r\n",
    HEAD + b"application/json\r\nContent-Length: %d\r\n\r\n" % len(LINE) + LINE,
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + LINE * 9,
)


@contextmanager
def recording(*words: str) -> Iterator[list[bytes]]:
    """A recorder that has said its first line; what it printed, all of it at the end."""
    with subprocess.Popen(
        [*PROGRAM, "record", *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        assert process.stdout is not None
        try:
            printed = [process.stdout.readline()]
            yield printed
        finally:
            process.terminate()
            printed += process.stdout
