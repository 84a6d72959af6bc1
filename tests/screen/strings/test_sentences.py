"""Sentences that come from elsewhere: English as they come, Korean by their keys."""

import ast
import copy
import errno
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import get_args
from zoneinfo import ZoneInfo

import pytest

import ccotel_tui
from ccotel_tui import errors
from ccotel_tui.doctor.causes import IN_WORDS, KNOWN_CAUSES
from ccotel_tui.doctor.facts import AnswerKind
from ccotel_tui.errors import NotStored
from ccotel_tui.panels.output.reconciliation import reconciliation_lines
from ccotel_tui.query.measures import MeasureSignal
from ccotel_tui.query.reconcile import (
    CAUSES,
    Balance,
    BalanceState,
    Name,
    Reconciliation,
    Sums,
)
from ccotel_tui.query.window import HOUR, MINUTE, SECOND
from ccotel_tui.recorder import health
from ccotel_tui.recorder.child.events import Failed, event_line, parse_event
from ccotel_tui.recorder.lock import acquire
from ccotel_tui.recorder.ports.address import ReceiverAddress, listen
from ccotel_tui.screen import strings
from ccotel_tui.screen.data.recorder_report import RecorderReport
from ccotel_tui.screen.format.status import problem
from ccotel_tui.screen.strings import korean
from ccotel_tui.sentences import SEPARATORS, SYSTEM_ERRORS, Sentence, system_words
from ccotel_tui.stack_control.docker.errors import translate
from ccotel_tui.stack_control.docker.host import DEFAULT_HOST, DockerHost, find
from ccotel_tui.store.ahead import Ahead
from ccotel_tui.store.database import Database
from ccotel_tui.store.file.connection import open_to_write
from ccotel_tui.store.file.faults import STORE_FAULTS
from ccotel_tui.telemetry.records import Point
from tests.screen.strings.test_korean import HANGUL, fields
from tests.screen.tools.running import NOW, dashboard
from tests.tools.otlp import T0, event, request

ROOT = Path(ccotel_tui.__file__).parent


def constant_keys() -> Iterator[str]:
    """Yield the keys of the sentences in the code."""
    for path in ROOT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.Call(
                    func=ast.Name(id="Sentence"), args=[ast.Constant(value=str(key)), *_]
                ):
                    yield key


def test_korean_has_each_of_them() -> None:
    made = {*health._REASONS, *(f"deleted_{kind}" for kind in health._DELETED)}
    made |= {f"store_{reason}" for reason in STORE_FAULTS}
    made |= {f"fault_{reason}" for reason in health._REASONS}
    made |= {key for key, _ in SYSTEM_ERRORS.values()}
    made |= {f"doctor_{name}" for name in KNOWN_CAUSES}
    made |= {f"kind_{kind}" for kind in get_args(AnswerKind) if kind != "ok"}
    made |= {f"container_{state}" for state in korean.STATE_OF_SERVICE}
    made |= {f"refusal_{reason}" for reason in korean.REFUSAL_REASONS}
    made |= {f"records_{signal}" for signal in get_args(MeasureSignal)}
    made |= {f"reconcile_{name}" for name in (*CAUSES, *get_args(Name))}
    made |= {f"balance_{state}" for state in get_args(BalanceState)}
    assert korean.SENTENCES.keys() == {*constant_keys(), *made, *IN_WORDS.values(), *SEPARATORS}


def test_korean_causes_and_steps_take_the_values_of_the_english() -> None:
    forms = {
        **{f"doctor_{name}": cause.cause for name, cause in KNOWN_CAUSES.items()},
        **{key: form for form, key in IN_WORDS.items()},
        **{f"reconcile_{name}": form for name, form in CAUSES.items()},
    }
    differ = [key for key, form in forms.items() if fields(korean.SENTENCES[key]) != fields(form)]
    assert differ == []


def test_a_source_says_nothing_that_korean_has_not() -> None:
    """Why a source fails has a key, but what is told to nobody: the reader is elsewhere by then."""
    plain = {
        ast.unparse(error.args[0])
        for path in (ROOT / "query").rglob("*.py")
        for error in ast.walk(ast.parse(path.read_text()))
        if isinstance(error, ast.Call)
        and getattr(error.func, "id", "") in ("SourceUnavailable", "NotSearched")
        and isinstance(error.args[0], ast.Constant | ast.JoinedStr)
    }
    assert plain == {"'The reader has moved on.'", "'The reader has gone.'"}


TOLD_TO_OTHERS = {"BodyTooLarge", "Busy", "MalformedTelemetry", "ServiceFailed", "UsageError"}
"""Errors that a recorder tells a sender, or the person who typed its command."""

TOLD_TO_NO_CHILD = [
    "AlreadyRecording in lock.py",  # without --wait, as below
    "PortTaken in lease.py",  # of the collector, which wants the ports
    "PortTaken in process.py",
]


