"""Images, layer by layer."""

import time
from collections.abc import Iterator
from queue import Empty
from threading import Event
from typing import Any

from ccotel_tui.errors import Cancelled, ImageMissing
from ccotel_tui.sentences import Sentence
from ccotel_tui.stack_control.compose_file import Service
from ccotel_tui.stack_control.docker.credentials import Login, Logins
from ccotel_tui.stack_control.docker.engine import Engine
from ccotel_tui.stack_control.docker.errors import flat, image_missing
from ccotel_tui.stack_control.docker.streams import LateStream, Reading
from ccotel_tui.stack_control.models import Progress, Say

STALLED_AFTER = 90.0
"""Seconds without a word from a credential helper, and then from the engine.

Unpacking a large layer is reported as it goes.
"""

_REPORT_INTERVAL = 0.1
_POLL_INTERVAL = 0.2
_DONE = frozenset({"Pull complete", "Already exists"})


class Layers:
    """The layers of one image as the engine's messages tell of them."""

    def __init__(self) -> None:
        self._done: dict[str, bool] = {}
        self._received: dict[str, int] = {}

    def take(self, message: dict[str, Any]) -> None:
        layer, status = message.get("id", ""), message.get("status", "")
        if status == "Pulling fs layer" or status in _DONE:
            self._done[layer] = status in _DONE
        elif status == "Downloading":
            self._received[layer] = (message.get("progressDetail") or {}).get("current", 0)

    def progress(self, service: Service) -> Progress:
        done, received = sum(self._done.values()), sum(self._received.values())
        return Progress("pulling", service.name, service.image, done, len(self._done), received)


def pull(engine: Engine, service: Service, logins: Logins, say: Say, cancelled: Event) -> str:
    """The id of the service's image, pulled where this machine has none.

    Raises ImageMissing and Cancelled; what was pulled so far is not pulled again.
    """
    if image := engine.image(service.image):
        return image
    login = logins.of(service, STALLED_AFTER, cancelled)
    layers, reported = Layers(), 0.0
    say(layers.progress(service))
    for message in _messages(engine, service, login, cancelled):
        if "error" in message:
            raise image_missing(
                service.image, service.image_variable, flat(message["error"]), login.problem
            )
        layers.take(message)
        if time.monotonic() - reported >= _REPORT_INTERVAL:
            reported = time.monotonic()
            say(layers.progress(service))
    say(layers.progress(service))
    if image := engine.image(service.image):
        return image
    raise image_missing(service.image, service.image_variable, "the download broke off: EOF")


def _messages(
    engine: Engine, service: Service, login: Login, cancelled: Event
) -> Iterator[dict[str, Any]]:
    """The engine's messages of a pull. Raises Cancelled, and ImageMissing where none comes."""
    # The engine may be silent before its first message too.
    reading = Reading(LateStream(lambda: engine.pull(service.image, login.auth)))
    heard = time.monotonic()
    try:
        while True:
            if cancelled.is_set():
                form = "Stopped while pulling: up resumes from here."
                raise Cancelled(Sentence("cancelled_pulling", form))
            try:
                message = reading.next(_POLL_INTERVAL)
            except Empty:
                if time.monotonic() - heard > STALLED_AFTER:
                    form = (
                        "Nothing has come of {image} for {seconds:.0f} s: check "
                        "the network, then up resumes from here."
                    )
                    raise ImageMissing(
                        Sentence("image_stalled", form, image=service.image, seconds=STALLED_AFTER)
                    ) from None
                continue
            except EOFError:
                return
            heard = time.monotonic()
            yield message
    finally:
        reading.close()
