import pytest
from rest_framework.test import APIClient

from performance.flags.models import Flag

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.performance.api.urls")]


def nested(depth: int) -> str:
    return '{"name": "deep", "sleep_s": 0, "inner": ' + "[" * (depth - 1) + "]" * (depth - 1) + "}"


@pytest.mark.parametrize("depth", [33, 300, 1000, 5000])
def test_a_body_nested_too_deep_is_refused_and_changes_nothing(client: APIClient, depth: int) -> None:
    answer = client.generic(
        "POST", "/api/v1/make", nested(depth), content_type="application/json", HTTP_IDEMPOTENCY_KEY="k"
    )

    assert (answer.status_code, answer.json()["code"]) == (400, "parse_error")
    assert not Flag.objects.exists()


@pytest.mark.parametrize("depth", [2, 32])
def test_a_body_as_deep_as_is_allowed_is_read(client: APIClient, depth: int) -> None:
    answer = client.generic(
        "POST", "/api/v1/make", nested(depth), content_type="application/json", HTTP_IDEMPOTENCY_KEY="k"
    )

    assert answer.status_code == 202
