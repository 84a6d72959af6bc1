"""What a client may do, as export requests and their truth.

Every scenario is a list of parts; a part is what is sent in one go, and between two of them the
receiver dies.
"""

from collections.abc import Callable, Iterable
from itertools import chain, cycle
from typing import get_args

from tests.accuracy.truth.client import HAIKU, OPUS, Client, Temporality
from tests.accuracy.truth.days import HOUR, MINUTE, SECOND, at
from tests.accuracy.truth.otlp import Request, newest
from tests.accuracy.truth.truth import Truth

Parts = list[list[Request]]
Scenario = Callable[[str, Temporality, Truth], Parts]

_MILLISECOND = SECOND // 1000
_TOOLS = (("Bash", True), ("Read", True), ("Bash", False), ("Edit", True), ("mcp_tool", False))
_MODELS = (OPUS, OPUS, HAIKU)


def turn(client: Client, time_ns: int, number: int, tool: tuple[str, bool], model: str) -> None:
    """A request, a tool and, now and then, all else that a client does."""
    client.request(time_ns, 0.0123457 + number * 0.0010001, model)
    if number % 2:
        client.decide(time_ns + 10 * _MILLISECOND, "Edit", accept=number % 5 != 0)
    client.tool(time_ns + 20 * _MILLISECOND, *tool)
    if number % 2:
        client.edit(time_ns + 30 * _MILLISECOND, number + 1, number % 5)
    if number % 4 == 2:
        client.commit(time_ns + 35 * _MILLISECOND, pull_request=number % 8 == 2)
        client.fail(time_ns + 40 * _MILLISECOND, 529)


def work(
    client: Client, begin_ns: int, turns: int, every_ns: int, interval_ns: int
) -> list[Request]:
    """A prompt and its turns, exported at each interval.

    `begin_ns` is 300 ms after an export was due, so that no turn falls into two exports.
    """
    due_ns = begin_ns - 300 * _MILLISECOND + interval_ns
    requests: list[Request] = []
    client.prompt(begin_ns - 200 * _MILLISECOND)
    for number, tool, model in zip(range(turns), cycle(_TOOLS), cycle(_MODELS), strict=False):
        now_ns = begin_ns + number * every_ns
        while due_ns <= now_ns:
            requests += client.export(due_ns)
            due_ns += interval_ns
        turn(client, now_ns, number, tool, model)
    return [*requests, *client.export(due_ns)]


def briskly(client: Client, begin: str, turns: int) -> list[Request]:
    """A turn each 7 s, exported each 10 s."""
    return work(client, at(begin), turns, 7 * SECOND, 10 * SECOND)


def in_order(requests: Iterable[Request]) -> list[Request]:
    """As several processes send them."""
    return sorted(requests, key=newest)


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
    before = briskly(client, "01:10:00.300", 5)
    idle = [request for due in ("01:11", "01:12") for request in client.export(at(due))]
    return [[*before, *idle, *briskly(client, "01:41:00.300", 4)]]


def resumed(session: str, temporality: Temporality, truth: Truth) -> Parts:
    """A second process goes on with the id: sequences and counters begin anew."""
    first, second = (Client(session, temporality, truth) for _ in range(2))
    return [[*briskly(first, "01:50:00.300", 6), *briskly(second, "01:55:00.300", 3)]]


def long(session: str, temporality: Temporality, truth: Truth) -> Parts:
    """Half an hour of work, exported each minute, for windows that cut it."""
    client = Client(session, temporality, truth)
    return [work(client, at("02:00:00.300"), 38, 47_300 * _MILLISECOND, MINUTE)]


def killed(session: str, temporality: Temporality, truth: Truth) -> Parts:
    """Three stretches of a session; between them the receiver dies."""
    client = Client(session, temporality, truth)
    begins = ("03:00:00.300", "03:01:00.300", "03:10:00.300")
    return [briskly(client, begin, 5) for begin in begins]


def at_once(session: str, temporality: Temporality, truth: Truth) -> Parts:
    """Two processes with sessions of their own, side by side."""
    first, second = (Client(f"{session}-{name}", temporality, truth) for name in "ab")
    requests = [briskly(first, "01:20:00.300", 7), briskly(second, "01:20:03.300", 6)]
    return [in_order(chain(*requests))]


