from contextlib import nullcontext
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone
from rest_framework.test import APIClient

from performance.access.errors import ScopeNotHeld
from performance.access.models import ApiToken, User
from performance.access.services import issue_token
from tests.factories import make_user

pytestmark = pytest.mark.django_db
ME = "/api/v1/me"


@pytest.fixture
def user() -> User:
    return make_user(permissions=["prospects.view_prospect", "performance.view_flag"])


def client_with(text: str) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {text}")
    return client


def signed_in(user: User) -> APIClient:
    client = APIClient()
    client.force_login(user)
    return client


def test_a_token_speaks_for_its_user_and_only_its_hash_is_kept(user: User) -> None:
    issued = issue_token(user=user, name="sync")

    answer = client_with(issued.text).get(ME)

    assert answer.status_code == 200
    assert answer.json()["username"] == user.username
    assert answer.json()["token"]["name"] == "sync"
    kept = ApiToken.objects.values().get()
    assert issued.text not in "".join(str(value) for value in kept.values())


def refused(text: str) -> Any:
    answer = client_with(text).get(ME)
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Token"
    assert answer["Content-Type"] == "application/problem+json"
    return answer.json()["code"]


def test_an_expired_token_is_refused(user: User) -> None:
    issued = issue_token(user=user, name="", life=timedelta(seconds=-1))

    assert refused(issued.text) == "token_expired"


def test_a_revoked_token_is_refused(user: User) -> None:
    issued = issue_token(user=user, name="")
    client = client_with(issued.text)

    answer = client.delete("/api/v1/tokens/current")

    assert answer.status_code == 204
    assert refused(issued.text) == "token_unknown"


def test_the_token_of_a_disabled_user_is_refused(user: User) -> None:
    issued = issue_token(user=user, name="")
    User.objects.update(is_active=False)

    assert refused(issued.text) == "user_disabled"


@pytest.mark.parametrize("text", ["nonsense", "é" * 64, "0" * 64])
def test_an_unknown_token_is_refused(text: str) -> None:
    assert refused(text) == "token_unknown"


def test_its_use_is_noted_at_most_once_a_minute(user: User) -> None:
    issued = issue_token(user=user, name="")
    client = client_with(issued.text)

    client.get(ME)
    first = ApiToken.objects.get().last_used_at
    client.get(ME)
    second = ApiToken.objects.get().last_used_at
    ApiToken.objects.update(last_used_at=timezone.now() - timedelta(seconds=61))
    client.get(ME)
    third = ApiToken.objects.get().last_used_at

    assert first is not None
    assert second == first
    assert third is not None
    assert third > first


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_within", [False, True])
def test_noting_its_use_takes_no_other_write_its_durability(is_within: bool) -> None:
    text = issue_token(user=make_user(), name="").text

    with transaction.atomic() if is_within else nullcontext(), connection.cursor() as cursor:
        client_with(text).get(ME)
        cursor.execute("SHOW synchronous_commit")
        [found] = cursor.fetchone()

    assert found == "on"
    assert ApiToken.objects.get().last_used_at is not None


def test_a_scope_narrows_what_the_role_allows(user: User) -> None:
    whole = issue_token(user=user, name="whole")
    narrow = issue_token(user=user, name="narrow", scopes=["prospects.view_prospect"])

    assert client_with(whole.text).get("/api/v1/flags").status_code == 200
    refused = client_with(narrow.text).get("/api/v1/flags")
    assert refused.status_code == 403
    assert refused.json()["detail"] == "This needs performance.view_flag, which this token isn't scoped for."
    assert client_with(narrow.text).get(ME).json()["permissions"] == ["prospects.view_prospect"]


def test_a_scope_never_widens_it(user: User) -> None:
    issued = issue_token(user=user, name="", scopes=["performance.view_flag"])
    user.user_permissions.clear()

    assert client_with(issued.text).get("/api/v1/flags").status_code == 403


def test_a_scope_that_the_user_lacks_is_refused(user: User) -> None:
    with pytest.raises(ScopeNotHeld) as refusal:
        issue_token(user=user, name="", scopes=["performance.change_flag", "prospects.view_prospect"])

    assert str(refusal.value) == f"{user.username} may not performance.change_flag; leave that out of the scopes."
    assert not ApiToken.objects.exists()


def test_a_person_makes_lists_and_revokes_their_own_tokens(user: User) -> None:
    client = signed_in(user)

    made = client.post("/api/v1/tokens", {"name": "sync", "scopes": ["prospects.view_prospect"], "days": 7})
    listed = client.get("/api/v1/tokens").json()["results"]
    removed = client.delete(f"/api/v1/tokens/{made.json()['token_key']}")

    assert made.status_code == 201
    assert made["Cache-Control"] == "no-store"
    assert client_with(made.json()["token"]).get(ME).status_code == 401
    assert [token["name"] for token in listed] == ["sync"]
    assert "token" not in listed[0]
    assert removed.status_code == 204


def test_another_persons_token_is_neither_seen_nor_revoked(user: User) -> None:
    other = issue_token(user=make_user(), name="theirs")
    client = signed_in(user)

    assert client.get("/api/v1/tokens").json()["results"] == []
    assert client.delete(f"/api/v1/tokens/{other.token.token_key}").status_code == 404
    assert ApiToken.objects.count() == 1


def test_a_token_can_neither_make_nor_list_nor_revoke_tokens(user: User) -> None:
    issued = issue_token(user=user, name="")
    client = client_with(issued.text)

    assert client.post("/api/v1/tokens", {}).status_code == 403
    assert client.get("/api/v1/tokens").status_code == 403
    assert client.delete(f"/api/v1/tokens/{issued.token.token_key}").status_code == 403
    assert ApiToken.objects.count() == 1


def test_a_name_and_password_buy_a_token(user: User) -> None:
    answer = APIClient().post("/api/v1/tokens/sign-in", {"username": user.username, "password": "s3cret-enough"})

    assert answer.status_code == 201
    assert client_with(answer.json()["token"]).get(ME).json()["username"] == user.username


def test_a_wrong_password_buys_none(user: User) -> None:
    answer = APIClient().post("/api/v1/tokens/sign-in", {"username": user.username, "password": "guess"})

    assert answer.status_code == 401
    assert answer.json()["code"] == "wrong_credentials"
    assert not ApiToken.objects.exists()
