"""Names, passwords and tokens: where they come from, and that nothing repeats them."""

import ssl
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from ccotel_tui.errors import EndpointUnavailable
from ccotel_tui.send.loki import Loki
from tests.cli.test_words import run
from tests.query.stub import Behaviour, Request, Stub, own_certificate, well
from tests.screen.tools.terminal import command_terminal
from tests.servers.servers import free_port, until
from tests.tools.sampling import pairs

CANARY = "canary-sesame"
PASSWORD, TOKEN = f"{CANARY}-password", f"{CANARY}-token"
SECRETS = (CANARY, b64encode(f"me:{PASSWORD}".encode()).decode())


@pytest.fixture
def header_file(tmp_path: Path) -> Path:
    file = tmp_path / "headers"
    file.write_text(f"X-Token: Bearer {TOKEN}\n\nX-Scope-OrgID: team\n", encoding="utf-8")
    file.chmod(0o600)
    return file


@pytest.fixture
def stub() -> Iterator[Stub]:
    with Stub() as stub:
        yield stub


def with_password(url: str) -> str:
    return url.replace("//", f"//me:{PASSWORD}@")


def repeats(status: int, **headers: str) -> Behaviour:
    """Refuses with all that it was told, in the body and in the headers."""

    def behave(request: Request) -> None:
        body = " ".join(request.headers.values()) + f" {PASSWORD}"
        request.say(status, body.encode(), "text/plain", **headers)

    return behave


def seen(stub: Stub, name: str) -> set[str | None]:
    headers = [{key.lower(): value for key, value in sent.items()} for sent in stub.headers]
    return {sent.get(name.lower()) for sent in headers}


def panels(stub: Stub, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    urls = ("--prometheus-url", stub.url, "--loki-url", stub.url)
    return run("panels", "--source", "stack", *urls, *words, **environment)


def test_headers_come_from_a_file_of_the_user_s_own(stub: Stub, header_file: Path) -> None:
    assert panels(stub, "--header", f"@{header_file}").returncode == 0
    assert seen(stub, "X-Token") == {f"Bearer {TOKEN}"}
    assert seen(stub, "X-Scope-OrgID") == {"team"}


def test_headers_come_from_the_environment_in_lines(stub: Stub) -> None:
    lines = f"X-Token: Bearer {TOKEN}\nX-Scope-OrgID: team"
    assert panels(stub, CCOTEL_HEADER=lines).returncode == 0
    assert seen(stub, "X-Token") == {f"Bearer {TOKEN}"}
    assert seen(stub, "X-Scope-OrgID") == {"team"}


def test_the_environment_may_name_the_file(stub: Stub, header_file: Path) -> None:
    assert panels(stub, CCOTEL_HEADER=f"@{header_file}").returncode == 0
    assert seen(stub, "X-Token") == {f"Bearer {TOKEN}"}


def test_headers_come_from_the_standard_input(stub: Stub) -> None:
    urls = ("--prometheus-url", stub.url, "--loki-url", stub.url)
    done = subprocess.run(
        [sys.executable, "-m", "ccotel_tui", "panels", *urls, "--header", "@-"],
        input=f"X-Token: {TOKEN}\n",
        text=True,
        capture_output=True,
    )
    assert done.returncode == 0
    assert seen(stub, "X-Token") == {TOKEN}


def test_headers_are_asked_for_on_a_terminal_and_not_shown(stub: Stub) -> None:
    urls = ("--prometheus-url", stub.url, "--loki-url", stub.url)
    command = [sys.executable, "-m", "ccotel_tui", "panels", *urls, "--header", "@-"]
    with command_terminal(command) as shown:
        shown.read_until("not shown")
        shown.press(f"X-Token: {TOKEN}\n")
        assert shown.end() == 0
    assert seen(stub, "X-Token") == {TOKEN}
    assert TOKEN.encode() not in shown.output


def test_addresses_with_passwords_come_from_the_environment(stub: Stub) -> None:
    url = with_password(stub.url)
    words = ("panels", "--source", "stack")
    done = run(*words, CCOTEL_PROMETHEUS_URL=url, CCOTEL_LOKI_URL=url)
    assert done.returncode == 0
    assert seen(stub, "Authorization") == {f"Basic {SECRETS[1]}"}


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o620])
def test_a_file_that_others_may_read_is_refused(header_file: Path, mode: int) -> None:
    header_file.chmod(mode)
    done = run("panels", "--header", f"@{header_file}")
    assert done.returncode == 2
    assert f"chmod 600 {header_file}, and try again" in done.stderr
    assert CANARY not in done.stderr


@pytest.mark.parametrize(
    ("content", "problem"),
    [(TOKEN.encode(), "write 'Name: value'"), (b"X: \xff" + TOKEN.encode(), "is not UTF-8 text")],
)
def test_what_is_wrong_in_a_file_is_not_repeated(
    header_file: Path, content: bytes, problem: str
) -> None:
    header_file.write_bytes(content)
    done = run("panels", "--header", f"@{header_file}")
    assert done.returncode == 2
    assert problem in done.stderr
    assert CANARY not in done.stderr


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    done = run("panels", "--header", f"@{tmp_path / 'none'}")
    assert done.returncode == 2
    assert "none cannot be read: No such file" in done.stderr


