"""Rules about what receives, stores and answers. Pure."""

from pathlib import Path

from ccotel_tui.claude.destination import SENT_SIGNALS
from ccotel_tui.doctor.causes import NEXT_OF_FAULTS, step_of
from ccotel_tui.doctor.facts import AnswerKind, CanaryAnswer, Facts
from ccotel_tui.doctor.finding import Finding, broken, length_text, skipped
from ccotel_tui.recorder.health import health_of
from ccotel_tui.sentences import Sentence, joined

_FULL, _LOW = 20_000_000, 500_000_000
"""Bytes."""

_TAKEN: tuple[AnswerKind, ...] = ("not otlp", "tls")
"""What a program answers that is no receiver."""

_NOTHING_SENT = "nothing was sent yet"
_NONE = Sentence("found_none", "none")
_ANOTHER = Sentence("another_program", "another program")


def recorder_rule(facts: Facts) -> Finding:
    state = facts.recorder
    if state is None:
        if any(answer.kind == "ok" for answer in facts.answers):
            return Finding(Sentence("found_other_receiver", "none; another receiver answers"))
        if any(answer.kind in _TAKEN for answer in facts.answers):
            form = "none; another program has its port"
            return skipped(Sentence("found_port_taken", form))
        return broken(_NONE, "not_recording")
    health = health_of(state)
    process = Sentence("found_process", "process {pid}", pid=state.pid)
    if health.cause:
        cause = "not_stored" if health.not_stored else "standing_still"
        words = {"problem": health.cause, "pid": str(state.pid)}
        if state.fault:
            words["next"] = _mend(state.fault.reason, facts)
        return Finding(joined((process, health.wrong), ", "), cause, words)
    return Finding(process)


def ports_rule(facts: Facts) -> Finding:
    state = facts.recorder
    if state is None:
        return _taken_before(facts)
    if state.handed_over:
        return skipped(Sentence("found_lent", "lent to the collector"))
    taken = [port for port in state.ports if not port.bound]
    for port in taken:
        owner = port.owner
        if owner and owner.kind != "unknown" and not owner.foreign:
            continue
        name = (owner and owner.name) or _ANOTHER
        cause = "one_port_taken" if state.listening else "port_taken"
        pid = str(owner.pid) if owner and owner.pid else "PID"
        words = {"holder": name, "address": port.address, "pid": pid}
        return Finding(Sentence("found_holder", "{holder} has {address}", **words), cause, words)
    if state.listening:
        return Finding(", ".join(map(str, state.listening)))
    return Finding(Sentence("found_collector", "the collector has them"))


def _taken_before(facts: Facts) -> Finding:
    """No recorder could start where another program has its port."""
    for reply in facts.answers:
        if reply.kind in _TAKEN:
            pid = str(reply.pid) if reply.pid else "PID"
            words = {"holder": reply.holder or _ANOTHER, "address": reply.address, "pid": pid}
            return Finding(_answer(reply), "port_taken", words)
    return skipped(Sentence("found_no_recorder", "no recorder wants them"))


