"""What a client may do, as export requests and their truth.

Every scenario is a list of parts; a part is what is sent in one go.
"""

from collections.abc import Callable
from itertools import cycle

from tests.accuracy.client import HAIKU, OPUS, Client, Request, Temporality, Truth
from tests.accuracy.days import MINUTE, SECOND, at

Parts = list[list[Request]]
Scenario = Callable[[str, Temporality, Truth], Parts]

_MILLISECOND = SECOND // 1000
_TOOLS = (("Bash", True), ("Read", True), ("Bash", False), ("Edit", True), ("mcp_tool", False))
_MODELS = (OPUS, OPUS, HAIKU)


def work(
    client: Client, begin_ns: int, turns: int, every_ns: int, interval_ns: int
) -> list[Request]:
    """Turns of a request and a tool, and an edit in every second, exported at each interval.

    `begin_ns` is 300 ms after an export was due, so that no turn falls into two exports.
    """
    due_ns = begin_ns - 300 * _MILLISECOND + interval_ns
    requests: list[Request] = []
    client.prompt(begin_ns)
    for turn, (tool, success), model in zip(
        range(turns), cycle(_TOOLS), cycle(_MODELS), strict=False
    ):
        now_ns = begin_ns + turn * every_ns
        while due_ns <= now_ns:
            requests += client.export(due_ns)
            due_ns += interval_ns
        client.request(now_ns, 0.0123457 + turn * 0.0010001, model)
        client.tool(now_ns + 20 * _MILLISECOND, tool, success)
        if turn % 2:
            client.edit(now_ns + 30 * _MILLISECOND, turn + 1, turn % 5)
    return [*requests, *client.export(due_ns)]


def one_shot(session: str, temporality: Temporality, truth: Truth) -> Parts:
    """Two requests, the model's name in both its forms, exported once, at exit."""
    client = Client(session, temporality, truth)
    client.prompt(at("01:00:01.200"))
    client.request(at("01:00:02.345"), 0.040619)
    client.request(at("01:00:02.350"), 0.0123, f"{OPUS}[1m]")
    client.edit(at("01:00:02.400"), 3, 1)
    return [client.export(at("01:00:02.900"))]


def pause(session: str, temporality: Temporality, truth: Truth) -> Parts:
    """Half an hour of silence: the next delta does not start where the last one ended."""
    client = Client(session, temporality, truth)
    before = work(client, at("01:10:00.300"), 5, 7 * SECOND, 10 * SECOND)
    idle = [request for due in ("01:11", "01:12") for request in client.export(at(due))]
    return [[*before, *idle, *work(client, at("01:41:00.300"), 4, 7 * SECOND, 10 * SECOND)]]


def resumed(session: str, temporality: Temporality, truth: Truth) -> Parts:
    """A second process goes on with the id: sequences and counters begin anew."""
    first, second = (Client(session, temporality, truth) for _ in range(2))
    before = work(first, at("01:50:00.300"), 6, 7 * SECOND, 10 * SECOND)
    return [[*before, *work(second, at("01:55:00.300"), 3, 7 * SECOND, 10 * SECOND)]]


def long(session: str, temporality: Temporality, truth: Truth) -> Parts:
    """Half an hour of work, exported each minute, for windows that cut it."""
    client = Client(session, temporality, truth)
    return [work(client, at("02:00:00.300"), 38, 47_300 * _MILLISECOND, MINUTE)]


def killed(session: str, temporality: Temporality, truth: Truth) -> Parts:
    """Three stretches of a session; between them the receiver dies."""
    client = Client(session, temporality, truth)
    return [
        work(client, at(begin), 5, 7 * SECOND, 10 * SECOND)
        for begin in ("03:00:00.300", "03:01:00.300", "03:10:00.300")
    ]


SCENARIOS: dict[str, Scenario] = {
    "one-shot": one_shot,
    "pause": pause,
    "resumed": resumed,
    "long": long,
    "killed": killed,
}
