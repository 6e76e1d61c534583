"""What staff allow one user or one token."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks
from rest_framework.test import APIClient

from performance.access.models import ApiToken, User
from performance.access.services import issue_token
from performance.limits import allowances
from performance.limits.models import Allowance
from performance.limits.services import take
from tests.factories import make_user
from tests.performance.limits.conftest import SetLimit

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.performance.limits.urls")]


def allow(**fields: object) -> Allowance:
    """A row, known to this process."""
    row = Allowance.objects.create(**{"policy": "api", "tokens": 5} | fields)
    allowances.read()
    return row


def statuses(client: APIClient, number: int) -> list[int]:
    return [client.get("/api/v1/plain").status_code for _ in range(number)]


def client_of(user: User) -> APIClient:
    client = APIClient()
    client.force_login(user)
    return client


def token_client(user: User, name: str = "") -> tuple[APIClient, ApiToken]:
    issued = issue_token(user=user, name=name, life=timedelta(days=1))
    return APIClient(HTTP_AUTHORIZATION=f"Token {issued.text}"), issued.token


def test_a_user_may_more_than_everybody(set_limit: SetLimit) -> None:
    set_limit("api", 2)
    user = make_user()
    allow(user=user, tokens=5)

    assert statuses(client_of(user), 6) == [200] * 5 + [429]
    assert statuses(client_of(make_user()), 3) == [200, 200, 429]


def test_a_user_may_less_than_everybody_and_the_headers_say_so() -> None:
    user = make_user()
    allow(user=user, tokens=1, period_s=3600)
    client = client_of(user)

    answer, refused = client.get("/api/v1/plain"), client.get("/api/v1/plain")

    assert answer["RateLimit-Policy"].startswith('"api";q=1;w=3600;')
    assert refused.status_code == 429
    assert 3_000 < int(refused["Retry-After"]) <= 3_600


def test_a_burst_may_be_smaller_than_the_period_s_worth() -> None:
    user = make_user()
    allow(user=user, tokens=60, period_s=3600, burst=2)

    answers = [client_of(user).get("/api/v1/plain") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert 30 < int(answers[2]["Retry-After"]) <= 60


def test_a_token_with_an_allowance_counts_by_itself(set_limit: SetLimit) -> None:
    set_limit("api", 2)
    user = make_user()
    program, token = token_client(user)
    other, _ = token_client(user)
    allow(token=token, tokens=4)

    assert statuses(program, 5) == [200] * 4 + [429]
    assert statuses(other, 1) + statuses(client_of(user), 2) == [200, 200, 429]


def test_an_allowance_is_of_one_policy(set_limit: SetLimit) -> None:
    set_limit("qualify", 1)
    user = make_user()
    allow(user=user, policy="qualify", tokens=2)
    client = client_of(user)

    assert [client.get("/api/v1/dear").status_code for _ in range(3)] == [200, 200, 429]
    assert statuses(client, 1) == [200]


def test_a_change_holds_at_once_in_its_process(
    set_limit: SetLimit, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    set_limit("qualify", 1)
    user = make_user()
    who = f"user:{user.pk}"
    take("qualify", who)

    with django_capture_on_commit_callbacks(execute=True):
        row = Allowance.objects.create(policy="qualify", user=user, tokens=3)
    with_row = allowances.policy_of("qualify", who).tokens
    with django_capture_on_commit_callbacks(execute=True):
        row.delete()

    assert (with_row, allowances.policy_of("qualify", who).tokens) == (3, 1)


@pytest.mark.django_db(transaction=True)
def test_another_process_s_change_is_read_beside_the_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    user = make_user()
    who = f"user:{user.pk}"
    # As if it came from elsewhere: no signal, and what is known is too old.
    Allowance.objects.bulk_create([Allowance(policy="api", user=user, tokens=7)])
    monkeypatch.setattr(allowances, "_kept", (float("-inf"), {}))

    before = allowances.policy_of("api", who).tokens
    await_reader()

    assert (before, allowances.policy_of("api", who).tokens) == (100, 7)


@pytest.mark.django_db(transaction=True)
def test_while_they_can_t_be_read_those_of_before_hold(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    user = make_user()
    who = f"user:{user.pk}"
    allow(user=user, tokens=7)
    monkeypatch.setattr(allowances, "_kept", (float("-inf"), allowances._kept[1]))

    with table_away():
        allowances.policy_of("api", who)
        await_reader()

    assert "The allowances can't be read, those of before hold" in caplog.text
    assert allowances.policy_of("api", who).tokens == 7


def await_reader() -> None:
    for thread in threading.enumerate():
        if thread.name == "allowances":
            thread.join(10)


@contextmanager
def table_away() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE performance_allowance RENAME TO elsewhere")
        yield
        cursor.execute("ALTER TABLE elsewhere RENAME TO performance_allowance")


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({}, "An allowance is either a user's or a token's."),
        ({"user": 1, "token": 1}, "An allowance is either a user's or a token's."),
        ({"user": 1, "tokens": 0}, "greater than or equal to 1"),
        ({"user": 1, "tokens": 1_000_001}, "1 to 1,000,000 requests in 1 to 86,400 seconds."),
        ({"user": 1, "period_s": 100_000}, "1 to 1,000,000 requests in 1 to 86,400 seconds."),
        ({"user": 1, "burst": 1_000_001}, "1 to 1,000,000 at once."),
        ({"user": 1, "policy": "nonsense"}, "is not a valid choice"),
    ],
)
def test_what_makes_no_sense_is_refused_with_the_reason(fields: dict[str, object], complaint: str) -> None:
    user = make_user()
    given = {
        "policy": "api",
        "tokens": 5,
        **fields,
        "user": user if "user" in fields else None,
        "token": issue_token(user=user, name="").token if "token" in fields else None,
    }

    with pytest.raises(ValidationError) as refused:
        Allowance(**given).full_clean()

    assert complaint in str(refused.value)


def test_there_is_one_of_each() -> None:
    user = make_user()
    allow(user=user)

    with pytest.raises(IntegrityError), transaction.atomic():
        Allowance.objects.create(policy="api", user=user, tokens=9)
    assert Allowance.objects.count() == 1


def test_staff_make_them_in_the_admin() -> None:
    staff, user = make_user(is_staff=True), make_user()
    staff.groups.add(Group.objects.get(name="administrator"))
    browser = Client()
    browser.force_login(staff)
    form = {"policy": "qualify", "user": user.pk, "tokens": 50, "period_s": 60, "burst": "", "note": "import of May"}

    answer = browser.post("/admin/performance/allowance/add/", form)

    assert answer.status_code == 302, answer.content.decode()
    row = Allowance.objects.get()
    assert (row.policy, row.user, row.token, row.tokens, row.burst) == ("qualify", user, None, 50, None)
    assert browser.get("/admin/performance/allowance/").status_code == 200


def test_others_don_t() -> None:
    staff = make_user(is_staff=True)
    staff.groups.add(Group.objects.get(name="operator"))
    browser = Client()
    browser.force_login(staff)

    assert browser.get("/admin/performance/allowance/").status_code == 200
    assert browser.get("/admin/performance/allowance/add/").status_code == 403
