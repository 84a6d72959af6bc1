"""A registry of images on this machine: gives one image, or refuses, or falls silent half-way."""

import gzip
import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Literal

from tests.stack.images import packed, stand_in

Mood = Literal["gives", "stalls", "breaks off"]

_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
_FORMS = "application/vnd.docker.container.image.v1+json"
_UNKNOWN = b'{"errors": [{"code": "MANIFEST_UNKNOWN", "message": "manifest unknown"}]}'
_LAYER = "application/vnd.docker.image.rootfs.diff.tar.gzip"


class Registry:
    """`image` is had from it, `image` with another tag is not; `when_asked` is called
    when half a layer is sent."""

    def __init__(self, mood: Mood, program: Path | None) -> None:
        self.when_asked: Callable[[], None] = lambda: None
        self.end = threading.Event()
        tar = packed(program or stand_in())
        layer = gzip.compress(tar, 1)
        config = json.dumps(
            {
                "architecture": "amd64",
                "os": "linux",
                "config": {"Entrypoint": ["/server", "serve"]},
                "rootfs": {"type": "layers", "diff_ids": [_digest(tar)]},
            }
        ).encode()
        manifest = json.dumps(
            {
                "schemaVersion": 2,
                "mediaType": _MANIFEST,
                "config": _described(_FORMS, config),
                "layers": [_described(_LAYER, layer)],
            }
        ).encode()
        blobs = {_digest(one): one for one in (config, layer)}
        registry = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                name = self.path.rsplit("/", 1)[-1]
                if self.path == "/v2/":
                    self.answer(200, b"{}", "application/json")
                elif name in blobs:
                    self.blob(name, blobs[name])
                elif name in ("1", _digest(manifest)):
                    self.answer(200, manifest, _MANIFEST)
                else:
                    error = {
                        "errors": [{"code": "MANIFEST_UNKNOWN", "message": "manifest unknown"}]
                    }
                    self.answer(404, json.dumps(error).encode(), "application/json")

            do_HEAD = do_GET  # noqa: N815

            def blob(self, name: str, blob: bytes) -> None:
                if blob is layer and mood != "gives":
                    self.send_response(200)
                    self.send_header("Content-Length", str(len(blob)))
                    self.end_headers()
                    self.wfile.write(blob[: len(blob) // 2])
                    registry.when_asked()
                    if mood == "stalls":
                        registry.end.wait()
                    self.close_connection = True
                else:
                    self.answer(200, blob, "application/octet-stream")

            def answer(self, status: int, body: bytes, kind: str) -> None:
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.send_header("Docker-Content-Digest", _digest(body))
                self.end_headers()
                if self.command == "GET":
                    self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.image = f"127.0.0.1:{self.server.server_port}/stand-in:1"


@contextmanager
def registry(mood: Mood, program: Path | None = None) -> Iterator[Registry]:
    """Serve an image of the program, or of the stand-in, which is built with Go."""
    running = Registry(mood, program)
    thread = threading.Thread(target=running.server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield running
    finally:
        running.end.set()
        running.server.shutdown()
        running.server.server_close()
        thread.join()


def _digest(body: bytes) -> str:
    return f"sha256:{hashlib.sha256(body).hexdigest()}"


def _described(kind: str, body: bytes) -> dict[str, object]:
    return {"mediaType": kind, "size": len(body), "digest": _digest(body)}
