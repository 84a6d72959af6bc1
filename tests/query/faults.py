"""What a server may do instead of answering, and what is said of it."""

import json
from typing import Any

from tests.query.stub import DOLLARS, LABELS, Behaviour, Request

PAGE = b"<!doctype html><html><title>Sign in</title><b>secret</b></html>"


def hangs(request: Request) -> None:
    request.stub.released.wait()
    request.close_connection = True


def drips(request: Request) -> None:
    """A byte now and then, for ever."""
    request.send_response(200)
    request.send_header("Content-Length", "1000000")
    request.end_headers()
    while not request.stub.released.wait(0.02):
        try:
            request.wfile.write(b" ")
            request.wfile.flush()
        except OSError:
            break
    request.close_connection = True


def breaks_off(request: Request) -> None:
    request.close_connection = True


def half(request: Request) -> None:
    """Less than it has promised."""
    request.say(200, b'{"status":"success","da', length="5000")
    request.close_connection = True


def says(status: int, body: bytes, kind: str = "application/json", **headers: str) -> Behaviour:
    return lambda request: request.say(status, body, kind, **headers)


def answers(result: Any) -> Behaviour:
    return says(200, json.dumps({"status": "success", "data": {"result": result}}).encode())


def number(value: Any) -> Behaviour:
    return answers([{"metric": LABELS, "value": value}])


FAULTS: dict[str, tuple[Behaviour, str]] = {
    "hangs": (hangs, "did not answer in time. It is asked again"),
    "drips": (drips, "did not answer in time. It is asked again"),
    "breaks off": (breaks_off, "broke off in the middle of its answer. It is asked"),
    "half of an answer": (half, "broke off in the middle of its answer. It is asked"),
    "half a JSON": (says(200, b'{"status":"success","da'), "is it another program's port"),
    "HTML": (says(200, PAGE, "text/html; charset=x"), "no JSON of a query, but text/html: is it"),
    "deep JSON": (says(200, b"[" * 100_000), "no JSON of a query"),
    "429": (
        says(429, b"slow down", Retry_After="120"),
        "429: slow down: too many questions. It is asked again in 120 s",
    ),
    "500": (
        says(500, b'{"status":"error","error":"out of\\u001b[2J memory"}'),
        "answered 500: out of [2J memory: it fails. It is asked again",
    ),
    "HTML with 502": (says(502, PAGE, "text/html", Retry_After="99"), "502: it fails"),
    "503": (says(503, b"starting", Retry_After="99"), "503: starting: it fails"),
    "401": (says(401, b""), "401: it does not let you in. Name yourself with --header @FILE"),
    "403": (says(403, PAGE), "403: it does not let you in"),
    "302": (says(302, b"", Location="http://login.invalid/?token=secret"), "302: it sends else"),
    "404": (says(404, b"404 page not found"), "is this the server's address, with its path?"),
    "400": (says(400, b"parse error"), "answered 400: parse error."),
    "no data": (says(200, b'{"status":"success"}'), "no JSON of a query"),
    "a list": (says(200, b"[]"), "no JSON of a query"),
    "data of another type": (says(200, b'{"data":7}'), "in another form than a query's"),
    "a result of another type": (answers("none"), "in another form than a query's"),
    "series of another type": (answers([7]), "in another form than a query's"),
    "labels of another type": (
        answers([{"metric": 7, "value": [1, DOLLARS]}]),
        "in another form than a query's",
    ),
    "a pair of another length": (number([1]), "in another form than a query's"),
    "no number": (number([1, "much"]), "in another form than a query's"),
    "a time of another type": (number([None, DOLLARS]), "in another form than a query's"),
    "a time without end": (number([float("inf"), DOLLARS]), "in another form than a query's"),
}