def one_id_interleaved(session: str, temporality: Temporality, truth: Truth) -> Parts:
    """Two live processes with one id, whose exports alternate."""
    first, second = (Client(session, temporality, truth) for _ in range(2))
    requests = [briskly(first, "01:30:00.300", 8), briskly(second, "01:30:04.300", 7)]
    return [in_order(chain(*requests))]


def one_id_tied(session: str, temporality: Temporality, truth: Truth) -> Parts:
    """Two live processes with one id, whose exports fall on the same moment each time."""
    clients = [Client(session, temporality, truth) for _ in range(2)]
    requests: list[Request] = []
    for place, client in enumerate(clients):
        client.prompt(at("01:35") + place * SECOND)
    for number in range(6):
        due_ns = at("01:35") + (number + 1) * 10 * SECOND
        for place, client in enumerate(clients):
            time_ns = due_ns - (5 - place) * SECOND
            client.request(time_ns + _MILLISECOND, 0.02 + number * 0.001 + place * 0.0003)
            client.edit(time_ns + 2 * _MILLISECOND, 3 + number + place * 20, 1 + place)
        requests += [one for client in clients for one in client.export(due_ns)]
    return [requests]


def cleared(session: str, temporality: Temporality, truth: Truth) -> Parts:
    """`/clear` begins a new id; the old id's cumulative series are sent until exit."""
    client = Client(f"{session}-old", temporality, truth)
    client.start(at("02:40"))
    before = briskly(client, "02:40:10.300", 5)
    client.prompt(at("02:42"), builtin=True)
    client.clear(f"{session}-new")
    return [[*before, *client.export(at("02:42:10")), *briskly(client, "02:42:20.300", 6)]]


def silent(session: str, temporality: Temporality, truth: Truth) -> Parts:
    """A process that lives on idle for hours, exporting each half hour, and then goes on."""
    client = Client(session, temporality, truth)
    before = briskly(client, "00:10:00.300", 5)
    begin, half = at("00:30"), HOUR // 2
    idle = [one for due in range(begin, begin + 6 * half, half) for one in client.export(due)]
    return [[*before, *idle, *briskly(client, "03:20:00.300", 5)]]


def asleep(session: str, temporality: Temporality, truth: Truth) -> Parts:
    """A laptop that sleeps for hours in the middle of an interval: nothing at all is sent."""
    client = Client(session, temporality, truth)
    before = briskly(client, "00:15:00.300", 4)
    turn(client, at("00:16:00.300"), 5, ("Bash", True), OPUS)
    return [[*before, *client.export(at("03:30:00")), *briskly(client, "03:30:10.300", 5)]]


def late(session: str, temporality: Temporality, truth: Truth) -> Parts:
    """The receiver is first up two hours into a session that goes on."""
    client = Client(session, temporality, truth)
    client.start(at("01:15"))
    for begin in ("01:15:00.300", "01:45:10.300", "02:15:10.300"):
        client.prompt(at(begin))
        turn(client, at(begin) + SECOND, 3, ("Edit", True), HAIKU)
        turn(client, at(begin) + 2 * SECOND, 6, ("Bash", True), OPUS)
        client.lose(at(begin) + 10 * SECOND)
    return [briskly(client, "03:15:00.300", 6)]


def away(session: str, temporality: Temporality, truth: Truth) -> Parts:
    """The receiver is away for a while in the middle of a session."""
    client = Client(session, temporality, truth)
    before = briskly(client, "02:50:00.300", 4)
    turn(client, at("02:50:40.300"), 3, ("Bash", True), OPUS)
    client.lose(at("02:50:50"))
    return [[*before, *briskly(client, "02:51:00.300", 4)]]


def requests_lost(session: str, temporality: Temporality, truth: Truth) -> Parts:
    """The prompt is received and the counters are, but not what was done in between."""
    client = Client(session, temporality, truth)
    client.prompt(at("02:55:00"))
    before = client.export(at("02:55:05"))
    turn(client, at("02:55:06"), 3, ("Edit", True), OPUS)
    turn(client, at("02:55:07"), 4, ("Bash", True), HAIKU)
    client.lose_events()
    between = client.export(at("02:55:10"))
    client.prompt(at("02:55:20"))
    return [[*before, *between, *client.export(at("02:55:30"))]]