def test_a_recorder_ends_for_nothing_that_korean_has_not() -> None:
    kinds = {
        name
        for name, kind in vars(errors).items()
        if isinstance(kind, type) and issubclass(kind, errors.CcotelError)
    }
    plain = [
        f"{ast.unparse(error.func)} in {path.name}"
        for room in ("recorder", "store")
        for path in (ROOT / room).rglob("*.py")
        for module in [ast.parse(path.read_text())]
        for error in ast.walk(module)
        if isinstance(error, ast.Call)
        and getattr(error.func, "id", "") in kinds - TOLD_TO_OTHERS
        and ast.unparse(error.args[-1]) not in sentence_names(module)
    ]
    assert sorted(plain) == TOLD_TO_NO_CHILD


STACK_ERRORS = {
    name
    for name, kind in vars(errors).items()
    if isinstance(kind, type) and issubclass(kind, errors.StackError)
}

TOLD_IN_ENGLISH = {
    "BadComposeFile in compose_file.py",  # of who has written into the file that we ship
    "DockerUnavailable in client.py",  # a sentence of the host's, as below
    "DockerUnavailable in stack.py",
    "PortInUse in engine.py",  # the port's number, to who makes the sentence
}


def test_the_stack_says_nothing_that_korean_has_not() -> None:
    plain = {
        f"{ast.unparse(error.func)} in {path.name}"
        for path in (ROOT / "stack_control").rglob("*.py")
        for module in [ast.parse(path.read_text())]
        for error in ast.walk(module)
        if isinstance(error, ast.Call)
        and getattr(error.func, "id", "") in {*STACK_ERRORS, "ConcurrentChange"}
        and error.args
        and ast.unparse(error.args[0]) not in sentence_names(module)
    }
    assert plain == TOLD_IN_ENGLISH


def test_korean_forms_take_the_values_of_the_english() -> None:
    for path in ROOT.rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text())):
            match call:
                case ast.Call(
                    func=ast.Name(id="Sentence"),
                    args=[ast.Constant(value=str(key)), *_],
                    keywords=values,
                ) if all(value.arg for value in values):
                    assert fields(korean.SENTENCES[key]) == {value.arg for value in values}, key


@pytest.mark.usefixtures("korean")
def test_why_docker_is_not_reached_is_korean_on_the_page_of_the_stack() -> None:
    host = DockerHost("tcp://127.0.0.1:1", "DOCKER_HOST", others=("rootless Docker",))
    for cause in (PermissionError(), ConnectionRefusedError(), TimeoutError()):
        told = strings.translated(errors.sentence(translate(cause, host)))
        assert HANGUL.search(told)
        assert "127.0.0.1:1" in told
        assert "Docker is" not in told
    assert "사용할 수 있는 것: rootless Docker" in strings.translated(host.named_others)


@pytest.mark.usefixtures("korean")
def test_what_chose_the_docker_engine_is_korean_too(tmp_path: Path) -> None:
    told = errors.sentence(translate(ConnectionRefusedError(), find({"HOME": str(tmp_path)})))
    assert f"{DEFAULT_HOST}(기본값)" in strings.translated(told)


def sentence_names(module: ast.Module) -> set[str]:
    """The sentences that a module makes, and the names that it gives them."""
    made = {
        ast.unparse(call)
        for call in ast.walk(module)
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "Sentence"
    }
    named = {
        ast.unparse(target)
        for node in ast.walk(module)
        if isinstance(node, ast.Assign) and ast.unparse(node.value) in made
        for target in node.targets
    }
    return made | named


def told(tmp_path: Path) -> Iterator[Exception]:
    """Yield an error of each kind for which a child ends."""
    path = tmp_path / "telemetry.db"
    for reason, form in STORE_FAULTS.items():
        yield NotStored(reason, Sentence(f"store_{reason}", form, path=str(path), error="no"))
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE theirs (x)")
    starts: list[Callable[[], object]] = [
        lambda: open_to_write(path),
        lambda: acquire(path / "telemetry.db", print).__enter__(),
        lambda: listen(ReceiverAddress("grpc", "192.0.2.1", 0)),
    ]
    for start in starts:
        with pytest.raises(errors.CcotelError) as caught:
            start()
        yield caught.value
    yield ValueError("what nobody thought of")


@pytest.mark.usefixtures("korean")
def test_why_a_child_has_ended_is_korean_on_the_screen(tmp_path: Path) -> None:
    keys = set()
    for error in told(tmp_path):
        cause = errors.sentence(error)
        assert isinstance(cause, Sentence)
        event = parse_event(event_line(Failed(cause)))
        assert isinstance(event, Failed)
        assert event.sentence == cause
        shown = problem(RecorderReport(False, failure=event.sentence))
        values = {n: strings.translated(v) for n, v in cause.values.items() if isinstance(v, str)}
        assert shown == korean.SENTENCES[cause.key].format(**{**cause.values, **values})
        keys.add(cause.key)
    assert keys == {
        *(f"store_{reason}" for reason in STORE_FAULTS),
        *("store_of_another_program", "not_listened_on", "our_fault"),
    }


