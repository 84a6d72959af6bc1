"""Which prompts a person typed, and what belongs to each."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccotel_tui.panels.catalogue import BY_ID
from ccotel_tui.panels.result import answer_panels
from ccotel_tui.query.embedded.backend import open_embedded
from ccotel_tui.query.events import event_row
from ccotel_tui.query.prompts.folded import fold, notifications
from ccotel_tui.query.prompts.typed import newest_prompt
from ccotel_tui.query.query import EventRow, Scope
from ccotel_tui.query.sessions import sessions_of
from ccotel_tui.query.window import HOUR, Window
from ccotel_tui.store.database import Database
from ccotel_tui.telemetry.records import Event
from tests.tools.otlp import SECOND, T0, Plain, event

UTC = ZoneInfo("UTC")
LIFE = Window.between(T0 - HOUR, T0 + 24 * HOUR, UTC)


def rows(events: Sequence[Event]) -> list[EventRow]:
    return [event_row(one.time_ns, one.name, one.attributes) for one in events]


def prompted(second: float, prompt_id: str, text: str = "<REDACTED>", **more: Plain) -> Event:
    attributes: dict[str, Plain] = {"prompt.id": prompt_id, "prompt": text, **more}
    return event("user_prompt", T0 + round(second * SECOND), "s1", **attributes)


def asked(second: float, prompt_id: str, agent: str = "", cost: float = 0.0) -> Event:
    attributes: dict[str, Plain] = {"prompt.id": prompt_id, "cost_usd": cost, "model": "opus"}
    if agent:
        attributes["agent_id"] = agent
    return event("api_request", T0 + round(second * SECOND), "s1", **attributes)


def ended(second: float, prompt_id: str, agent: str, is_async: bool = True) -> Event:
    attributes: dict[str, Plain] = {"prompt.id": prompt_id, "is_async": is_async}
    if agent:
        attributes["agent_id"] = agent
    return event("subagent_completed", T0 + round(second * SECOND), "s1", **attributes)


def notified(agent: str) -> str:
    return f"<task-notification>\n<task-id>{agent}</task-id>\nDone"


def test_a_notification_continues_the_prompt_that_its_agent_began_under() -> None:
    happened = [
        prompted(0, "p1", "first"),
        asked(1, "p1", "a"),
        prompted(10, "p2", "second"),
        asked(11, "p2", "a"),
        ended(12, "p2", "a"),
        prompted(12.4, "n", notified("a")),
        asked(13, "n"),
    ]
    assert fold(rows(happened)) == {"p1": "p1", "p2": "p2", "n": "p1"}


def test_a_notification_of_an_agent_that_a_notification_began_goes_back_to_the_person() -> None:
    happened = [
        prompted(0, "p1"),
        asked(1, "p1", "a"),
        ended(2, "p1", "a"),
        prompted(2.5, "n1"),
        asked(3, "n1", "b"),
        prompted(10, "p2"),
        ended(20, "p2", "b"),
        prompted(21, "n2"),
    ]
    assert fold(rows(happened)) == {"p1": "p1", "n1": "p1", "p2": "p2", "n2": "p1"}


def test_without_an_agent_it_continues_the_prompt_before_but_no_command() -> None:
    happened = [
        prompted(0, "p1", "first"),
        prompted(5, "c", "/compact", command_source="builtin"),
        prompted(9, "n", "<task-notification>a shell has ended</task-notification>"),
    ]
    assert fold(rows(happened)) == {"p1": "p1", "c": "c", "n": "p1"}


def test_a_shell_that_ends_long_after_an_agent_continues_the_prompt_before() -> None:
    happened = [
        prompted(0, "p1", "first"),
        asked(1, "p1", "a"),
        ended(5, "p1", "a"),
        prompted(60, "p2", "second"),
        prompted(90, "n", notified("b7c1")),
    ]
    assert fold(rows(happened))["n"] == "p2"


def test_with_redacted_texts_the_seconds_after_a_subagent_tell() -> None:
    happened = [
        prompted(0, "p1"),
        asked(1, "p1", "a"),
        ended(5, "p1", "a", is_async=False),
        prompted(6, "p2"),
        ended(10, "p2", "a"),
        prompted(12, "n"),
        prompted(12.001, "p3"),
        ended(20, "p3", "a"),
        prompted(20.1, "exit", command_source="builtin"),
    ]
    folded = fold(rows(happened))
    assert {one for one in folded if folded[one] != one} == {"n"}
    assert folded["n"] == "p1"


def test_each_end_of_an_agent_is_told_of_once_however_soon_a_person_types_on() -> None:
    happened = [
        prompted(0, "p1"),
        ended(10, "p1", "a"),
        prompted(10.2, "n1"),
        prompted(11, "p2"),
        ended(20, "p1", "b"),
        ended(20.1, "p1", "c"),
        prompted(20.3, "n2"),
        prompted(20.5, "n3"),
        prompted(21.9, "p3"),
    ]
    told = [row["prompt_id"] for row in notifications(rows(happened))]
    assert told == ["n1", "n2", "n3"]


def test_a_text_that_was_typed_is_no_notification_however_soon_it_comes() -> None:
    happened = [prompted(0, "p1", "go"), ended(5, "p1", "a"), prompted(5.5, "p2", "thanks")]
    assert fold(rows(happened)) == {"p1": "p1", "p2": "p2"}
    assert notifications(rows(happened)) == []


def test_of_two_that_end_together_each_is_told_of_once() -> None:
    happened = [
        prompted(0, "p1"),
        asked(1, "p1", "a"),
        prompted(5, "p2"),
        asked(6, "p2", "b"),
        ended(9, "p2", "a"),
        ended(9.1, "p2", "b"),
        prompted(9.5, "n1"),
        prompted(9.9, "n2"),
    ]
    folded = fold(rows(happened))
    assert (folded["n1"], folded["n2"]) == ("p1", "p2")


def test_a_notification_of_which_nothing_is_there_stands_for_itself() -> None:
    assert fold(rows([prompted(0, "n", notified("a"))])) == {"n": "n"}


@dataclass(frozen=True)
class Story:
    """What happened, and who is under whom by the one who wrote it."""

    events: list[Event]
    under: dict[str, str]
    typed: list[str]


@st.composite
def stories(draw: st.DrawFn) -> Story:
    """Prompts a minute apart, agents that begin under any and end later, with or without texts."""
    texts = draw(st.booleans())
    events: list[Event] = []
    under: dict[str, str] = {}
    typed: list[str] = []
    agents: dict[str, str] = {}
    ids: list[str] = []
    kinds = st.sampled_from(["typed", "command", "begin", "end"])
    for at, kind in enumerate(draw(st.lists(kinds, max_size=14))):
        second, prompt_id = at * 60, f"i{at}"
        if kind == "typed":
            events.append(prompted(second, prompt_id, "words" if texts else "<REDACTED>"))
            typed.append(prompt_id)
            under[prompt_id] = prompt_id
            ids.append(prompt_id)
            events.append(asked(second + 5, prompt_id, cost=2.0))
        elif kind == "command":
            events.append(
                prompted(
                    second,
                    prompt_id,
                    "/compact" if texts else "<REDACTED>",
                    command_source="builtin",
                )
            )
            events.append(asked(second + 5, prompt_id, cost=64.0))
            under[prompt_id] = prompt_id
        elif kind == "begin" and ids:
            start = draw(st.sampled_from(ids[-1:]))
            agents[f"a{at}"] = under[start]
            events.append(asked(second, start, f"a{at}", cost=1.0))
        elif kind == "end" and agents:
            agent = draw(st.sampled_from(sorted(agents)))
            events.append(asked(second, ids[-1], agent, cost=0.5))
            events.append(ended(second + 1, ids[-1], agent))
            text = notified(agent) if texts else "<REDACTED>"
            events.append(prompted(second + 1.5, prompt_id, text))
            events.append(asked(second + 3, prompt_id, cost=0.25))
            under[prompt_id] = agents.pop(agent)
            ids.append(prompt_id)
    return Story(events, under, typed)


@given(stories(), st.randoms(use_true_random=False))
def test_any_story_in_any_order_is_folded_as_it_was_written(story: Story, dice: object) -> None:
    shuffled = list(story.events)
    dice.shuffle(shuffled)  # type: ignore[attr-defined]
    folded = fold(rows(shuffled))
    assert folded == story.under
    assert all(folded[root] == root for root in folded.values())


@given(stories())
def test_panels_rows_and_the_newest_prompt_agree_with_the_story(story: Story) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "telemetry.db"
        with closing(Database(path)) as database:
            database.append(story.events)
        with closing(open_embedded(path)) as backend:
            panels = [BY_ID["dev_activity"], BY_ID["total_cost"]]
            answers = answer_panels(panels, backend, LIFE, Scope(), LIFE.to_ns)
            sessions = sessions_of(backend.source, LIFE, Scope())
            newest = newest_prompt(backend, "s1", LIFE.to_ns)
    assert answers["dev_activity"].parts["prompts"] == len(story.typed)
    assert [one.prompts for one in sessions] == ([len(story.typed)] if sessions else [])
    last = answers["total_cost"].parts["last_prompt"]
    if not story.typed:
        assert newest.prompt_ids == ()
        assert last is None
        return
    own = {one for one, root in story.under.items() if root == story.typed[-1]}
    assert set(newest.prompt_ids) == own
    costs = [
        one.attributes["cost_usd"]
        for one in story.events
        if one.name == "api_request" and one.attributes["prompt.id"] in own
    ]
    assert last == sum(map(float, costs))  # type: ignore[arg-type]


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with closing(Database(tmp_path / "telemetry.db")) as database:
        yield database


@pytest.mark.parametrize("second", [0.0, 0.5, 1.0, 1.9, 2.0, 2.1, 3.0])
def test_a_window_that_begins_between_an_end_and_its_notification_counts_the_same(
    database: Database, tmp_path: Path, second: float
) -> None:
    database.append([prompted(-50, "p"), ended(0, "p", "a"), prompted(1.9, "n")])
    with closing(open_embedded(tmp_path / "telemetry.db")) as backend:
        cut = T0 + round(second * SECOND)
        parts = [Window.between(T0 - HOUR, cut, UTC), Window.between(cut, T0 + HOUR, UTC)]
        counts = [
            answer_panels([BY_ID["dev_activity"]], backend, part, Scope(), T0 + HOUR)[
                "dev_activity"
            ].parts["prompts"]
            for part in parts
        ]
    assert counts == [1, 0]


def test_a_prompt_whose_own_record_was_lost_is_the_newest(
    database: Database, tmp_path: Path
) -> None:
    database.append([prompted(0, "p"), asked(1, "p", cost=1.0), asked(60, "q", cost=0.25)])
    with closing(open_embedded(tmp_path / "telemetry.db")) as backend:
        answers = answer_panels([BY_ID["total_cost"]], backend, LIFE, Scope(), LIFE.to_ns)
    assert answers["total_cost"].parts["last_prompt"] == 0.25