def answer_rule(facts: Facts) -> Finding:
    for reply in facts.answers:
        words = {
            "address": reply.address,
            "protocol": reply.protocol,
            "details": reply.details,
            "holder": reply.holder or Sentence("unknown_process", "unknown process"),
            "foreign": reply.foreign,
            "signal": joined(SENT_SIGNALS, " and "),
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
            return Finding(_answer(reply), cause, words)
    if not facts.answers:
        return skipped(Sentence("found_no_endpoint", "no endpoint on this machine"))
    form = "{address} by {protocol}"
    answered = (
        Sentence("found_answer", form, address=reply.address, protocol=reply.protocol)
        for reply in facts.answers
    )
    return Finding(joined(answered, ", "))


def _answer(reply: CanaryAnswer) -> str:
    kind = Sentence(f"kind_{reply.kind}", reply.kind)
    return joined((reply.address, kind), ": ")


def _is_elsewhere(at: str, facts: Facts) -> bool:
    """Our recorder listens, and not there."""
    listening = facts.recorder.listening if facts.recorder else ()
    return bool(listening) and at not in [port.address for port in listening]


def disk_rule(facts: Facts) -> Finding:
    if facts.free is None:
        return skipped(Sentence("found_not_known", "not known"))
    words = {
        "free": f"{facts.free / 1e6:.0f}",
        "database": facts.database,
        "folder": str(Path(facts.database).parent),
    }
    room = Sentence("found_free", "{free:.1f} GB free", free=facts.free / 1e9)
    if facts.free < _FULL:
        return Finding(room, "disk_full", words)
    return Finding(room, "disk_low" if facts.free < _LOW else "", words)


def database_rule(facts: Facts) -> Finding:
    if facts.stored.problem:
        mend = _mend(facts.stored.reason, facts)
        words = {"problem": facts.stored.problem, "next": mend}
        return Finding(Sentence("found_unreadable", "not readable"), "unreadable", words)
    if not facts.writable:
        found = Sentence("found_not_writable", "not writable")
        return broken(found, "not_writable", database=facts.database)
    if not facts.stored.exists:
        form = "{database}: not made yet"
        return Finding(Sentence("found_not_made", form, database=facts.database))
    return Finding(facts.database)


def clock_rule(facts: Facts) -> Finding:
    if facts.stored.ahead:
        found = Sentence("found_future", "records from the future")
        return broken(found, "ahead", ahead=facts.stored.ahead)
    moved = facts.recorder and facts.recorder.moved
    if moved:
        found = Sentence("found_moved", "moved")
        return broken(found, "clock_moved", seconds=f"{moved.by:.0f}")
    return Finding(Sentence("found_clock", "as the records have it"))


def sessions_rule(facts: Facts) -> Finding:
    if not facts.unheard:
        running = len(facts.heard)
        if not running:
            return skipped(Sentence("found_none_runs", "none runs"))
        return Finding(Sentence("found_heard_all", "{number} running, all heard", number=running))
    reasons = joined((joined((each.name, each.cause), ": ") for each in facts.unheard), "; ")
    numbers = {"unheard": len(facts.unheard), "all": len(facts.unheard) + len(facts.heard)}
    shares = Sentence("found_unheard", "{unheard} of {all} not heard", **numbers)
    worst = next((each for each in facts.unheard if each.cause != _NOTHING_SENT), facts.unheard[0])
    broken_link = not facts.heard and worst.cause != _NOTHING_SENT
    cause = "none_heard" if broken_link else "some_unheard"
    return Finding(shares, cause, {"sessions": reasons, "next": worst.remedy})


def data_rule(facts: Facts) -> Finding:
    newest = facts.stored.newest
    heard = [signal for signal, time_ns in newest.items() if time_ns]
    if not heard:
        if facts.stack.made:
            return skipped(Sentence("found_in_stack", "the stack has it"))
        return broken(_NONE, "no_data")
    missing = [signal for signal in newest if signal not in heard]
    times = {name: length_text(facts.now_ns - (newest[name] or 0)) for name in heard}
    ages = (
        Sentence("found_age", "{signal} {ago} ago", signal=name, ago=ago)
        for name, ago in times.items()
    )
    unknown = Sentence("an_unknown_version", "an unknown version")
    last_data = Sentence(
        "found_data",
        "{ages}; from {versions}",
        ages=joined(ages, ", "),
        versions=", ".join(facts.stored.versions) or unknown,
    )
    if missing:
        return broken(last_data, "one_signal", heard=heard[0], signal=missing[0])
    return Finding(last_data)


def refused_rule(facts: Facts) -> Finding:
    state = facts.recorder
    if state is None or not state.refused or not state.last_refusal:
        return Finding(Sentence("found_nothing", "nothing"))
    count = sum(state.refused.values())
    # The state has the sentence alone, which another language says by its reason.
    reason, sentence = state.last_refusal.reason, state.last_refusal.sentence
    newest = Sentence(f"refusal_{reason}", "{sentence}", sentence=sentence)
    return broken(str(count), "refusals", count=str(count), newest=newest)


def _mend(reason: str, facts: Facts) -> str:
    """What lets a file be kept again that cannot be for this reason."""
    if reason == "locked" and facts.locked_by is None:
        form = "end the program that has {database} open"
        return Sentence("step_end_holder", form, database=facts.database)
    words = {
        "database": facts.database,
        "folder": str(Path(facts.database).parent),
        "holder": str(facts.locked_by),
    }
    return step_of(NEXT_OF_FAULTS.get(reason, "ccotel-tui record --status"), words)
