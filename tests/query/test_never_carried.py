"""A scope by an attribute that a kind of record never carries is told from one that selects."""

import pytest

from ccotel_tui.query.never_carried import never_carried
from ccotel_tui.query.query import Scope


@pytest.mark.parametrize(
    ("record", "attribute", "is_never"),
    [
        ("api_request", "model", False),
        ("tool_result", "model", True),
        ("tool_result", "prompt.id", False),
        ("tool_result", "prompt_id", False),
        ("api_request", "source", False),
        ("claude_code.commit.count", "model", True),
        ("claude_code.cost.usage", "tool_name", True),
        ("claude_code.cost.usage", "prompt.id", True),
        ("claude_code.cost.usage", "session.id", False),
        ("tool_result", "project", False),
    ],
)
def test_an_attribute_that_a_record_lacks_is_told_from_one_of_the_users_own(
    record: str, attribute: str, is_never: bool
) -> None:
    assert (never_carried(record, Scope(attributes=((attribute, "any"),))) is not None) == is_never
