"""Rules about the stack, and about what was sent and did not come. Pure."""

from math import isinf

from ccotel_tui.doctor.facts import Facts
from ccotel_tui.doctor.finding import Finding, broken, skipped

_BEHIND = 60.0
"""Seconds; Prometheus looks at its servers every 15."""

_LIMITS = {
    "Thanos": "it leaves out what a store holds that does not answer, and panels say so",
}
"""What a server does otherwise than Prometheus and a number follows from."""

_ADDRESSES = {"prometheus": "CCOTEL_PROMETHEUS_URL", "loki": "CCOTEL_LOKI_URL"}


def docker_rule(facts: Facts) -> Finding:
    if facts.stack.problem and facts.recorder is None:
        return broken("not reached", "docker", problem=facts.stack.problem)
    if facts.stack.problem:
        return skipped("not reached; only the stack needs it")
    return Finding("answers") if facts.stack.made else skipped("no stack was made here")


def stack_rule(facts: Facts) -> Finding:
    if not facts.stack.made:
        return skipped("no stack runs here")
    if facts.stack.failing:
        services = ", ".join(f"{name} is {state}" for name, state in facts.stack.failing.items())
        return broken(services, "service", services=services)
    if facts.stack.silent:
        servers = ", ".join(facts.stack.silent)
        return broken(servers, "server", servers=servers)
    return Finding("all services run")


def moved_rule(facts: Facts) -> Finding:
    if not facts.stack.published:
        return skipped("no stack runs here")
    for service, variable in _ADDRESSES.items():
        there, read_at = facts.stack.published.get(service), facts.read_at.get(service)
        if there and read_at and there != read_at:
            words = {"service": service, "there": there, "asked": read_at, "variable": variable}
            return Finding(f"{service} is at {there}", "moved", words)
    return Finding(", ".join(facts.stack.published.values()))


def metrics_rule(facts: Facts) -> Finding:
    server = facts.metrics_server
    if server is None:
        return skipped("no server was named, and no stack runs here")
    if not server.name:
        return skipped(f"{server.at} does not tell which server it is")
    name = f"{server.name} {server.version}".strip()
    limits = _LIMITS.get(server.name)
    return Finding(f"{name} at {server.at}" + (f"; {limits}" if limits else ""))


def lag_rule(facts: Facts) -> Finding:
    if not facts.stack.lags:
        return skipped("no stack was asked")
    lags = ", ".join(f"{name} {_seconds(lag)}" for name, lag in facts.stack.lags.items())
    if facts.stack.canaries:
        lags += f"; doctor left {facts.stack.canaries} rows in loki in the last day"
    late = [name for name, lag in facts.stack.lags.items() if lag > _BEHIND]
    return broken(lags, "lag", servers=" and ".join(late)) if late else Finding(lags)


def dropped_rule(facts: Facts) -> Finding:
    if facts.stack.dropped:
        counts = ", ".join(f"{count} {name}" for name, count in facts.stack.dropped.items())
        return broken(counts, "dropped", dropped=counts)
    deleted = sum(facts.recorder.deleted.values()) if facts.recorder else 0
    return broken(str(deleted), "deleted", count=str(deleted)) if deleted else Finding("nothing")


def gaps_rule(facts: Facts) -> Finding:
    missed = facts.stored.missed + facts.stack.missed
    return broken(str(missed), "gaps", count=str(missed)) if missed else Finding("none")


def _seconds(lag: float) -> str:
    return "more than 5 s behind" if isinf(lag) else f"{lag:.1f} s behind"
