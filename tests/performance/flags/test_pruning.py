"""Silk's recorded requests go by age and by number, with what was recorded of them."""

from datetime import UTC, datetime, timedelta

import pytest
from pytest_django import Settings
from silk.models import Request, Response, SQLQuery

from performance.flags import pruning

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def record(*, ago: timedelta) -> Request:
    request = Request.objects.create(path=f"/{ago}", method="GET", start_time=AT - ago)
    Response.objects.create(request=request, status_code=200)
    SQLQuery.objects.create(request=request, query="SELECT 1")
    return request


def test_the_old_and_the_many_go_in_chunks(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.SILKY_MAX_RECORDED_REQUESTS = 3
    monkeypatch.setattr(pruning, "CHUNK", 2)
    kept = [record(ago=timedelta(hours=hours)) for hours in (1, 2, 3)]
    for hours in (4, 5, 6, 24 * 8, 24 * 9):
        record(ago=timedelta(hours=hours))

    assert pruning.prune(at=AT) == 5

    assert set(Request.objects.values_list("pk", flat=True)) == {str(each.pk) for each in kept}
    assert (Response.objects.count(), SQLQuery.objects.count()) == (3, 3)
    assert pruning.prune(at=AT) == 0


def test_few_that_are_young_stay() -> None:
    record(ago=timedelta(days=6))

    assert pruning.prune(at=AT) == 0


def test_bodies_are_not_recorded_and_silk_does_not_prune_within_a_request(settings: Settings) -> None:
    assert settings.SILKY_MAX_REQUEST_BODY_SIZE == settings.SILKY_MAX_RESPONSE_BODY_SIZE == 0
    assert settings.SILKY_MAX_RECORDED_REQUESTS_CHECK_PERCENT == 0
