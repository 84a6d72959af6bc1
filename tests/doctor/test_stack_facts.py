"""What doctor takes for the state of the stack."""

import pytest

from ccotel_tui.doctor.machine import stack_facts
from ccotel_tui.stack_control.models import ServiceState
from ccotel_tui.stack_control.stack import Stack


@pytest.mark.parametrize(
    ("states", "failing"),
    [
        ({"grafana": "absent"}, {}),
        ({"grafana": "exited"}, {"grafana": "exited"}),
        ({"loki": "absent"}, {"loki": "absent"}),
        ({"otel-collector": "absent", "grafana": "absent"}, {"otel-collector": "absent"}),
    ],
)
def test_a_service_that_was_left_out_is_missing_where_telemetry_needs_it(
    states: dict[str, str], failing: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """`stack up otel-collector prometheus loki` leaves Grafana out."""

    def states_of(stack: Stack) -> tuple[ServiceState, ...]:
        names = stack.compose.names
        return tuple(ServiceState(name, states.get(name, "running")) for name in names)

    monkeypatch.setattr(Stack, "states", states_of)
    facts = stack_facts.stack_facts()
    assert (facts.made, facts.failing) == (True, failing)
