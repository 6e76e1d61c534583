from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from rest_framework.test import APIClient

from performance.access.models import ApiToken
from performance.limits.models import Allowance
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def test_it_prints_a_token_that_works() -> None:
    user = make_user(permissions=["prospects.view_prospect"])
    out = StringIO()

    call_command(
        "create_token",
        user.username,
        "--scope",
        "prospects.view_prospect",
        "--days",
        "3",
        stdout=out,
        stderr=StringIO(),
    )

    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {out.getvalue().strip()}")
    assert client.get("/api/v1/me").json()["permissions"] == ["prospects.view_prospect"]


def test_a_token_may_have_limits_of_its_own() -> None:
    user = make_user()

    call_command("create_token", user.username, "--limit", "api=5000", stdout=StringIO(), stderr=StringIO())

    (allowance,) = Allowance.objects.all()
    assert allowance.token == ApiToken.objects.get()
    assert (allowance.policy, allowance.tokens, allowance.period_s) == ("api", 5000, 60)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["somebody", "--limit", "teas=3"], "There is no limit 'teas'; there are .+"),
        (["somebody", "--limit", "api=0"], "--limit api=0: '0' is no whole number from 1 to 1000000."),
        (["nobody"], "There is no active user 'nobody'; `manage.py createsuperuser` or the admin makes one."),
        (["somebody", "--days", "0"], "--days is 0, but it must be from 1 to 366."),
        (["somebody", "--scope", "a.b"], "somebody may not a.b; leave that out of the scopes."),
    ],
)
def test_what_it_can_not_do_it_says(arguments: list[str], sentence: str) -> None:
    make_user(username="somebody")

    with pytest.raises(CommandError, match=f"^{sentence}$".replace("(", r"\(")):
        call_command("create_token", *arguments)

    assert not ApiToken.objects.exists()
