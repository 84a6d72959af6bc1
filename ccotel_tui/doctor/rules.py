"""The checks in the order of the data's way: from Claude Code to what is kept. Pure."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from ccotel_tui.doctor import client_rules, server_rules, stack_rules
from ccotel_tui.doctor.causes import KNOWN_CAUSES, State, step_of
from ccotel_tui.doctor.facts import Facts
from ccotel_tui.doctor.finding import Finding
from ccotel_tui.sentences import Sentence, parts_of

RULES: dict[str, Callable[[Facts], Finding]] = {
    "client": client_rules.client_rule,
    "settings": client_rules.settings_rule,
    "enabled": client_rules.enabled_rule,
    "exporters": client_rules.exporters_rule,
    "protocol": client_rules.protocol_rule,
    "endpoint": client_rules.endpoint_rule,
    "proxy": client_rules.proxy_rule,
    "log": client_rules.log_rule,
    "disk": server_rules.disk_rule,
    "database": server_rules.database_rule,
    "recorder": server_rules.recorder_rule,
    "ports": server_rules.ports_rule,
    "answer": server_rules.answer_rule,
    "clock": server_rules.clock_rule,
    "docker": stack_rules.docker_rule,
    "stack": stack_rules.stack_rule,
    "moved": stack_rules.moved_rule,
    "metrics": stack_rules.metrics_rule,
    "lag": stack_rules.lag_rule,
    "sessions": server_rules.sessions_rule,
    "data": server_rules.data_rule,
    "refused": server_rules.refused_rule,
    "dropped": stack_rules.dropped_rule,
    "gaps": stack_rules.gaps_rule,
}


@dataclass(frozen=True)
class Check:
    """A link and its state: what was found there, and for one that is broken why and what next."""

    id: str
    state: State
    found: str
    cause: str = ""
    next: str = ""


def run_checks(facts: Facts) -> list[Check]:
    """Return what each rule finds in the facts, in order."""
    return [_check(id, rule(facts)) for id, rule in RULES.items()]


def first_failure(checks: Iterable[Check]) -> Check | None:
    """Return the first broken link."""
    return next((check for check in checks if check.state == "fail"), None)


def document(checks: list[Check], typed: Callable[[str], str] = str) -> dict[str, Any]:
    """Return the document of `doctor --json`; `typed` is the next step as it can be typed here."""
    first = first_failure(checks)
    rows = [
        {
            "id": check.id,
            "state": check.state,
            "found": check.found,
            "cause": check.cause or None,
            "next": typed(check.next) or None,
            **_sentences(check),
        }
        for check in checks
    ]
    return {"checks": rows, "first_failure": first.id if first else None}


def _sentences(check: Check) -> dict[str, Any]:
    """The texts that another language may have too, for a screen that speaks it."""
    texts = {"found": check.found, "cause": check.cause, "next": check.next}
    sentences = {name: parts_of(text) for name, text in texts.items() if isinstance(text, Sentence)}
    return {"sentences": sentences} if sentences else {}


def _check(name: str, finding: Finding) -> Check:
    if not finding.cause:
        return Check(name, "skip" if finding.skipped else "ok", finding.found)
    named = KNOWN_CAUSES[finding.cause]
    cause = Sentence(f"doctor_{finding.cause}", named.cause, **finding.words)
    step = step_of(named.next, finding.words)
    return Check(name, named.state, finding.found, cause, step)
