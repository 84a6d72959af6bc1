"""The page of doctor's checks in Korean: of the child's JSON, whatever that holds."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from math import inf
from typing import Any

import pytest

from ccotel_tui.claude.settings.origins import Origin
from ccotel_tui.doctor.facts import ClientLog, Facts, MetricsServer, StackFacts, Stored
from ccotel_tui.doctor.rules import document, run_checks
from ccotel_tui.recorder.state import PortOwner
from ccotel_tui.screen import strings
from ccotel_tui.screen.strings import korean
from ccotel_tui.screen.views.pages.doctor import doctor_page
from ccotel_tui.sentences import SEPARATORS, Sentence, joined, parts_of, sentence_of
from tests.doctor.test_breaks import (
    BREAKS,
    DAMAGED,
    ENDPOINT,
    GRPC,
    OFF,
    SHELL,
    USER,
    WARNINGS,
    WELL,
    answered,
    env,
    recording,
    stored,
)

STACK = StackFacts(
    True,
    published={"loki": "127.0.0.1:13100"},
    lags={"loki": inf, "prometheus": 100.0},
    canaries=3,
    dropped={"events": 1, "counters": 2},
)


def shell(switch: str) -> Origin:
    return replace(SHELL, variables={"CLAUDE_CODE_ENABLE_TELEMETRY": switch})


SET_UPS: dict[str, Callable[[], Facts]] = {
    **{name: facts for name, (_, facts) in {**BREAKS, **WARNINGS}.items()},
    "all is well": lambda: WELL,
    "nothing there": Facts,
    "Thanos": lambda: replace(WELL, metrics_server=MetricsServer("a:1", "Thanos", "1.0")),
    "a server without a name": lambda: replace(WELL, metrics_server=MetricsServer("a:1")),
    "a stack": lambda: replace(WELL, stack=STACK),
    "a stack with records": lambda: replace(
        WELL, stack=STACK, stored=Stored(newest={"logs": None, "metrics": None})
    ),
    "a stack of another": lambda: replace(WELL, stack=StackFacts(problem="/d.sock")),
    "over the shell": lambda: replace(WELL, origins=(USER, shell("0"))),
    "in a shell": lambda: replace(WELL, origins=(SHELL,)),
    "by the shell alone": lambda: replace(WELL, origins=(shell("1"),)),
    "a password": lambda: env(**{ENDPOINT: "http://me:sesame@otel.corp:4317"}),
    "not on the PATH": lambda: replace(WELL, client_path=""),
    "in an editor": lambda: replace(WELL, client_path="", running=True),
    "no version": lambda: replace(WELL, client_version=""),
    "exempted": lambda: env("shell", HTTPS_PROXY="http://127.0.0.1:1", no_proxy="127.0.0.1"),
    "a log": lambda: replace(WELL, client_log=ClientLog(("logs", "metrics"))),
    "an empty log": lambda: replace(WELL, client_log=ClientLog()),
    "a log of the start": lambda: replace(WELL, client_log=ClientLog(problems={"start": "1"})),
    "another receiver": lambda: replace(WELL, recorder=None),
    "no file": lambda: stored(exists=False, versions=()),
    "lent": lambda: recording(handed_over=True),
    "all lent": lambda: recording(ports=[GRPC._replace(bound=False, owner=PortOwner("collector"))]),
    "a port of nobody": lambda: recording(
        ports=[GRPC._replace(bound=False, owner=PortOwner("unknown"))]
    ),
    "hangs unknown": lambda: answered(kind="late", holder=""),
    "TLS": lambda: answered(kind="tls"),
    "locked": lambda: stored(problem=DAMAGED, reason="locked"),
}

NAMES = {
    *("Claude", "Code", "Docker", "OTLP", "PATH", "TLS", "URL", "claude", "ccotel", "tui"),
    *("metrics", "logs", "grpc", "loki", "prometheus", "protobuf", "GRPC", "Thanos"),
    *("console", "udp", "java", "python", "env"),
    *("connect", "ECONNREFUSED", "disk", "full"),  # what another program said
}
NOT_WORDS = re.compile(
    r"""
    다음:\ (?: \S*ccotel-tui | npm | claude | kill | mv | chmod | timedatectl | export )\ .*
    | `[^`]*`  # a command in a sentence
    | \S*(?: [\d_/=@] | \w[.:]\w )\S*  # a number, a variable, a path, a URL, a host
    | --[a-z-]+
    """,
    re.VERBOSE,
)


def page(facts: Facts) -> str:
    return doctor_page(json.dumps(document(run_checks(facts)))).text.plain


@pytest.mark.usefixtures("korean")
@pytest.mark.parametrize("name", SET_UPS)
def test_the_page_has_no_word_that_is_not_korean(name: str) -> None:
    words = set(re.findall("[A-Za-z]{3,}", NOT_WORDS.sub("", page(SET_UPS[name]()))))
    assert words - NAMES == set()


@pytest.mark.parametrize("name", SET_UPS)
def test_the_page_in_english_is_what_the_document_says(name: str) -> None:
    checks = document(run_checks(SET_UPS[name]()), str)["checks"]
    shown = page(SET_UPS[name]())
    for check in checks:
        assert f"  {check['found']}" in shown
        assert check["cause"] is None or f"\n  {check['cause']}\n" in shown


@pytest.mark.usefixtures("korean")
def test_a_step_in_words_and_the_program_by_its_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    shown = page(replace(WELL, heard=(), origins=(SHELL,), unheard=(OFF,)))
    [step] = re.findall("다음: (.* 후 다시 시작)", shown)
    assert re.fullmatch(r"\S+/ccotel-tui setup 후 다시 시작", step)


def check(**told: Any) -> str:
    """The page of one check that a child tells of."""
    row = {"id": "enabled", "state": "fail", "found": "not set", "cause": "Off.", "next": "kill 7"}
    checks = [{**row, **told}]
    return doctor_page(json.dumps({"checks": checks, "first_failure": None})).text.plain


ENGLISH = "끊김  텔레메트리  not set\n  Off.\n  다음: kill 7"


@pytest.mark.usefixtures("korean")
@pytest.mark.parametrize(
    "sentences",
    [
        None,
        "found",
        ["found"],
        {"found": None},
        {"found": "not_set"},
        {"found": {"key": "not_set", "values": {}}},
        {"found": {"sentence": 1, "key": "not_set", "values": {}}},
        {"found": {"sentence": "not set", "key": ["not_set"], "values": {}}},
        {"found": {"sentence": "not set", "key": "not_set", "values": []}},
        {"found": {"sentence": "not set", "key": "of a later version", "values": {}}},
        {"found": {"sentence": "not set", "key": "found_by", "values": {}}},
        {"found": {"sentence": "not set", "key": "found_by", "values": {"place": None}}},
        {"found": {"sentence": "not set", "key": "found_by", "values": {"place": {}}}},
        {"found": {"sentence": "not set", "key": "found_by", "values": {"place": ["a"]}}},
        {"found": {"sentence": "not set", "key": "lag", "values": {"seconds": "soon"}}},
        {"found": {"sentence": "not set", "key": "lag", "values": {"seconds": 10**400}}},
        {"found": {"sentence": "not set", "key": ", ", "values": {"0": 1}}},
    ],
)
def test_what_a_child_tells_in_another_form_stays_english(sentences: object) -> None:
    assert ENGLISH in check(sentences=sentences)


@pytest.mark.usefixtures("korean")
def test_hostile_values_are_plain_in_korean() -> None:
    values = {"place": "\x1b[2J{place.__class__}", "key": "a", "form": "b", "text": "c"}
    told = {"sentence": "by x", "key": "found_by", "values": values}
    assert "텔레메트리   {place.__class__}에서 켜짐\n" in check(sentences={"found": told})


@pytest.mark.usefixtures("korean")
@pytest.mark.parametrize(
    "printed",
    ["[]", "{}", "1", '{"first_failure": "later", "checks": []}', "[" * 100_000, '{"checks": [1]}'],
)
def test_a_document_of_another_form_is_an_error(printed: str) -> None:
    assert doctor_page(printed).text.plain == strings.ERROR


@pytest.mark.usefixtures("korean")
@pytest.mark.parametrize("separator", SEPARATORS)
def test_sentences_behind_one_another_are_told_as_they_are(separator: str) -> None:
    told = joined(("a", Sentence("not_set", "not set"), "b"), separator)
    assert told == separator.join(("a", "not set", "b"))
    received = sentence_of(json.loads(json.dumps(parts_of(told))))
    assert received == told
    assert strings.translated(told) == strings.translated(received or "")
    assert strings.translated(told) == korean.SENTENCES[separator].join(("a", "설정 안 됨", "b"))


def test_names_behind_one_another_are_no_sentence() -> None:
    assert not isinstance(joined(("a", "b"), ", "), Sentence)
