"""Rules about Claude Code and its settings. Pure."""

from urllib.parse import urlsplit

from ccotel_tui.claude.client import EXACT_SINCE, version_numbers
from ccotel_tui.claude.destination import (
    PROTOCOLS,
    SENT_SIGNALS,
    Destination,
    destination,
    exporter_of,
    is_on,
    sends_otlp,
    setting_of_signal,
)
from ccotel_tui.claude.environment import ENABLE
from ccotel_tui.claude.settings.origins import Origin, Setting, masked, setting
from ccotel_tui.doctor.facts import Facts
from ccotel_tui.doctor.finding import Finding, broken, length_text, skipped
from ccotel_tui.network.address import server_in
from ccotel_tui.network.loopback import leads_here
from ccotel_tui.sentences import Sentence, joined

_HEARD_FOR_NS = 86_400 * 1_000_000_000
"""For so long after its newest record a client that is not found is taken to be somewhere: in an
editor, or in a container.
"""

_ENDPOINT_OF_BOTH = "OTEL_EXPORTER_OTLP_ENDPOINT"
"""Of the signals that have no endpoint of their own."""

_OFF = Sentence("unheard_off", "telemetry is off")
_NOT_SET = Sentence("not_set", "not set")


def client_rule(facts: Facts) -> Finding:
    if not facts.client_path:
        if facts.running:
            return Finding(Sentence("found_runs", "it runs"))
        heard_ns = facts.heard_ns
        if heard_ns is not None and facts.now_ns - heard_ns < _HEARD_FOR_NS:
            form, ago = "not on the PATH, but heard {ago} ago", length_text(facts.now_ns - heard_ns)
            return Finding(Sentence("found_heard", form, ago=ago))
        return broken(Sentence("found_no_client", "not found"), "no_client")
    version = facts.client_version or Sentence("unknown_version", "unknown version")
    client = joined((version, facts.client_path), " ")
    numbers = version_numbers(facts.client_version)
    return broken(client, "old_client") if numbers and numbers < EXACT_SINCE else Finding(client)


def settings_rule(facts: Facts) -> Finding:
    for origin in facts.origins:
        if origin.problem:
            place, problem = origin.place, _problem_at(origin.place, origin.problem)
            return broken(place, "broken_settings", problem=problem, place=place)
    files = [_named(origin) for origin in facts.origins if origin.kind in ("managed", "user")]
    return Finding(joined(files, ", "))


def enabled_rule(facts: Facts) -> Finding:
    switch = setting(ENABLE, facts.origins)
    if is_on(facts.origins) and switch:
        return Finding(_set_by(switch))
    if switch:
        return _set_otherwise(switch)
    if facts.heard:
        form = "not here, but in the shell of a session that runs"
        return Finding(Sentence("found_in_shell", form))
    project = setting(ENABLE, facts.project_origins)
    if project:
        found = Sentence("found_in_project", "{name} in a project", name=ENABLE)
        return broken(found, "only_in_project", place=project.origin.place)
    return broken(_NOT_SET, "not_enabled")


def exporters_rule(facts: Facts) -> Finding:
    if not is_on(facts.origins):
        return skipped(_OFF)
    for signal in SENT_SIGNALS:
        exporter = exporter_of(signal, facts.origins)
        if not sends_otlp(exporter):
            name = f"OTEL_{signal.upper()}_EXPORTER"
            if exporter and exporter.origin.kind == "managed":
                return _set_otherwise(exporter)
            value = masked(name, exporter.value) if exporter else _NOT_SET
            words = {"name": name, "value": value, "signal": signal}
            return Finding(joined((name, value), ": "), "no_exporter", words)
    return Finding(Sentence("found_exporters", "metrics and logs by OTLP"))


def protocol_rule(facts: Facts) -> Finding:
    if not is_on(facts.origins):
        return skipped(_OFF)
    for signal in SENT_SIGNALS:
        named = setting_of_signal(signal, "PROTOCOL", facts.origins)
        if named and named.value.strip() not in PROTOCOLS:
            if named.origin.kind == "managed":
                return _set_otherwise(named)
            return broken(named.value, "bad_protocol", signal=signal, value=named.value)
    protocols = {destination(signal, facts.origins).protocol for signal in SENT_SIGNALS}
    return Finding(", ".join(sorted(protocols)))


