"""Hits and savings are summed over batches, use over calls."""

from datetime import timedelta

import pytest
from django.utils import timezone

from performance.jobs.models import Batch, PaidCall
from prospects.llm.statistics import ModelUse, Savings, savings, use_by_model

pytestmark = pytest.mark.django_db


def hour_ago():  # type: ignore[no-untyped-def]
    return timezone.now() - timedelta(hours=1)


def test_savings_are_summed_over_the_batches_of_a_kind() -> None:
    Batch.objects.create(kind="a", calls=3, ledger_hits=6, spent_micros=300, saved_micros=600)
    Batch.objects.create(kind="a", calls=1, ledger_hits=0, spent_micros=100)
    Batch.objects.create(kind="b", calls=50)
    old = Batch.objects.create(kind="a", calls=9)
    Batch.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=1))

    found = savings(since=hour_ago(), kind="a")

    assert found == Savings(calls=4, hits=6, spent_micros=400, saved_micros=600)
    assert found.hit_rate == 0.6
    assert savings(since=hour_ago()).calls == 54


def test_nothing_asked_is_a_hit_rate_of_zero() -> None:
    assert savings(since=hour_ago()).hit_rate == 0.0


def test_use_is_told_by_model_dearest_first() -> None:
    def call(key: str, model: str, state: str, cost: int = 0) -> None:
        PaidCall.objects.create(
            key=key, model=model, state=state, cost_micros=cost, input_tokens=10, reserved_at=timezone.now()
        )

    call("1", "cheap", "succeeded", 5)
    call("2", "dear", "succeeded", 50)
    call("3", "dear", "failed")
    call("4", "dear", "unknown")

    assert use_by_model(since=hour_ago()) == [
        ModelUse("dear", 1, 1, 1, 30, 0, 50),
        ModelUse("cheap", 1, 0, 0, 10, 0, 5),
    ]
