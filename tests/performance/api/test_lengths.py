import pytest
from rest_framework.test import APIClient

from performance.flags.models import Flag

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.performance.api.urls")]


def test_a_body_in_chunks_is_refused_rather_than_taken_for_empty(client: APIClient) -> None:
    answer = client.post("/api/v1/make", {"name": "a"}, headers={"Transfer-Encoding": "chunked"})

    assert answer.status_code == 411
    assert answer["Content-Type"] == "application/problem+json"
    assert (answer.json()["code"], answer.json()["request_id"]) == ("length_required", answer["X-Request-ID"])
    assert "Content-Length" in answer.json()["detail"]
    assert not Flag.objects.exists()