def endpoint_rule(facts: Facts) -> Finding:
    if not is_on(facts.origins):
        return skipped(_OFF)
    places = {signal: destination(signal, facts.origins) for signal in SENT_SIGNALS}
    recorder_listens = bool(facts.recorder and facts.recorder.listening)
    for signal, place in places.items():
        if problem := _url_problem(place, recorder_listens):
            value = masked("", place.url)
            return broken(value, "bad_endpoint", signal=signal, value=value, problem=problem)
    of_both = setting(_ENDPOINT_OF_BOTH, facts.origins)
    for signal, place in places.items():
        endpoint = place.by if place.by and place.by.name != _ENDPOINT_OF_BOTH else None
        if endpoint and of_both and server_in(place.url) != server_in(of_both.value):
            value, where = masked("", endpoint.value), endpoint.origin.place
            words = {"name": endpoint.name, "place": where, "signal": signal, "value": value}
            return Finding(value, "own_endpoint", words)
        if not leads_here(place.host):
            return _elsewhere(signal, place)
    urls = dict.fromkeys(masked("", place.url) for place in places.values())
    return Finding(joined(urls, ", "))


def proxy_rule(facts: Facts) -> Finding:
    variables = {
        name: held.value
        for origin in facts.origins
        for name in origin.variables
        if "proxy" in name.lower() and (held := setting(name, facts.origins)) and held.value
    }
    place = destination("logs", facts.origins)
    grpc = place.protocol == "grpc"
    scheme = ("grpc_proxy", "https_proxy", "http_proxy") if grpc else ("http_proxy", "all_proxy")
    names = [name for name in variables if name.lower() in scheme]
    if not names:
        return Finding(Sentence("found_no_proxy", "none set"))
    exempting = ("no_grpc_proxy", "no_proxy") if grpc else ("no_proxy", "NO_PROXY")
    entries = next((variables[name] for name in exempting if name in variables), "")
    if place.host in {entry.strip() for entry in entries.split(",")} or entries.strip() == "*":
        return Finding(Sentence("found_exempted", "{host} is exempted", host=place.host))
    words = {"name": names[0], "missing": exempting[0], "host": place.host}
    return Finding(names[0], "proxied", words)


def log_rule(facts: Facts) -> Finding:
    log = facts.client_log
    if log is None:
        return skipped(Sentence("found_no_log", "no --debug-file was given"))
    for signal, problem in log.problems.items():
        what = Sentence("log_start", signal) if signal == "start" else signal
        return broken(joined((what, problem), ": "), "client_says", what=what, problem=problem)
    if log.ignored:
        names = joined(log.ignored, ", ")
        return broken(names, "client_ignores", names=names)
    if not log.exported:
        return Finding(Sentence("found_log_empty", "it says nothing of telemetry"))
    signals = joined(log.exported, " and ")
    return Finding(Sentence("found_exported", "it exported {signals}", signals=signals))


def _elsewhere(signal: str, place: Destination) -> Finding:
    assert place.by is not None  # without an endpoint it goes to this machine
    if place.by.origin.kind == "managed":
        return _set_otherwise(place.by)
    value, where = masked("", place.url), place.by.origin.place
    return broken(value, "elsewhere", signal=signal, value=value, place=where)


def _url_problem(place: Destination, recorder_listens: bool) -> str:
    if not place.host or not place.port:
        return Sentence("url_none", "it is no URL")
    if "://" not in place.url:
        return Sentence("url_without_scheme", "it lacks http:// at its beginning")
    if urlsplit(place.url).scheme == "https" and leads_here(place.host):
        form = "receivers on this machine take http://, not https://"
        return Sentence("url_https", form)
    # gRPC leaves a path out.
    if place.protocol == "grpc":
        return ""
    general = place.by is None or place.by.name == _ENDPOINT_OF_BOTH
    path = urlsplit(place.url).path.strip("/")
    if general and path.startswith("v1"):
        return Sentence("url_path", "Claude Code adds /v1/logs and /v1/metrics itself")
    # Our recorder tells the signal by its content; a collector takes it by its path alone.
    if not general and not path and not recorder_listens and leads_here(place.host):
        form = "an endpoint of one signal alone ends in /v1/logs or /v1/metrics"
        return Sentence("url_no_path", form)
    return ""


def _set_otherwise(held: Setting) -> Finding:
    value = masked(held.name, held.value)
    cause = "managed" if held.origin.kind == "managed" else "switched_off"
    words = {"name": held.name, "value": value, "place": held.origin.place}
    return Finding(joined((held.name, value), " = "), cause, words)


def _set_by(held: Setting) -> str:
    place = held.origin.place
    if not held.overridden:
        return Sentence("found_by", "by {place}", place=place)
    others = joined((each.place for each in held.overridden), ", ")
    return Sentence("found_by_over", "by {place}, over {others}", place=place, others=others)


def _named(file: Origin) -> str:
    if file.exists:
        return file.place
    return Sentence("found_no_file", "{place}: not there", place=file.place)


def _problem_at(place: str, problem: str) -> str:
    return problem if place in problem else joined((place, problem), ", ")
