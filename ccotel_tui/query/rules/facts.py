"""What rules judge: read once, and the same for all of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ccotel_tui.query.query import EventRow
from ccotel_tui.query.status_line.facts import StatusLines
from ccotel_tui.query.usual.budget import BudgetState
from ccotel_tui.query.window import HOUR, MINUTE

LOOP_WINDOW = 30 * MINUTE
"""Tools that failed before that are of no loop that goes on."""

ERRORS_WINDOW = 5 * MINUTE

BURN_WINDOW = 10 * MINUTE
USUAL_WINDOW = HOUR
"""The usual burn rate is that of this time, without its newest part, which is the present one."""

TOLD_WINDOW = 10 * MINUTE
"""A session that is not known to run is in use while its status line was told so lately."""

REFUSED_WINDOW = 5 * MINUTE


@dataclass(frozen=True, slots=True)
class RuleReading:
    """What a source tells of all sessions.

    `calls` are tool results and prompts of the sessions whose tools fail, `errors` API errors, the
    newest last. `burn` and `usual` are dollars an hour by session, `spending` the requests of those
    that surge. `unheard` are sessions that run and of which there is no record; `dropped` is what a
    collector dropped; `budgets` are those of which it is known what is spent.
    """

    calls: Sequence[EventRow] = ()
    errors: Sequence[EventRow] = ()
    burn: Mapping[str, float] = field(default_factory=dict)
    usual: Mapping[str, float] = field(default_factory=dict)
    spending: Mapping[str, Sequence[EventRow]] = field(default_factory=dict)
    unheard: frozenset[str] = frozenset()
    dropped: int = 0
    budgets: Sequence[BudgetState] = ()


@dataclass(frozen=True, slots=True)
class RefusedRequests:
    """How many requests or records a recorder did not take, and when the newest (Unix ns)."""

    count: int
    newest_ns: int


@dataclass(frozen=True, slots=True)
class RuleFacts:
    """All of them at one moment.

    `running` are the sessions that run, `waiting` those of them that wait for somebody, with the
    time since when, 0 where that is not told; `silent` those of which something should have come,
    with the time at which they began. Times are Unix nanoseconds.
    """

    now_ns: int
    reading: RuleReading = field(default_factory=RuleReading)
    lines: StatusLines = field(default_factory=StatusLines)
    running: frozenset[str] = frozenset()
    waiting: Mapping[str, int] = field(default_factory=dict)
    silent: Mapping[str, int] = field(default_factory=dict)
    refused: RefusedRequests | None = None
