"""The state machine: by table, and by whatever hypothesis thinks of."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from performance.alerts.states import (
    FIRING_PATIENCE_S,
    FLAPPING_CLEAR_S,
    LONGEST_STEP_S,
    Change,
    Phase,
    Policy,
    State,
    elapsed_s,
    step,
)
from performance.console.shapes import Severity

AT = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
CPU = Policy(warning=70.0, critical=90.0, clear=65.0, for_s=60, clear_s=30)
HITS = Policy(is_above=False, warning=0.8, critical=0.5, clear_s=0)
AT_ONCE = Policy(critical=0.0, clear_s=0)


def walk(policy: Policy, *values: float | None, every_s: float = 15.0, is_flapping: bool = False) -> list[str]:
    """What each look at these values changes, or where it leaves the alert."""
    state: State | None = None
    told = []
    for value in values:
        made = step(state, value, policy=policy, elapsed_s=every_s, is_flapping=is_flapping)
        state = made.state
        told.append(made.change or (state.phase.value if state else "-"))
    return [str(each) for each in told]


@pytest.mark.parametrize(
    ("policy", "values", "expected"),
    [
        (CPU, [50, 70, 69.9], ["-", "-", "-"]),
        (CPU, [80, 80, 80, 80, 80, 80], ["begun", "pending", "pending", "pending", "fired", "firing"]),
        (CPU, [80, 80, 60, 80], ["begun", "pending", "dropped", "begun"]),
        (CPU, [80] * 5 + [67] * 4 + [64, 64, 64], [*["begun", *["pending"] * 3, "fired"], *["firing"] * 6, "resolved"]),
        (CPU, [80] * 5 + [64, 66, 64, 64, 64], [*["begun", *["pending"] * 3, "fired"], *["firing"] * 4, "resolved"]),
        (CPU, [80] * 5 + [95] * 5, [*["begun", *["pending"] * 3, "fired"], *["firing"] * 4, "escalated"]),
        (CPU, [80, None, 80, 80, 80, 80], ["begun", "pending", "pending", "pending", "pending", "fired"]),
        (CPU, [None, float("nan"), float("inf")], ["-", "-", "-"]),
        (HITS, [0.9, 0.79, 0.4, 0.8], ["-", "fired", "escalated", "resolved"]),
        (AT_ONCE, [0, 0.1, None, 0], ["-", "fired", "firing", "resolved"]),
    ],
)
def test_what_becomes_of_an_alert(policy: Policy, values: list[float], expected: list[str]) -> None:
    assert walk(policy, *values) == expected


def test_it_fires_as_grave_as_it_has_been_for_long_enough() -> None:
    def severity(*values: float) -> Severity:
        state: State | None = None
        for value in values:
            state = step(state, value, policy=CPU, elapsed_s=15, is_flapping=False).state
        assert state is not None
        assert state.phase is Phase.FIRING
        return state.severity

    assert severity(95, 95, 95, 95, 95) is Severity.CRITICAL
    assert severity(80, 95, 95, 95, 95) is Severity.WARNING
    assert severity(95, 95, 95, 95, 80) is Severity.WARNING
    assert severity(*[95] * 5, 80, 80, 80) is Severity.CRITICAL


def test_only_a_critical_threshold_is_critical_at_once() -> None:
    made = step(None, 1.0, policy=AT_ONCE, elapsed_s=0, is_flapping=False)

    assert made.state is not None
    assert (made.change, made.state.severity) == (Change.FIRED, Severity.CRITICAL)


def test_what_is_pending_waits_two_minutes_for_its_figure_and_what_fires_an_hour() -> None:
    assert walk(CPU, 80, *[None] * 9)[-2:] == ["pending", "dropped"]
    looks = int(FIRING_PATIENCE_S / 15)
    assert walk(AT_ONCE, 1.0, *[None] * looks, None)[-2:] == ["firing", "vanished"]


def test_what_is_unknown_is_not_well() -> None:
    policy = Policy(warning=1.0, clear_s=30)

    assert walk(policy, 2.0, 0.0, None, 0.0, 0.0, 0.0) == ["fired", *["firing"] * 4, "resolved"]


def test_what_flaps_ends_only_when_all_has_been_well_for_a_quarter_of_an_hour() -> None:
    looks = int(FLAPPING_CLEAR_S / 15)

    assert walk(AT_ONCE, 1.0, *[0.0] * (looks + 1), is_flapping=True)[-2:] == ["firing", "resolved"]
    assert walk(AT_ONCE, 1.0, *[0.0] * looks, 1.0, *[0.0] * looks, is_flapping=True)[-1] == "firing"


@pytest.mark.parametrize(
    ("seconds", "counts"), [(15.0, 15.0), (-3600.0, 0.0), (0.0, 0.0), (40.0, 40.0), (86_400.0, LONGEST_STEP_S)]
)
def test_a_clock_that_jumps_counts_for_little(seconds: float, counts: float) -> None:
    assert elapsed_s(since=AT, at=AT + timedelta(seconds=seconds)) == counts


policies = st.builds(
    lambda limits, for_s, clear_s, is_above: Policy(
        is_above=is_above,
        clear=limits[0] if is_above else limits[2],
        warning=limits[1],
        critical=limits[2] if is_above else limits[0],
        for_s=for_s,
        clear_s=clear_s,
    ),
    st.tuples(*[st.floats(-100, 100)] * 3).map(sorted),
    st.sampled_from([0, 15, 60, 300]),
    st.sampled_from([0, 15, 60]),
    st.booleans(),
)
looks = st.lists(st.tuples(st.one_of(st.none(), st.floats(-200, 200)), st.floats(0, LONGEST_STEP_S)), max_size=60)


@given(policies, looks, st.booleans())
def test_changes_come_in_the_order_that_they_may(
    policy: Policy, seen: list[tuple[float | None, float]], is_flapping: bool
) -> None:
    state: State | None = None
    changes: list[Change] = []
    for value, seconds in seen:
        before = state
        made = step(state, value, policy=policy, elapsed_s=seconds, is_flapping=is_flapping)
        state = made.state
        if value is not None and before is None and policy.severity(value) is None:
            assert state is None
        if before is not None and before.phase is Phase.FIRING and state is not None:
            assert state.phase is Phase.FIRING
            assert [Severity.WARNING, Severity.CRITICAL].index(state.severity) >= (before.severity == Severity.CRITICAL)
        if made.change is not None:
            changes.append(made.change)

    may_follow = {
        Change.BEGUN: {Change.DROPPED, Change.FIRED},
        Change.DROPPED: {Change.BEGUN, Change.FIRED},
        Change.FIRED: {Change.ESCALATED, Change.RESOLVED, Change.VANISHED},
        Change.ESCALATED: {Change.RESOLVED, Change.VANISHED},
        Change.RESOLVED: {Change.BEGUN, Change.FIRED},
        Change.VANISHED: {Change.BEGUN, Change.FIRED},
    }
    assert all(after in may_follow[before] for before, after in pairwise(changes))
    assert not changes or changes[0] in {Change.BEGUN, Change.FIRED}


@given(policies, st.floats(0.1, 100), st.lists(st.floats(0.1, LONGEST_STEP_S), min_size=1, max_size=60))
def test_it_fires_exactly_when_it_has_been_bad_for_long_enough(
    policy: Policy, beyond: float, steps: list[float]
) -> None:
    bad = (policy.warning or 0.0) + (beyond if policy.is_above else -beyond)
    state = step(None, bad, policy=policy, elapsed_s=0, is_flapping=False).state
    lasted_s = 0.0
    for seconds in steps:
        assert state is not None
        assert (state.phase is Phase.FIRING) == (lasted_s >= policy.for_s)
        state = step(state, bad, policy=policy, elapsed_s=seconds, is_flapping=False).state
        lasted_s += seconds
