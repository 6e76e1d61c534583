"""An administrator who is no superuser can't become one, by nobody's account, token or role."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse

from config.roles import ADMINISTRATOR, OPERATOR, VIEWER
from performance.access.models import ApiToken, User
from performance.access.services import issue_token
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(db: None) -> User:
    ada = make_user(username="ada", is_staff=True)
    ada.groups.add(Group.objects.get(name=ADMINISTRATOR))
    ada.user_permissions.add(Permission.objects.get(codename="delete_user"))
    return ada


@pytest.fixture
def staff(ada: User) -> Client:
    client = Client()
    client.force_login(ada)
    return client


@pytest.fixture
def root(db: None) -> User:
    root = make_user(username="root", is_staff=True, is_superuser=True)
    root.set_password("as it was")
    root.save()
    return root


@pytest.fixture
def above(db: None) -> User:
    """No superuser, but of a group that may what no administrator may."""
    group = Group.objects.create(name="auditors")
    group.permissions.add(Permission.objects.get(codename="delete_logentry"))
    above = make_user(username="above", is_staff=True)
    above.groups.add(group)
    return above


def test_who_may_more_is_out_of_reach_while_disabled_too(staff: Client, above: User) -> None:
    """Or an administrator sets the password first, and enables the account then."""
    User.objects.filter(pk=above.pk).update(is_active=False)

    answer = staff.post(reverse("admin:performance_user_change", args=[above.pk]), {"username": "mine"})

    assert answer.status_code == 403
    assert User.objects.get(pk=above.pk).username == "above"


@pytest.mark.parametrize("who", ["root", "above"])
@pytest.mark.parametrize("page", ["change", "delete", "password"])
def test_who_may_more_is_out_of_an_administrators_reach(
    staff: Client, request: pytest.FixtureRequest, who: str, page: str
) -> None:
    user: User = request.getfixturevalue(who)
    name = "admin:auth_user_password_change" if page == "password" else f"admin:performance_user_{page}"
    body = {
        "post": "yes",
        "username": "mine",
        "password1": "correct horse battery",
        "password2": "correct horse battery",
        "usable_password": "true",
    }

    answer = staff.post(reverse(name, args=[user.pk]), body)

    assert answer.status_code == 403
    after = User.objects.get(pk=user.pk)
    assert (after.username, after.password, after.is_active) == (user.username, user.password, True)


def test_nor_does_the_bulk_action_delete_them(staff: Client, root: User) -> None:
    other = make_user()

    staff.post(
        reverse("admin:performance_user_changelist"),
        {"action": "delete_selected", "_selected_action": [root.pk, other.pk], "post": "yes"},
    )

    assert set(User.objects.filter(pk__in=[root.pk, other.pk])) == {root, other}


@pytest.mark.parametrize("who", ["root", "above"])
def test_an_administrator_makes_no_token_of_theirs(staff: Client, request: pytest.FixtureRequest, who: str) -> None:
    user = request.getfixturevalue(who)

    page = staff.post(reverse("admin:performance_apitoken_add"), {"user": user.pk, "name": "mine", "scopes": ""})

    assert page.status_code == 200
    assert f"{user} may more than you do" in page.content.decode()
    assert not ApiToken.objects.exists()


def test_nor_revokes_one(staff: Client, root: User) -> None:
    token = issue_token(user=root, name="theirs").token
    one = staff.post(reverse("admin:performance_apitoken_delete", args=[token.pk]), {"post": "yes"})

    staff.post(
        reverse("admin:performance_apitoken_changelist"),
        {"action": "delete_selected", "_selected_action": [token.pk], "post": "yes"},
    )

    assert one.status_code == 403
    assert ApiToken.objects.filter(pk=token.pk).exists()


def test_a_role_that_may_more_is_not_theirs_to_hand_out(staff: Client, ada: User, above: User) -> None:
    group = above.groups.get()

    page = staff.post(
        reverse("admin:performance_user_change", args=[ada.pk]),
        {"username": "ada", "is_active": "on", "is_staff": "on", "groups": [group.pk]},
    )

    assert page.status_code == 200
    assert group not in ada.groups.all()


def test_what_an_administrator_is_for_still_works(staff: Client) -> None:
    other = make_user(username="old")
    operator = Group.objects.get(name=OPERATOR)

    changed = staff.post(
        reverse("admin:performance_user_change", args=[other.pk]),
        {"username": "new", "is_active": "on", "is_staff": "on", "groups": [operator.pk]},
    )

    other.refresh_from_db()
    assert (changed.status_code, other.username) == (302, "new")
    assert list(other.groups.all()) == [operator]


def test_a_scope_that_the_user_does_not_hold_is_refused_beside_the_field(staff: Client) -> None:
    viewer = make_user(username="vi")
    viewer.groups.add(Group.objects.get(name=VIEWER))

    page = staff.post(
        reverse("admin:performance_apitoken_add"),
        {"user": viewer.pk, "name": "x", "scopes": "prospects.change_prospect"},
    )

    assert page.status_code == 200
    assert "vi may not prospects.change_prospect" in page.content.decode()
    assert not ApiToken.objects.exists()


def test_the_text_of_a_token_is_in_one_answer_and_nowhere_else(staff: Client) -> None:
    viewer = make_user()

    answer = staff.post(reverse("admin:performance_apitoken_add"), {"user": viewer.pk, "name": "crm", "scopes": ""})

    key = ApiToken.objects.get().token_key
    assert key in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert key not in str(answer.cookies)
