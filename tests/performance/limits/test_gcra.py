from collections.abc import Iterator

import pytest

from performance.limits.gcra import Answer, ask
from performance.limits.policies import Policy

STRICT = Policy("qualify", 10, 60, 10)
EVERYBODYS = Policy("api", 100, 60, 100)


def spend(policy: Policy, moments: Iterator[float] | list[float]) -> list[Answer]:
    """One token at each of the moments, in seconds."""
    tat, answers = 0.0, []
    for now in moments:
        tat, answer = ask(tat, policy=policy, cost=1, now=now)
        answers.append(answer)
    return answers


def test_a_full_bucket_gives_its_burst_at_once_and_then_one_each_interval() -> None:
    answers = spend(STRICT, [100.0] * 11 + [105.99, 106.0, 106.0])

    assert [answer.granted for answer in answers] == [1] * 10 + [0, 0, 1, 0]
    assert [answer.remaining for answer in answers[:10]] == list(range(9, -1, -1))


def test_a_refusal_says_when_there_is_enough_and_then_there_is() -> None:
    *_, refused = spend(STRICT, [100.0] * 11)

    assert refused.retry_s == pytest.approx(6.0)
    assert refused.next_s == pytest.approx(6.0, abs=1e-4)
    assert spend(STRICT, [100.0] * 10 + [100 + refused.retry_s])[-1].granted == 1


def test_refusals_cost_nothing() -> None:
    answers = spend(STRICT, [100.0] * 10 + [100.0] * 50 + [106.0])

    assert answers[-1].granted == 1


def test_over_hours_exactly_the_rate_is_allowed() -> None:
    moments = [1000 + second / 10 for second in range(36_000)]

    granted = sum(answer.granted for answer in spend(STRICT, moments))

    assert granted == 10 + 10 * 60 - 1


def test_a_process_gets_a_tenth_in_advance_and_less_when_little_is_left() -> None:
    tat, granted = 0.0, []
    for _ in range(21):
        tat, answer = ask(tat, policy=EVERYBODYS, cost=1, now=5.0)
        granted.append(answer.granted)

    assert granted == [10, 10, 10, 10, 10, 10, 10, 7, 5, 4, 3, 2, 2, 1, 1, 1, 1, 1, 1, 1, 0]


def test_what_costs_more_than_the_bucket_holds_costs_a_full_bucket() -> None:
    tat, first = ask(0.0, policy=STRICT, cost=1_000, now=50.0)
    _, second = ask(tat, policy=STRICT, cost=1_000, now=50.0)

    assert (first.granted, first.remaining) == (10, 0)
    assert (second.granted, second.retry_s) == (0, pytest.approx(60.0))


def test_a_state_far_ahead_is_an_empty_bucket_and_no_more() -> None:
    _, answer = ask(1e9, policy=STRICT, cost=1, now=50.0)

    assert (answer.granted, answer.retry_s) == (0, pytest.approx(6.0))


@pytest.mark.parametrize(("tokens", "period_s", "burst"), [(7, 60, 7), (1, 1, 1), (1_000_000, 1, 3), (5, 3600, 50)])
def test_any_rate_allows_its_burst_and_then_its_rate(tokens: int, period_s: int, burst: int) -> None:
    policy = Policy("any", tokens, period_s, burst)
    interval = period_s / tokens
    at_once = spend(policy, [10.0] * (burst + 1))
    later = spend(policy, [10.0] * burst + [10.0 + interval * (1 + step) for step in range(100)])

    assert sum(answer.granted for answer in at_once) == burst
    assert [answer.granted for answer in later[burst:]] == [1] * 100