def counters_only(session: str, temporality: Temporality, truth: Truth) -> Parts:
    """The logs exporter is off."""
    client = Client(session, temporality, truth, logs=False)
    before = briskly(client, "02:10:00.300", 6)
    idle = [one for due in ("02:12", "02:13") for one in client.export(at(due))]
    return [[*before, *idle, *briskly(client, "02:20:00.300", 6)]]


def counters_beside_events(session: str, temporality: Temporality, truth: Truth) -> Parts:
    """One session tells events, the one beside it counters only."""
    tells = Client(f"{session}-tells", temporality, truth)
    counts = Client(f"{session}-counts", temporality, truth, logs=False)
    requests = [briskly(tells, "02:30:00.300", 7), briskly(counts, "02:30:02.300", 6)]
    return [in_order(chain(*requests))]


def hidden(session: str, temporality: Temporality, truth: Truth) -> Parts:
    """Two processes that do not tell their sessions' ids."""
    clients = [Client(session, each, truth, hidden=True) for each in get_args(Temporality)]
    begins = ("00:40:00.300", "00:42:00.300")
    pairs = zip(clients, begins, strict=True)
    return [[one for client, begin in pairs for one in briskly(client, begin, 5)]]


def strings(session: str, temporality: Temporality, truth: Truth) -> Parts:
    """A client so old that every attribute is a string."""
    return [briskly(Client(session, temporality, truth, strings=True), "00:50:00.300", 8)]


def failures(session: str, temporality: Temporality, truth: Truth) -> Parts:
    """Failures with, without and after retries, refusals, rejections, and a builtin prompt."""
    client = Client(session, temporality, truth)
    begin = at("03:40:00.300")
    client.prompt(begin, builtin=True)
    client.prompt(begin + SECOND)
    client.request(begin + 2 * SECOND, 0.0314159, f"{HAIKU}[1m]")
    client.fail(begin + 3 * SECOND, None)
    client.fail(begin + 4 * SECOND, 429)
    client.fail(begin + 5 * SECOND, 529, attempts=11)
    client.fail(begin + 6 * SECOND, None, attempts=3)
    client.refuse(begin + 7 * SECOND)
    for number, tool in enumerate(("Edit", "Bash", "Write")):
        client.decide(begin + (8 + number) * SECOND, tool, accept=False)
    client.decide(begin + 11 * SECOND, "Edit", accept=True)
    client.tool(begin + 11 * SECOND + _MILLISECOND, "Edit")
    client.edit(begin + 11 * SECOND + _MILLISECOND, 2, 0)
    client.fail(begin + 12 * SECOND, 529)
    return [client.export(begin + 20 * SECOND)]


def throwaway(session: str, temporality: Temporality, truth: Truth) -> Parts:
    """`--continue` starts up under an id that nothing is done under."""
    starts = Client(f"{session}-starts", temporality, truth)
    starts.start(at("03:35:00"))
    goes_on = Client(f"{session}-goes-on", temporality, truth)
    return [[*starts.export(at("03:35:05")), *briskly(goes_on, "03:35:10.300", 4)]]


SCENARIOS: dict[str, Scenario] = {
    "one-shot": one_shot,
    "pause": pause,
    "resumed": resumed,
    "long": long,
    "killed": killed,
    "at-once": at_once,
    "one-id-interleaved": one_id_interleaved,
    "one-id-tied": one_id_tied,
    "cleared": cleared,
    "silent": silent,
    "asleep": asleep,
    "late": late,
    "away": away,
    "hidden": hidden,
    "strings": strings,
    "failures": failures,
    "throwaway": throwaway,
    "requests-lost": requests_lost,
    "counters-only": counters_only,
    "counters-beside-events": counters_beside_events,
}

CASES: list[tuple[str, Temporality]] = [
    (name, temporality)
    for name in SCENARIOS
    for temporality in get_args(Temporality)
    # It has a process of each.
    if (name, temporality) != ("hidden", "cumulative")
]

ONLY_EMBEDDED = [
    case
    for case in CASES
    # The collector takes one of two delta points of one stream that are of the same moment.
    if case == ("one-id-tied", "delta")
]


def scope_of(scenario: str, temporality: Temporality) -> str:
    """The beginning of the ids of all sessions of a case."""
    return "unknown" if scenario == "hidden" else f"{scenario}-{temporality}"
