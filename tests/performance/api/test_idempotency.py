from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.utils import timezone
from rest_framework.test import APIClient

from performance.access.models import User
from performance.api import idempotency
from performance.api.models import IdempotencyKey
from performance.flags.models import Flag
from tests.factories import make_user

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.performance.api.urls")]
MAKE = "/api/v1/make"


def post(client: APIClient, body: dict[str, Any], *, key: str = "k1", path: str = MAKE) -> Any:
    return client.post(path, body, headers={"Idempotency-Key": key})


def test_the_same_request_does_its_work_once_and_gets_the_same_answer(client: APIClient) -> None:
    first = post(client, {"name": "a", "sleep_s": 0})
    again = post(client, {"sleep_s": 0, "name": "a"})

    assert Flag.objects.count() == 1
    assert first.status_code == again.status_code == 202
    assert first.json() == again.json()
    assert first["Location"] == again["Location"] == f"/flags/{Flag.objects.get().pk}"
    assert "Idempotency-Replayed" not in first
    assert again["Idempotency-Replayed"] == "true"


@pytest.mark.parametrize(("path", "body"), [(MAKE, {"name": "b"}), ("/api/v1/make-other", {"name": "a"})])
def test_another_request_under_the_same_key_is_refused(client: APIClient, path: str, body: dict[str, str]) -> None:
    post(client, {"name": "a"})

    answer = post(client, body, path=path)

    assert answer.status_code == 409
    assert answer.json()["code"] == "idempotency_key_reused"
    assert Flag.objects.count() == 1


def test_another_person_may_use_the_same_key(client: APIClient) -> None:
    post(client, {"name": "a"})
    other = APIClient()
    other.force_login(make_user())

    assert post(other, {"name": "b"}).status_code == 202
    assert Flag.objects.count() == 2


def test_a_request_that_failed_is_not_remembered_and_changed_nothing(client: APIClient) -> None:
    refused = post(client, {"name": "a", "fails": True})

    assert refused.status_code == 409
    assert not Flag.objects.exists()
    assert not IdempotencyKey.objects.exists()
    assert post(client, {"name": "a"}).status_code == 202


def test_without_a_key_each_request_is_its_own(client: APIClient) -> None:
    client.post(MAKE, {"name": "a"})
    client.post(MAKE, {"name": "b"})

    assert Flag.objects.count() == 2
    assert not IdempotencyKey.objects.exists()


def test_without_a_key_too_a_failure_changes_nothing(client: APIClient) -> None:
    client.post(MAKE, {"name": "a", "fails": True})

    assert not Flag.objects.exists()


def test_the_content_of_a_file_counts(client: APIClient) -> None:
    def upload(content: bytes) -> Any:
        file = SimpleUploadedFile("a.csv", content)
        return client.post("/api/v1/uploads", {"file": file}, format="multipart", headers={"Idempotency-Key": "k"})

    first, same, other = upload(b"name\nAcme\n"), upload(b"name\nAcme\n"), upload(b"name\nApex\n")

    assert (first.status_code, first.json()) == (201, {"size": 10})
    assert (same.status_code, same["Idempotency-Replayed"]) == (201, "true")
    assert other.status_code == 409


@pytest.mark.parametrize("key", ["x" * 256, "ключ", "a\tb"])
def test_a_key_that_is_none_is_refused(client: APIClient, key: str) -> None:
    answer = client.post(MAKE, {"name": "a"}, HTTP_IDEMPOTENCY_KEY=key)

    assert answer.status_code == 400
    assert answer.json()["code"] == "bad_idempotency_key"
    assert not Flag.objects.exists()


def test_after_a_day_a_key_is_free_again(client: APIClient) -> None:
    post(client, {"name": "a"})
    IdempotencyKey.objects.update(created_at=timezone.now() - timedelta(hours=24, minutes=1))

    assert post(client, {"name": "b"}).status_code == 202
    assert Flag.objects.count() == 2


def test_keys_older_than_a_day_are_deleted(client: APIClient) -> None:
    post(client, {"name": "a"}, key="old")
    IdempotencyKey.objects.update(created_at=timezone.now() - timedelta(hours=25))
    post(client, {"name": "b"}, key="new")

    assert IdempotencyKey.objects.expired(at=timezone.now()).delete()[0] == 1
    assert IdempotencyKey.objects.get().key == "new"


def at_once(user: User, bodies: list[dict[str, Any]]) -> list[Any]:
    def ask(body: dict[str, Any]) -> Any:
        client = APIClient()
        client.force_login(user)
        try:
            return post(client, body)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(bodies)) as pool:
        return list(pool.map(ask, bodies))


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_does_the_work_and_the_other_gets_its_answer() -> None:
    answers = at_once(make_user(), [{"name": "a", "sleep_s": 0.3}] * 2)

    assert [answer.status_code for answer in answers] == [202, 202]
    assert answers[0].json() == answers[1].json()
    assert sorted("Idempotency-Replayed" in answer for answer in answers) == [False, True]
    assert Flag.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_who_would_wait_too_long_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(idempotency, "WAIT_MS", 100)

    answers = at_once(make_user(), [{"name": "a", "sleep_s": 0.8}] * 2)

    assert sorted(answer.status_code for answer in answers) == [202, 409]
    refused = next(answer for answer in answers if answer.status_code == 409)
    assert refused.json()["code"] == "idempotency_in_progress"
    assert refused["Retry-After"] == "1"
    assert Flag.objects.count() == 1
