"""Rules about Claude Code and its settings. Pure."""

from urllib.parse import urlsplit

from ccotel_tui.claude.client import EXACT_SINCE, version_numbers
from ccotel_tui.claude.destination import (
    ENABLE,
    PROTOCOLS,
    SENT_SIGNALS,
    Destination,
    destination,
    exporter_of,
    is_on,
    of_signal,
)
from ccotel_tui.claude.settings.origins import Setting, masked, setting
from ccotel_tui.doctor.facts import Facts
from ccotel_tui.doctor.finding import Finding, broken, length_text, skipped
from ccotel_tui.network.loopback import is_loopback

_HEARD_FOR_NS = 86_400 * 1_000_000_000
"""For so long after its newest record a client that is not found is taken to be somewhere: in an
editor, or in a container.
"""

_OFF = "telemetry is off"


def client_rule(facts: Facts) -> Finding:
    if not facts.client_path:
        if facts.running:
            return Finding("it runs")
        heard_ns = facts.heard_ns
        if heard_ns is not None and facts.now_ns - heard_ns < _HEARD_FOR_NS:
            return Finding(f"not on the PATH, but heard {length_text(facts.now_ns - heard_ns)} ago")
        return broken("not found", "no_client")
    client = f"{facts.client_version or 'unknown version'} {facts.client_path}"
    numbers = version_numbers(facts.client_version)
    return broken(client, "old_client") if numbers and numbers < EXACT_SINCE else Finding(client)


def settings_rule(facts: Facts) -> Finding:
    for place in facts.origins:
        if place.problem:
            name = place.place
            return broken(name, "broken_settings", problem=_of(name, place.problem), place=name)
    files = [place.place for place in facts.origins if place.kind in ("managed", "user")]
    return Finding(", ".join(files))


def enabled_rule(facts: Facts) -> Finding:
    switch = setting(ENABLE, facts.origins)
    if is_on(facts.origins) and switch:
        return Finding(_by(switch))
    if switch:
        return _set_otherwise(switch)
    if facts.heard:
        return Finding("not here, but in the shell of a session that runs")
    project = setting(ENABLE, facts.project_origins)
    if project:
        return broken(f"{ENABLE} in a project", "only_in_project", place=project.origin.place)
    return broken("not set", "not_enabled")


def exporters_rule(facts: Facts) -> Finding:
    if not is_on(facts.origins):
        return skipped(_OFF)
    for signal in SENT_SIGNALS:
        exporter = exporter_of(signal, facts.origins)
        if exporter is None or "otlp" not in exporter.value.split(","):
            name = f"OTEL_{signal.upper()}_EXPORTER"
            if exporter and exporter.origin.kind == "managed":
                return _set_otherwise(exporter)
            value = masked(name, exporter.value) if exporter else "not set"
            return broken(f"{name}: {value}", "no_exporter", name=name, value=value, signal=signal)
    return Finding("metrics and logs by OTLP")


def protocol_rule(facts: Facts) -> Finding:
    if not is_on(facts.origins):
        return skipped(_OFF)
    for signal in SENT_SIGNALS:
        named = of_signal(signal, "PROTOCOL", facts.origins)
        if named and named.value not in PROTOCOLS:
            if named.origin.kind == "managed":
                return _set_otherwise(named)
            return broken(named.value, "bad_protocol", signal=signal, value=named.value)
    protocols = {destination(signal, facts.origins).protocol for signal in SENT_SIGNALS}
    return Finding(", ".join(sorted(protocols)))


def endpoint_rule(facts: Facts) -> Finding:
    if not is_on(facts.origins):
        return skipped(_OFF)
    places = {signal: destination(signal, facts.origins) for signal in SENT_SIGNALS}
    for signal, place in places.items():
        if problem := _url_problem(place):
            value = masked("", place.url)
            return broken(value, "bad_endpoint", signal=signal, value=value, problem=problem)
    for signal, place in places.items():
        name = f"OTEL_EXPORTER_OTLP_{signal.upper()}_ENDPOINT"
        of_signal = setting(name, facts.origins)
        both = setting("OTEL_EXPORTER_OTLP_ENDPOINT", facts.origins)
        if of_signal and both and urlsplit(of_signal.value).netloc != urlsplit(both.value).netloc:
            value, where = masked("", of_signal.value), of_signal.origin.place
            words = {"name": name, "place": where, "signal": signal, "value": value}
            return Finding(value, "own_endpoint", words)
        if not _local(place.host):
            return _elsewhere(signal, place)
    return Finding(", ".join(dict.fromkeys(masked("", place.url) for place in places.values())))


def proxy_rule(facts: Facts) -> Finding:
    variables = {
        name: held.value
        for place in facts.origins
        for name in place.variables
        if "proxy" in name.lower() and (held := setting(name, facts.origins)) and held.value
    }
    place = destination("logs", facts.origins)
    grpc = place.protocol == "grpc"
    scheme = ("grpc_proxy", "https_proxy", "http_proxy") if grpc else ("http_proxy", "all_proxy")
    names = [name for name in variables if name.lower() in scheme]
    if not names:
        return Finding("none set")
    exempting = ("no_grpc_proxy", "no_proxy") if grpc else ("no_proxy", "NO_PROXY")
    entries = next((variables[name] for name in exempting if name in variables), "")
    if place.host in {entry.strip() for entry in entries.split(",")} or entries.strip() == "*":
        return Finding(f"{place.host} is exempted")
    words = {"name": names[0], "missing": exempting[0], "host": place.host}
    return Finding(names[0], "proxied", words)


def log_rule(facts: Facts) -> Finding:
    log = facts.client_log
    if log is None:
        return skipped("no --debug-file was given")
    for what, problem in log.problems.items():
        return broken(f"{what}: {problem}", "client_says", what=what, problem=problem)
    if log.ignored:
        return broken(", ".join(log.ignored), "client_ignores", names=", ".join(log.ignored))
    exported = " and ".join(log.exported)
    return Finding(f"it exported {exported}" if exported else "it says nothing of telemetry")


def _elsewhere(signal: str, place: Destination) -> Finding:
    if place.by and place.by.origin.kind == "managed":
        return _set_otherwise(place.by)
    value, where = masked("", place.url), place.by.origin.place if place.by else "by default"
    return broken(value, "elsewhere", signal=signal, value=value, place=where)


def _url_problem(place: Destination) -> str:
    if not place.host or not place.port:
        return "it is no URL"
    if "://" not in place.url:
        return "it lacks http:// at its beginning"
    if urlsplit(place.url).scheme == "https" and _local(place.host):
        return "receivers on this machine take http://, not https://"
    general = place.by is None or place.by.name == "OTEL_EXPORTER_OTLP_ENDPOINT"
    if general and urlsplit(place.url).path.strip("/").startswith("v1"):
        return "Claude Code adds /v1/logs and /v1/metrics itself"
    return ""


def _set_otherwise(held: Setting) -> Finding:
    value = masked(held.name, held.value)
    cause = "managed" if held.origin.kind == "managed" else "switched_off"
    words = {"name": held.name, "value": value, "place": held.origin.place}
    return Finding(f"{held.name} = {value}", cause, words)


def _by(held: Setting) -> str:
    over = ", ".join(place.place for place in held.overridden)
    return f"by {held.origin.place}" + (f", over {over}" if over else "")


def _of(place: str, problem: str) -> str:
    return problem if place in problem else f"{place}, {problem}"


def _local(host: str) -> bool:
    return is_loopback(host) or host in ("0.0.0.0", "::")
