"""The stack's services and servers, as its engine and they themselves say."""

import os

from ccotel_tui.doctor.facts import StackFacts
from ccotel_tui.errors import StackError, sentence
from ccotel_tui.local import locations
from ccotel_tui.network.address import address
from ccotel_tui.network.http import HttpFailure, probe
from ccotel_tui.stack_control.compose_file import read_compose_file
from ccotel_tui.stack_control.docker.host import find
from ccotel_tui.stack_control.models import ServiceState
from ccotel_tui.stack_control.readiness import OTLP_HTTP
from ccotel_tui.stack_control.stack import Stack

_READY = {"prometheus": "/-/ready", "loki": "/ready"}
_TIMEOUT = 2.0
"""Seconds."""


def stack_facts() -> StackFacts:
    """Return the facts of the stack of our compose file; one that was stopped is none."""
    try:
        file = read_compose_file(locations.stack_folder() / "docker-compose.yml", os.environ)
        states = Stack(file, find(os.environ)).states()
    except StackError as error:
        return StackFacts(problem=sentence(error))
    if not any(each.state == "running" for each in states):
        return StackFacts()
    # One that telemetry does not need may have been left out.
    needed = file.needed_to_publish(OTLP_HTTP)
    there = [each for each in states if each.state != "absent" or each.service in needed]
    failing = {each.service: each.state for each in there if each.state != "running"}
    running = [each for each in states if each.state == "running"]
    silent = tuple(each.service for each in running if _silent(each))
    published = {each.service: each.ports[0] for each in running if each.ports}
    return StackFacts(True, "", failing, silent, published)


def _silent(each: ServiceState) -> bool:
    """Return whether a running service does not answer: one that began lately may be asked too."""
    if each.health == "unreachable":
        return True
    if not each.ports or each.service not in _READY:
        return False
    try:
        server = address(f"http://{each.ports[0]}")
        return probe("GET", server, _READY[each.service], _TIMEOUT).status != 200
    except HttpFailure:
        return True
