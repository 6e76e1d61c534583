from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from django.db import connections

from performance.jobs import claims, ledger
from performance.jobs.asks import Ask, Bought, Refusal
from performance.jobs.models import Batch, Job, PaidCall
from performance.jobs.services import resume
from tests.performance.jobs.conftest import Scripted
from tests.performance.jobs.paying import Till, request_for


def asks_of(batch: Batch, *, count: int, estimate_micros: int) -> list[Ask]:
    held = claims.claim(batch_id=batch.pk, params={}, limit=count, worker="runner:h:1:a")
    return [
        Ask(request_for(f"{batch.pk}-{each.job.id}", estimate_micros=estimate_micros), each.job.id, 1, batch.pk)
        for each in held
    ]


def test_a_chunk_reserves_what_fits_and_refuses_the_rest(kind: Scripted, db: None) -> None:
    batch = kind.submit(5, budget_micros=250)

    answers = ledger.reserve(asks_of(batch, count=5, estimate_micros=100))

    assert [type(answer) for answer in answers[:2]] == [Bought, Bought]
    assert answers[2:] == [Refusal.BUDGET_IN_FLIGHT] * 3
    batch.refresh_from_db()
    assert batch.reserved_micros == 200
    assert PaidCall.objects.count() == 2


def test_a_call_dearer_than_the_whole_budget_is_refused_at_once(kind: Scripted, db: None) -> None:
    batch = kind.submit(1, budget_micros=99)

    assert ledger.reserve(asks_of(batch, count=1, estimate_micros=100)) == [Refusal.BUDGET]

    assert not PaidCall.objects.exists()


def test_concurrent_reservations_never_pass_the_budget(kind: Scripted, transactional_db: None) -> None:
    batch = kind.submit(64, budget_micros=1_000)
    asks = asks_of(batch, count=64, estimate_micros=100)

    def reserve(number: int) -> int:
        try:
            answers = ledger.reserve(asks[number * 8 : number * 8 + 8])
            return sum(isinstance(answer, Bought) for answer in answers)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        bought = sum(pool.map(reserve, range(8)))

    batch.refresh_from_db()
    assert (bought, batch.reserved_micros, PaidCall.objects.count()) == (10, 1_000, 10)


def test_a_reservation_repeated_after_a_lost_commit_answer_reserves_once(kind: Scripted, db: None) -> None:
    batch = kind.submit(1, budget_micros=1_000)
    asks = asks_of(batch, count=1, estimate_micros=100)

    assert ledger.reserve(asks) == ledger.reserve(asks)

    batch.refresh_from_db()
    assert batch.reserved_micros == 100


def test_a_run_out_budget_pauses_the_batch_and_more_money_resumes_it(kind: Scripted, work: Callable[[], None]) -> None:
    till = Till(price=100)
    kind.does = lambda job, calls: till.buy(str(job.subject_id), calls)
    batch = kind.submit(5, budget_micros=300, concurrency=2)

    work()

    batch.refresh_from_db()
    assert (batch.state, batch.pause_code, batch.succeeded) == ("paused", "budget", 3)
    assert (batch.spent_micros, batch.reserved_micros, till.charges.total()) == (300, 0, 3)
    assert set(Job.objects.exclude(state="succeeded").values_list("state", "attempts")) == {("ready", 0)}

    resume(batch.pk, budget_micros=500)
    work()

    batch.refresh_from_db()
    assert (batch.state, batch.succeeded, batch.spent_micros) == ("finished", 5, 500)
