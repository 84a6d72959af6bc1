"""Rules about the stack, and about what was sent and did not come. Pure."""

from math import isinf

from ccotel_tui.doctor.facts import Facts
from ccotel_tui.doctor.finding import Finding, broken, skipped
from ccotel_tui.sentences import Sentence, joined

_BEHIND = 60.0
"""Seconds; Prometheus looks at its servers every 15."""

_LIMITS = {
    "Thanos": Sentence(
        "limits_thanos", "it leaves out what a store holds that does not answer, and panels say so"
    ),
}
"""What a server does otherwise than Prometheus and a number follows from."""

_NONE = Sentence("found_none", "none")
_NOTHING = Sentence("found_nothing", "nothing")
_NO_STACK = Sentence("found_no_stack", "no stack runs here")

_ADDRESSES = {"prometheus": "CCOTEL_PROMETHEUS_URL", "loki": "CCOTEL_LOKI_URL"}


def docker_rule(facts: Facts) -> Finding:
    if facts.stack.problem and facts.recorder is None:
        found = Sentence("found_no_docker", "not reached")
        return broken(found, "docker", problem=facts.stack.problem)
    if facts.stack.problem:
        form = "not reached; only the stack needs it"
        return skipped(Sentence("found_docker_unneeded", form))
    if not facts.stack.made:
        return skipped(Sentence("found_stack_not_made", "no stack was made here"))
    return Finding(Sentence("found_docker", "answers"))


def stack_rule(facts: Facts) -> Finding:
    if not facts.stack.made:
        return skipped(_NO_STACK)
    if facts.stack.failing:
        failing = facts.stack.failing.items()
        services = joined(
            (
                Sentence("service_is", "{name} is {state}", name=name, state=_state(state))
                for name, state in failing
            ),
            ", ",
        )
        return broken(services, "service", services=services)
    if facts.stack.silent:
        servers = ", ".join(facts.stack.silent)
        return broken(servers, "server", servers=servers)
    return Finding(Sentence("found_all_run", "all services run"))


def moved_rule(facts: Facts) -> Finding:
    if not facts.stack.published:
        return skipped(_NO_STACK)
    for service, variable in _ADDRESSES.items():
        there, read_at = facts.stack.published.get(service), facts.read_at.get(service)
        if there and read_at and there != read_at:
            words = {"service": service, "there": there, "asked": read_at, "variable": variable}
            found = Sentence("found_at", "{service} is at {there}", service=service, there=there)
            return Finding(found, "moved", words)
    return Finding(", ".join(facts.stack.published.values()))


def metrics_rule(facts: Facts) -> Finding:
    server = facts.metrics_server
    if server is None:
        form = "no server was named, and no stack runs here"
        return skipped(Sentence("found_no_server", form))
    if not server.name:
        form = "{at} does not tell which server it is"
        return skipped(Sentence("found_nameless", form, at=server.at))
    name = f"{server.name} {server.version}".strip()
    found = Sentence("found_server", "{name} at {at}", name=name, at=server.at)
    limits = _LIMITS.get(server.name)
    return Finding(joined((found, limits), "; ") if limits else found)


def lag_rule(facts: Facts) -> Finding:
    if not facts.stack.lags:
        return skipped(Sentence("found_not_asked", "no stack was asked"))
    behind = (joined((name, _seconds(lag)), " ") for name, lag in facts.stack.lags.items())
    lags = joined(behind, ", ")
    if facts.stack.canaries:
        form = "rows that doctor left in loki in the last day: {rows}"
        rows = Sentence("found_canaries", form, rows=facts.stack.canaries)
        lags = joined((lags, rows), "; ")
    late = [name for name, lag in facts.stack.lags.items() if lag > _BEHIND]
    return broken(lags, "lag", servers=joined(late, " and ")) if late else Finding(lags)


def dropped_rule(facts: Facts) -> Finding:
    if facts.stack.dropped:
        dropped = facts.stack.dropped.items()
        counts = joined((_count(number, signal) for signal, number in dropped), ", ")
        return broken(counts, "dropped", dropped=counts)
    deleted = sum(facts.recorder.deleted.values()) if facts.recorder else 0
    return broken(str(deleted), "deleted", count=str(deleted)) if deleted else Finding(_NOTHING)


def gaps_rule(facts: Facts) -> Finding:
    missed = facts.stored.missed + facts.stack.missed
    return broken(str(missed), "gaps", count=str(missed)) if missed else Finding(_NONE)


def _state(state: str) -> Sentence:
    return Sentence(f"container_{state}", "{state}", state=state)


def _count(number: int, signal: str) -> Sentence:
    word = signal.removesuffix("s") if number == 1 else signal
    records = Sentence(f"records_{signal}", "{signal}", signal=word)
    return Sentence("count_of", "{count} {records}", count=number, records=records)


def _seconds(lag: float) -> Sentence:
    if isinf(lag):
        return Sentence("lag_late", "more than 5 s behind")
    return Sentence("lag", "{seconds:.1f} s behind", seconds=lag)
