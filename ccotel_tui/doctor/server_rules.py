"""Rules about what receives, stores and answers. Pure."""

from pathlib import Path

from ccotel_tui.doctor.causes import NEXT_OF_FAULTS
from ccotel_tui.doctor.facts import AnswerKind, Facts
from ccotel_tui.doctor.finding import Finding, broken, length_text, skipped
from ccotel_tui.recorder.health import health_of

_FULL, _LOW = 20_000_000, 500_000_000
"""Bytes."""

_TAKEN: tuple[AnswerKind, ...] = ("not otlp", "tls")
"""What a program answers that is no receiver."""

_NOTHING_SENT = "nothing was sent yet"


def recorder_rule(facts: Facts) -> Finding:
    state = facts.recorder
    if state is None:
        if any(answer.kind == "ok" for answer in facts.answers):
            return Finding("none; another receiver answers")
        if any(answer.kind in _TAKEN for answer in facts.answers):
            return skipped("none; another program has its port")
        return broken("none", "not_recording")
    health = health_of(state)
    process = f"process {state.pid}"
    if health.cause:
        cause = "not_stored" if health.not_stored else "standing_still"
        words = {"problem": health.cause, "pid": str(state.pid)}
        if state.fault:
            words["next"] = _mend(state.fault.reason, facts)
        return Finding(f"{process}, {health.wrong}", cause, words)
    return Finding(process)


def ports_rule(facts: Facts) -> Finding:
    state = facts.recorder
    if state is None:
        return _taken_before(facts)
    if state.handed_over:
        return skipped("lent to the collector")
    taken = [port for port in state.ports if not port.bound]
    for port in taken:
        owner = port.owner
        if owner and owner.kind != "unknown" and not owner.foreign:
            continue
        name = (owner and owner.name) or "another program"
        cause = "one_port_taken" if state.listening else "port_taken"
        pid = str(owner.pid) if owner and owner.pid else "PID"
        return broken(
            f"{name} has {port.address}", cause, holder=name, address=port.address, pid=pid
        )
    return Finding(", ".join(map(str, state.listening)) or "the collector has them")


def _taken_before(facts: Facts) -> Finding:
    """No recorder could start where another program has its port."""
    for reply in facts.answers:
        if reply.kind in _TAKEN:
            pid = str(reply.pid) if reply.pid else "PID"
            words = {"holder": reply.holder or "another program", "address": reply.address}
            return broken(f"{reply.address}: {reply.kind}", "port_taken", pid=pid, **words)
    return skipped("no recorder wants them")


def answer_rule(facts: Facts) -> Finding:
    for reply in facts.answers:
        words = {
            "address": reply.address,
            "protocol": reply.protocol,
            "details": reply.details,
            "holder": reply.holder or "unknown process",
            "foreign": reply.foreign,
            "signal": "metrics and logs",
        }
        cause = {
            "silent": "silent",
            "late": "silent_elsewhere" if _is_elsewhere(reply.address, facts) else "late",
            "not otlp": "wrong_protocol",
            "tls": "wrong_protocol",
            "refused": "refused",
            "not asked": "foreign",
        }.get(reply.kind, "")
        if cause:
            return Finding(f"{reply.address}: {reply.kind}", cause, words)
    if not facts.answers:
        return skipped("no endpoint on this machine")
    return Finding(", ".join(f"{reply.address} by {reply.protocol}" for reply in facts.answers))


def _is_elsewhere(at: str, facts: Facts) -> bool:
    """Our recorder listens, and not there."""
    listening = facts.recorder.listening if facts.recorder else ()
    return bool(listening) and at not in [port.address for port in listening]


def disk_rule(facts: Facts) -> Finding:
    if facts.free is None:
        return skipped("not known")
    words = {
        "free": f"{facts.free / 1e6:.0f}",
        "database": facts.database,
        "folder": str(Path(facts.database).parent),
    }
    room = f"{facts.free / 1e9:.1f} GB free"
    if facts.free < _FULL:
        return Finding(room, "disk_full", words)
    return Finding(room, "disk_low" if facts.free < _LOW else "", words)


def database_rule(facts: Facts) -> Finding:
    if facts.stored.problem:
        mend = _mend(facts.stored.reason, facts)
        return broken("not readable", "unreadable", problem=facts.stored.problem, next=mend)
    if not facts.writable:
        return broken("not writable", "not_writable", database=facts.database)
    return Finding(facts.database if facts.stored.exists else f"{facts.database}: not made yet")


def clock_rule(facts: Facts) -> Finding:
    if facts.stored.ahead:
        return broken("records from the future", "ahead", ahead=facts.stored.ahead)
    moved = facts.recorder and facts.recorder.moved
    if moved:
        return broken("moved", "clock_moved", seconds=f"{moved.by:.0f}")
    return Finding("as the records have it")


def sessions_rule(facts: Facts) -> Finding:
    if not facts.unheard:
        running = len(facts.heard)
        return Finding(f"{running} running, all heard") if running else skipped("none runs")
    reasons = "; ".join(f"{each.name}: {each.cause}" for each in facts.unheard)
    shares = f"{len(facts.unheard)} of {len(facts.unheard) + len(facts.heard)} not heard"
    worst = next((each for each in facts.unheard if each.cause != _NOTHING_SENT), facts.unheard[0])
    broken_link = not facts.heard and worst.cause != _NOTHING_SENT
    cause = "none_heard" if broken_link else "some_unheard"
    return Finding(shares, cause, {"sessions": reasons, "next": worst.remedy})


def data_rule(facts: Facts) -> Finding:
    newest = facts.stored.newest
    heard = [signal for signal, time_ns in newest.items() if time_ns]
    if not heard:
        return broken("none", "no_data") if not facts.stack.made else skipped("the stack has it")
    missing = [signal for signal in newest if signal not in heard]
    ages = ", ".join(
        f"{name} {length_text(facts.now_ns - (newest[name] or 0))} ago" for name in heard
    )
    last_data = f"{ages}; from {', '.join(facts.stored.versions) or 'an unknown version'}"
    if missing:
        return broken(last_data, "one_signal", heard=heard[0], signal=missing[0])
    return Finding(last_data)


def refused_rule(facts: Facts) -> Finding:
    state = facts.recorder
    if state is None or not state.refused or not state.last_refusal:
        return Finding("nothing")
    count = sum(state.refused.values())
    return broken(str(count), "refusals", count=str(count), newest=state.last_refusal.sentence)


def _mend(reason: str, facts: Facts) -> str:
    """What lets a file be kept again that cannot be for this reason."""
    if reason == "locked" and facts.locked_by is None:
        return f"end the program that has {facts.database} open"
    words = {"database": facts.database, "folder": str(Path(facts.database).parent)}
    step = NEXT_OF_FAULTS.get(reason, "ccotel-tui record --status")
    return step.format(holder=facts.locked_by, **words)
