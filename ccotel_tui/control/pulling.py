"""Images, layer by layer."""

import time
from queue import Empty
from threading import Event
from typing import Any

from ccotel_tui.control.compose_file import Service
from ccotel_tui.control.engine import Engine
from ccotel_tui.control.foreign import flat, image_missing
from ccotel_tui.control.shapes import Progress, Say
from ccotel_tui.control.streams import Reading
from ccotel_tui.errors import Cancelled, ImageMissing

STALLED_AFTER = 90.0
"""Seconds without a word from the engine; unpacking a large layer is reported as it goes."""

_SAY_EVERY = 0.1
_LOOK_EVERY = 0.2
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


def pull(engine: Engine, service: Service, say: Say, cancelled: Event) -> str:
    """The id of the service's image, pulled where this machine has none.

    Raises ImageMissing and Cancelled; what was pulled so far is not pulled again.
    """
    if image := engine.image(service.image):
        return image
    layers, said, heard = Layers(), 0.0, time.monotonic()
    say(layers.progress(service))
    reading = Reading(engine.pull(service.image, service.image_variable))
    try:
        while True:
            if cancelled.is_set():
                raise Cancelled("Stopped while pulling: up goes on from here.")
            try:
                message = reading.next(_LOOK_EVERY)
            except Empty:
                if time.monotonic() - heard > STALLED_AFTER:
                    raise ImageMissing(
                        f"Nothing has come of {service.image} for {STALLED_AFTER:.0f} s: check "
                        "the network, then up goes on from here."
                    ) from None
                continue
            heard = time.monotonic()
            if "error" in message:
                said_so = flat(message["error"])
                raise image_missing(service.image, service.image_variable, said_so)
            layers.take(message)
            if heard - said >= _SAY_EVERY:
                said = heard
                say(layers.progress(service))
    except EOFError:
        pass
    finally:
        reading.close()
    say(layers.progress(service))
    if image := engine.image(service.image):
        return image
    raise image_missing(service.image, service.image_variable, "the download broke off: EOF")
