"""A transaction announces each tag once, when it has been committed; a rolled-back one announces nothing."""

from collections.abc import Iterator

import pytest
from django.db import connection, transaction

from performance.cache import pacing, tags
from performance.cache.connection import pinned
from performance.cache.pacing import bump_soon

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[list[str]]]:
    """What was announced, call by call."""
    calls: list[list[str]] = []
    own = tags._send
    monkeypatch.setattr(tags, "_send", lambda named: (calls.append(list(named)), own(named))[1])
    return calls


def numbers(*named: str) -> tuple[bytes, ...]:
    found = tags.versions(named, at_most_s=0)
    assert found is not None
    return found.numbers


def test_once_for_a_transaction_and_only_when_it_is_committed(sent: list[list[str]]) -> None:
    before = numbers("a", "b:1")

    with transaction.atomic():
        tags.bump("a")
        with transaction.atomic():
            tags.bump("a", "b:1")
        tags.bump("c")
        assert sent == []

    assert sent == [["a", "b:1", "c"]]
    assert [one != other for one, other in zip(before, numbers("a", "b:1"), strict=True)] == [False, True, True, False]


def test_what_a_savepoint_takes_back_stays_quiet_and_the_rest_is_said(sent: list[list[str]]) -> None:
    with transaction.atomic():
        try:
            with transaction.atomic():
                tags.bump("inner")
                raise ZeroDivisionError
        except ZeroDivisionError:
            pass
        tags.bump("outer")

    assert sent == [["outer"]]


def test_a_rollback_announces_nothing(sent: list[list[str]]) -> None:
    with transaction.atomic():
        tags.bump("a")
        transaction.set_rollback(True)

    assert sent == []
    assert not connection.run_on_commit


def test_very_many_of_one_noun_are_said_in_one_word() -> None:
    before = numbers("thing:1", "other")

    tags.bump(*(f"thing:{number}" for number in range(1000, 2000)))

    after = numbers("thing:1", "other")
    assert [one != other for one, other in zip(before, after, strict=True)] == [False, False, False, True]


def test_a_tag_that_is_no_number_any_more_is_still_raised() -> None:
    before = numbers("odd")
    pinned().call("SET", tags.key_of("odd"), "not a number")

    tags.bump("odd")

    assert numbers("odd") not in (before, (before[0], b"not a number"))


def test_busy_writers_announce_a_few_times_a_second_and_the_last_word(
    sent: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    pacer = pacing.Pacer()
    monkeypatch.setattr(pacing, "_pacer", pacer)

    for number in range(100):
        bump_soon("runs", f"prospect:{number}")
    at_once = len(sent)
    pacer._wake.wait(0.1)
    thread = pacer._thread
    assert thread is not None
    _wait_until(lambda: len(sent) == 2)

    assert at_once == 1
    assert sent[0] == ["runs", "prospect:0"]
    assert sent[1] == ["runs", *(f"prospect:{number}" for number in range(1, 100))]


def _wait_until(is_true: object) -> None:
    import time

    until = time.monotonic() + 5
    while not is_true() and time.monotonic() < until:  # type: ignore[operator]
        time.sleep(0.01)