@pytest.mark.usefixtures("korean")
def test_what_the_system_said_is_korean_inside_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "telemetry.db.lock").mkdir()
    with pytest.raises(NotStored) as caught, acquire(tmp_path / "telemetry.db", print):
        pass
    event = parse_event(event_line(Failed(errors.sentence(caught.value))))
    assert isinstance(event, Failed)
    assert "Errno" not in event.sentence
    shown = problem(RecorderReport(False, failure=event.sentence))
    assert korean.SENTENCES["system_folder"] in shown
    assert "it is a folder" not in shown


def test_the_system_is_told_in_plain_words_or_in_its_own() -> None:
    assert system_words(IsADirectoryError(errno.EISDIR, "Is a directory", "x")) == "it is a folder"
    assert system_words(OSError(errno.EXDEV, "Invalid cross-device link")).startswith("Invalid")
    assert system_words(OSError("timed out")) == "timed out"


def screen_raises_of_the_system() -> Iterator[str]:
    """Yield where the screen says an OSError in the system's words."""
    for path in (ROOT / "screen").rglob("*.py"):
        for handler in ast.walk(ast.parse(path.read_text())):
            if isinstance(handler, ast.ExceptHandler) and handler.name and handler.type:
                shown = ast.unparse(handler)
                if "OSError" in ast.unparse(handler.type) and "system_words" not in shown:
                    yield f"{path.name}: {shown}"


def test_no_error_of_the_system_is_shown_as_it_came() -> None:
    assert [each for each in screen_raises_of_the_system() if "_why(" not in each] == []


@pytest.mark.usefixtures("korean")
def test_what_a_child_of_another_version_tells_otherwise_stays_english() -> None:
    line = '{"event": "failed", "sentence": "It broke.", "key": "store_newer", "values": {}}'
    event = parse_event(line)
    assert isinstance(event, Failed)
    assert problem(RecorderReport(False, failure=event.sentence)) == "It broke."


def test_english_is_as_it_came_and_a_copy_is_the_text() -> None:
    inner = Sentence("events", "events")
    sentence = Sentence("dropped_by_collector", "{count:,} {records}", count=1000, records=inner)
    assert sentence == strings.translated(sentence) == "1,000 events"
    assert copy.deepcopy(sentence) == "1,000 events"
    assert strings.translated("text") == "text"


@pytest.mark.usefixtures("korean")
def test_the_values_are_put_into_the_korean_form() -> None:
    ahead = Ahead(3, NOW + HOUR).sentence(NOW)
    assert isinstance(ahead, Sentence)
    assert strings.translated(ahead) == korean.SENTENCES["ahead"].format(records=3, length="1 h")
    whole = Sentence("clock_wrong", "{ahead}: wrong", ahead=ahead)
    assert "3 records" not in strings.translated(whole)
    assert strings.translated(Sentence("unheard", "{n} things", n=1)) == "1 things"
    assert fields(korean.SENTENCES["ahead"]) == set(ahead.values)


@pytest.mark.usefixtures("korean")
async def test_what_an_answer_notes_is_korean_on_the_screen(
    database: Database, tmp_path: Path
) -> None:
    model = "claude-opus-4-8"
    database.append([event("api_request", NOW - MINUTE, model=model)])
    database.append([event("api_request", NOW - SECOND, cost_usd=1.5, model=model)])
    async with dashboard(tmp_path) as running:
        await running.press("2", "i")
        shown = await running.until(strings.INFO["notes"])
        assert "told no cost" not in shown
        note = korean.SENTENCES["without_cost"].format(requests=2, missing=1)
        assert note.split()[0] in shown


@pytest.mark.usefixtures("korean")
@pytest.mark.parametrize("size", [(40, 12), (80, 24)])
async def test_events_against_counters_are_korean_on_the_screen(
    database: Database, tmp_path: Path, size: tuple[int, int]
) -> None:
    told = ("claude-code", "claude_code.cost.usage", "USD", False, 3.0)
    labels = {"session.id": "bb", "query_source": "main"}
    database.append([request(1.0, T0, "bb"), Point(T0 + SECOND, T0, *told, labels)])
    async with dashboard(tmp_path, size) as running:
        await running.press("equals_sign")
        shown = await running.until("불일치")
    assert set(re.findall("[A-Za-z]{3,}", shown)) <= {"main", "Esc"}


@pytest.mark.usefixtures("korean")
@pytest.mark.parametrize("cause", CAUSES)
def test_each_reason_why_a_session_differs_is_korean(cause: str) -> None:
    said = Sentence(f"reconcile_{cause}", CAUSES[cause], missed=2)
    spent = {"main": 1.0}
    balances = (
        Balance("77", T0, {"cost": Sums(spent, {})}, said),
        Balance("78", T0, {"tokens": Sums({}, spent)}, said),
        Balance("79", T0, {"cost": Sums(spent, {"main": 2.0})}, said),
    )
    for found in ((), balances):
        lines = reconciliation_lines(Reconciliation(found, 1), ZoneInfo("UTC"))
        text = "\n".join(map(strings.translated, lines))
        assert set(re.findall("[A-Za-z]{3,}", text)) <= {"main", "Loki"}
