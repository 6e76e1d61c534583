"""Nobody sees what another may see and they may not: the page of one is asked for by others."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.cache import caches
from django.utils import timezone
from rest_framework.test import APIClient

from performance.access.known import _kept
from performance.access.models import ApiToken, User
from performance.access.services import issue_token, revoke_tokens
from tests.factories import make_user
from tests.performance.api.reads.conftest import NUMBER, VIEW, client_of
from tests.performance.api.reads.urls import made

pytestmark = pytest.mark.urls("tests.performance.api.reads.urls")
MINE = "/api/v1/read/mine"


def test_who_may_not_read_it_is_refused_though_it_is_there(client: APIClient) -> None:
    assert client.get(NUMBER).status_code == 200
    stranger = make_user()
    browser = APIClient()
    browser.force_login(stranger)
    scoped = client_of(make_user(permissions=[VIEW, "performance.view_job"]), scopes=("performance.view_job",))

    for _ in range(2):
        assert client_of(stranger).get(NUMBER).status_code == 403
        assert browser.get(NUMBER).status_code == 403
        assert scoped.get(NUMBER).status_code == 403
        assert APIClient().get(NUMBER).status_code == 401
    assert len(made) == 1


@pytest.mark.parametrize(
    ("header", "status"),
    [
        ("Token", 401),
        ("Token ", 401),
        ("Token nonsense", 401),
        ("Token a b", 401),
        ("Token \xff", 401),
        ("Token " + "x" * 7_000, 401),
        ("Bearer x", 401),
        ("", 401),
    ],
)
def test_what_is_no_token_of_ours_gets_nothing_of_what_is_there(client: APIClient, header: str, status: int) -> None:
    client.get(NUMBER)

    assert APIClient().get(NUMBER, HTTP_AUTHORIZATION=header).status_code == status


def test_a_bad_token_beside_a_good_session_is_refused_as_drf_does(client: APIClient, user: User) -> None:
    client.get(NUMBER)
    browser = APIClient()
    browser.force_login(user)

    assert browser.get(NUMBER, HTTP_AUTHORIZATION="Token nonsense").status_code == 401
    assert browser.get(NUMBER, HTTP_AUTHORIZATION="Bearer nonsense").status_code == 200


def test_those_who_may_the_same_share_a_page_and_others_dont(client: APIClient) -> None:
    same, other = make_user(permissions=[VIEW]), make_user(permissions=[VIEW, "performance.view_job"])
    narrowed = client_of(other, scopes=(VIEW,))

    numbers = [each.get(NUMBER).json()["made"] for each in (client, client_of(same), client_of(other), narrowed)]

    assert numbers == [1, 1, 2, 1]


def test_what_is_ones_own_is_shared_with_nobody(client: APIClient, user: User) -> None:
    same = make_user(permissions=[VIEW])

    for _ in range(2):
        assert client.get(MINE).json() == {"username": user.username}
        assert client_of(same).get(MINE).json() == {"username": same.username}


def test_the_token_isnt_kept_in_the_clear(client: APIClient) -> None:
    text = client._credentials["HTTP_AUTHORIZATION"].split()[1]
    client.get(NUMBER)

    assert text.encode() not in b"".join(_kept)


Change = Callable[[User, ApiToken], object]


def _expire(token: ApiToken) -> None:
    token.expiry = timezone.now() - timedelta(seconds=1)
    token.save()


def _disable(user: User) -> None:
    user.is_active = False
    user.save()


CHANGES: dict[str, tuple[Change, int]] = {
    "the token is revoked": (lambda user, token: revoke_tokens(user_id=user.pk, token_key=token.token_key), 401),
    "the token is deleted in the admin": (lambda user, token: token.delete(), 401),
    "the token is made to expire": (lambda user, token: _expire(token), 401),
    "the user is disabled": (lambda user, token: _disable(user), 401),
    "the user is deleted": (lambda user, token: user.delete(), 401),
    "the permission is taken": (lambda user, token: user.user_permissions.clear(), 403),
    "the role is left": (lambda user, token: user.groups.clear(), 403),
    "the role is emptied": (lambda user, token: Group.objects.get(name="operator").permissions.clear(), 403),
    "the role is deleted": (lambda user, token: Group.objects.get(name="operator").delete(), 403),
    "the permission is deleted": (lambda user, token: Permission.objects.get(codename="view_flag").delete(), 403),
    "the token gets scopes": (lambda user, token: _scope(token), 403),
}


def _scope(token: ApiToken) -> None:
    token.scopes = ["performance.view_job"]
    token.save(update_fields=["scopes"])


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_holds_on_the_next_request(change: str, transactional_db: None) -> None:
    by_role = "role" in change or change == "the permission is deleted"
    user = make_user(permissions=[] if by_role else [VIEW])
    if by_role:
        user.groups.add(Group.objects.get(name="operator"))
    issued = issue_token(user=user, name="")
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {issued.text}")
    browser = APIClient()
    browser.force_login(user)
    assert [each.get(NUMBER).status_code for each in (client, browser, client)] == [200, 200, 200]
    act, status = CHANGES[change]

    act(user, issued.token)

    assert client.get(NUMBER).status_code == status
    in_browser = 200 if "token" in change else 401 if status == 401 else 403
    assert browser.get(NUMBER).status_code == in_browser


def test_a_token_expires_without_anybodys_doing(client: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    token = ApiToken.objects.get()
    assert client.get(NUMBER).status_code == 200
    # As if its last second were over: nothing is saved, so nobody is told.
    ApiToken.objects.update(expiry=timezone.now() - timedelta(seconds=1))
    monkeypatch.setattr("performance.access.known.time.time", lambda: token.expiry.timestamp() + 1)

    assert client.get(NUMBER).status_code == 401


def test_signing_in_forgets_nobody(client: APIClient, user: User) -> None:
    client.get(NUMBER)
    before = dict(_kept)
    APIClient().force_login(user)
    user.save(update_fields=["last_login"])

    client.get(NUMBER)

    assert _kept == before


def test_a_view_cant_change_who_is_known(client: APIClient) -> None:
    client.get("/api/v1/me")

    first, second = (next(iter(_kept.values())).principal for _ in range(2))

    assert first is second
    assert client.get("/api/v1/me").wsgi_request.user is not first.user


def test_without_valkey_everything_is_read_each_time(client: APIClient, settings: pytest.FixtureRequest) -> None:
    settings.CACHE_ENABLED = False  # type: ignore[attr-defined]

    client.get(NUMBER)

    assert not _kept
    ApiToken.objects.all().delete()
    assert client.get(NUMBER).status_code == 401
    caches["default"].clear()
