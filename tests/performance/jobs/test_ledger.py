"""The ledger is the cache and the protection against double charges."""

from collections.abc import Callable

from performance.jobs import claims, ledger
from performance.jobs.asks import Ask, Bought, Wait
from performance.jobs.kinds import Calls, ClaimedJob
from performance.jobs.models import PaidCall
from tests.performance.jobs.conftest import Scripted
from tests.performance.jobs.paying import Till, request_for

Work = Callable[[], None]


def test_another_batch_is_answered_from_the_ledger_for_nothing(kind: Scripted, work: Work) -> None:
    till = Till()
    kind.does = lambda job, calls: till.buy(str(job.subject_id), calls)
    first = kind.submit(3)
    work()

    second = kind.submit(3, budget_micros=0)
    work()

    first.refresh_from_db()
    second.refresh_from_db()
    assert till.charges.total() == 3
    assert (first.calls, first.ledger_hits, first.spent_micros, first.saved_micros) == (3, 0, 240, 0)
    assert (second.calls, second.ledger_hits, second.spent_micros, second.saved_micros) == (0, 3, 0, 240)
    assert [finished.result.is_from_ledger for finished in kind.stored] == [False] * 3 + [True] * 3
    assert kind.stored[-1].result.response == {"bought": "3"}


def test_after_the_ttl_others_buy_the_next_generation(kind: Scripted, work: Work) -> None:
    till = Till()
    kind.does = lambda job, calls: till.buy("x", calls, request=request_for("x", ttl_s=0))
    kind.submit(1)
    work()
    kind.submit(1)
    work()

    assert till.charges["x"] == 2
    assert list(PaidCall.objects.order_by("generation").values_list("generation", "state")) == [
        (1, "succeeded"),
        (2, "succeeded"),
    ]


def test_a_batch_reuses_its_own_calls_whatever_their_age(kind: Scripted, work: Work) -> None:
    till = Till()

    async def buy_then_fail_once(job: ClaimedJob, calls: Calls) -> None:
        await till.buy("x", calls, request=request_for("x", ttl_s=0))
        if job.attempt == 1:
            raise ValueError("after paying")

    kind.does = buy_then_fail_once
    batch = kind.submit(1)
    work()

    batch.refresh_from_db()
    assert (batch.succeeded, batch.ledger_hits, till.charges["x"]) == (1, 1, 1)


def test_of_jobs_that_want_the_same_call_one_pays(kind: Scripted, work: Work) -> None:
    till = Till(takes_s=0.3)
    kind.does = lambda job, calls: till.buy("the same", calls)
    batch = kind.submit(20, concurrency=20)
    work()

    batch.refresh_from_db()
    assert (till.charges["the same"], batch.succeeded) == (1, 20)
    assert (batch.calls, batch.ledger_hits, batch.saved_micros, batch.spent_micros) == (1, 19, 19 * 80, 80)


def test_if_the_one_that_pays_fails_another_pays(kind: Scripted, work: Work) -> None:
    till = Till()
    till.fails["the same"] = [ValueError("no"), ValueError("no")]
    kind.does = lambda job, calls: till.buy("the same", calls)
    batch = kind.submit(5, on_unknown="retry")
    work()

    batch.refresh_from_db()
    assert (batch.succeeded, till.charges["the same"]) == (5, 1)


def test_a_call_that_another_process_makes_is_waited_for(kind: Scripted, db: None) -> None:
    batch = kind.submit(2)
    one, two = claims.claim(batch_id=batch.pk, params={}, limit=2, worker="runner:h:1:a")
    request = request_for("x")
    (bought,) = ledger.reserve([Ask(request, one.job.id, one.job.fence, batch.pk)])

    (answer,) = ledger.reserve([Ask(request, two.job.id, two.job.fence, batch.pk)])

    assert isinstance(bought, Bought)
    assert isinstance(answer, Wait)
    assert PaidCall.objects.count() == 1


def test_a_call_is_not_sent_for_a_job_that_was_lost(kind: Scripted, db: None) -> None:
    batch = kind.submit(1)
    (old,) = claims.claim(batch_id=batch.pk, params={}, limit=1, worker="runner:h:1:a")
    (bought,) = ledger.reserve([Ask(request_for("x"), old.job.id, old.job.fence, batch.pk)])
    assert isinstance(bought, Bought)
    claims.release([old.job])
    (new,) = claims.claim(batch_id=batch.pk, params={}, limit=1, worker="runner:h:2:b")

    assert ledger.mark_sent([(bought.call_id, old.job, 5.0)]) == set()

    (inherited,) = ledger.reserve([Ask(request_for("x"), new.job.id, new.job.fence, batch.pk)])
    assert inherited == bought
    assert ledger.mark_sent([(bought.call_id, new.job, 5.0)]) == {bought.call_id}
    batch.refresh_from_db()
    assert batch.reserved_micros == 100