COMMANDS = (
    ("panels", "--json"),
    ("events", "--json"),
    ("sessions",),
    ("reconcile",),
    ("line",),
    ("stack", "open", "--session", "current"),
)
FAULTS: dict[str, Behaviour] = {
    "401": repeats(401, WWW_Authenticate=f"Basic realm={PASSWORD}"),
    "500": repeats(500),
    "a redirect": repeats(302, Location=f"http://me:{PASSWORD}@127.0.0.1:1/"),
    "no JSON": repeats(200),
}


def no_secret_in(done: subprocess.CompletedProcess[str]) -> None:
    for secret in SECRETS:
        assert secret not in done.stdout
        assert secret not in done.stderr
    assert "Traceback" not in done.stderr


def fail(url: str, command: tuple[str, ...], header_file: Path) -> None:
    words = (*command, "--source", "stack", "--header", f"@{header_file}")
    no_secret_in(
        run(*words, CCOTEL_PROMETHEUS_URL=with_password(url), CCOTEL_LOKI_URL=with_password(url))
    )


@pytest.mark.parametrize(("command", "fault"), pairs(COMMANDS, [*FAULTS]))
def test_no_command_repeats_a_secret_to_whoever_it_fails(
    stub: Stub, header_file: Path, command: tuple[str, ...], fault: str
) -> None:
    stub.behave = FAULTS[fault]
    fail(stub.url, command, header_file)
    assert stub.headers


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_no_command_repeats_a_secret_where_nobody_listens(
    header_file: Path, command: tuple[str, ...]
) -> None:
    fail(f"http://127.0.0.1:{free_port()}", command, header_file)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_no_command_repeats_a_secret_to_a_server_that_is_not_trusted(
    header_file: Path, command: tuple[str, ...], certificate: ssl.SSLContext
) -> None:
    with Stub(context=certificate) as stub:
        fail(stub.url, command, header_file)
        assert not stub.headers


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    return own_certificate(tmp_path_factory.mktemp("tls"))


@pytest.mark.parametrize("fault", [*FAULTS, "nobody"])
def test_backfill_names_itself_to_loki_and_repeats_nothing(stub: Stub, fault: str) -> None:
    nobody = fault == "nobody"
    stub.behave = FAULTS.get(fault, well)
    loki = Loki(with_password(f"http://127.0.0.1:{free_port()}" if nobody else stub.url))
    with pytest.raises(EndpointUnavailable) as raised:
        loki.has("claude-code", 1)
    assert not [secret for secret in SECRETS if secret in str(raised.value)]
    assert seen(stub, "Authorization") == (set() if nobody else {f"Basic {SECRETS[1]}"})


def test_a_password_for_loki_may_have_any_letter(stub: Stub) -> None:
    stub.behave = FAULTS["401"]
    with pytest.raises(EndpointUnavailable):
        Loki(stub.url.replace("//", "//me:%E2%82%AC@")).has("claude-code", 1)
    assert seen(stub, "Authorization") == {f"Basic {b64encode('me:€'.encode()).decode()}"}


def test_no_address_of_backfill_is_repeated() -> None:
    done = run("backfill", CCOTEL_LOKI_URL=f"http://me:{PASSWORD}@host:port")
    assert done.returncode == 2
    assert "--loki-url: write an address" in done.stderr
    no_secret_in(done)


def command_lines(group: int) -> list[str]:
    """Of every process below this one, itself too."""
    children: dict[int, list[int]] = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            parent = int(status.read_bytes().rpartition(b")")[2].split()[1])
            children.setdefault(parent, []).append(int(status.parent.name))
    lines, waiting = [], [group]
    while waiting:
        process = waiting.pop()
        waiting += children.get(process, [])
        with suppress(OSError):
            line = Path(f"/proc/{process}/cmdline").read_text(errors="replace")
            lines.append(line.replace("\0", " "))
    return lines


@pytest.mark.skipif(sys.platform != "linux", reason="reads the command lines in /proc")
@pytest.mark.parametrize("fault", FAULTS)
def test_the_dashboard_shows_no_secret_and_hands_none_to_a_command_line(
    stub: Stub, header_file: Path, tmp_path: Path, fault: str
) -> None:
    url = with_password(stub.url)
    words = ("--source", "auto", "--header", f"@{header_file}", "--db", str(tmp_path / "a.db"))
    ports = ("--otlp-grpc", "127.0.0.1:0", "--otlp-http", "127.0.0.1:0")
    variables = {
        "CCOTEL_PROMETHEUS_URL": url,
        "CCOTEL_LOKI_URL": url,
        "CLAUDE_CONFIG_DIR": str(tmp_path),
    }
    command = [sys.executable, "-m", "ccotel_tui", *words, *ports]
    with command_terminal(command, environment=variables) as shown:
        shown.read_until("Overview")
        stub.behave = FAULTS[fault]
        assert until(lambda: len(command_lines(shown.pid)) > 1, 60)
        asked = len(stub.headers)
        shown.press("r")
        assert until(lambda: len(stub.headers) > asked, 60)
        for key in ("i", "\x1b", "=", "\x1b", "s", "e", "6"):
            shown.press(key)
        lines = command_lines(shown.pid)
        shown.press("q")
        assert shown.end() == 0
    assert any("record" in line for line in lines)
    for secret in SECRETS:
        assert secret.encode() not in shown.output
        assert not [line for line in lines if secret in line]
