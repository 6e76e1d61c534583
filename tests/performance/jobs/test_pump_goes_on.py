"""The pump outlives what nobody can make sense of: one duty fails and rests, the others are done."""

import logging

import pytest
from django.db import connection

from performance.jobs import claims, pump, spill
from performance.jobs.kinds import Stuck
from performance.jobs.models import Batch, Job
from performance.jobs.pump import Pump
from tests.performance.jobs.conftest import Scripted

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def leading(settings: pytest.FixtureRequest) -> Pump:
    """A pump that may reap at once."""
    made = Pump()
    made._due.clear()
    return made


def lost(batch: Batch, *, interruptions: int = 0, kind: str = Scripted.name) -> None:
    claims.claim(batch_id=batch.pk, params={}, limit=1, worker="runner:h:1:a")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE performance_job SET lease_until = now() - interval '1 s', interruptions = %s, cohort_limit = 0,"
            " kind = %s WHERE state = 'leased' AND batch_id = %s",
            [interruptions, kind, batch.pk],
        )


def test_a_duty_that_fails_keeps_no_other_from_its_own(
    kind: Scripted, leading: Pump, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse() -> int:
        raise TypeError("what is this?")

    monkeypatch.setattr(spill, "replay", refuse)
    lost(kind.submit(1))

    with caplog.at_level(logging.ERROR):
        leading.tick()
        leading.tick()

    assert Job.objects.get().state == "ready"
    assert caplog.text.count("the pump's spill failed") == 1
    assert pump.BACK_OFF_S > 0


@pytest.mark.parametrize("name", ["gone.kind", Scripted.name], ids=["not installed", "fails"])
def test_a_kind_that_cannot_be_told_of_a_dead_job_holds_up_no_others(
    kind: Scripted, leading: Pump, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    def refuse(jobs: list[Stuck]) -> None:
        raise ValueError("I don't want to know")

    monkeypatch.setattr(kind, "stuck", refuse)
    poisoned, other = kind.submit(2), kind.submit(1)
    lost(poisoned, interruptions=2, kind=name)
    lost(other)

    leading.tick()

    assert Job.objects.get(batch=other).state == "ready"
    assert Job.objects.filter(batch=poisoned, state="dead").count() == 1
