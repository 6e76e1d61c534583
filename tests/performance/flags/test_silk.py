from collections.abc import Iterator

import pytest
from django.db.models.sql.compiler import SQLCompiler
from rest_framework.test import APIClient
from silk.models import Request, SQLQuery

from performance.flags import services
from performance.flags.models import Flag
from performance.flags.silk import FLAG
from tests.factories import make_user

pytestmark = pytest.mark.django_db(transaction=True)
ME = "/api/v1/me"


@pytest.fixture(autouse=True)
def _nothing_cached() -> Iterator[None]:
    services._forget_now()
    yield
    services._forget_now()


def signed_in(**fields: bool) -> APIClient:
    client = APIClient()
    client.force_login(make_user(**fields))
    return client


def test_off_it_records_nothing() -> None:
    signed_in().get(ME)

    assert not Request.objects.exists()


def test_switched_on_it_records_requests_and_their_statements_and_off_again_it_stops() -> None:
    plain = SQLCompiler.execute_sql
    client = signed_in()
    flag = Flag.objects.create(name=FLAG, rollout="on")
    client.get(ME)
    recorded = list(Request.objects.values_list("path", flat=True))
    flag.rollout = "off"
    flag.save()
    client.get(ME)

    assert recorded == [ME]
    assert SQLQuery.objects.exists()
    assert Request.objects.count() == 1
    assert SQLCompiler.execute_sql is plain


def test_a_second_recording_sees_statements_too() -> None:
    client = signed_in()
    Flag.objects.create(name=FLAG, rollout="on")

    client.get(ME)
    first = SQLQuery.objects.count()
    client.get(ME)

    assert SQLQuery.objects.count() > first > 0


def test_for_staff_it_records_theirs_alone() -> None:
    Flag.objects.create(name=FLAG, rollout="staff")

    signed_in().get(ME)
    signed_in(is_staff=True).get(ME)

    assert Request.objects.count() == 1


def test_a_token_never_reaches_what_is_recorded() -> None:
    Flag.objects.create(name=FLAG, rollout="on")

    APIClient().get(ME, headers={"Authorization": "Token 0123456789abcdef"})

    assert "0123456789abcdef" not in Request.objects.get().encoded_headers


def test_its_pages_send_a_stranger_to_sign_in() -> None:
    answer = APIClient().get("/silk/")

    assert (answer.status_code, answer["Location"]) == (302, "/login/?next=/silk/")


@pytest.mark.parametrize(
    ("is_staff", "permissions", "status"),
    [(True, ["performance.change_flag"], 200), (True, [], 403), (False, ["performance.change_flag"], 403)],
)
def test_its_pages_are_for_staff_who_may_switch_it(is_staff: bool, permissions: list[str], status: int) -> None:
    client = APIClient()
    client.force_login(make_user(permissions=permissions, is_staff=is_staff))

    assert client.get("/silk/").status_code == status
