"""Who holds a token, and what they may, is read in one statement, and is what the ORM would say."""

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone

from performance.access.authentication import principal_of_token
from performance.access.holders import tokens_of
from performance.access.models import ApiToken, User
from performance.access.services import issue_token
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def _of_a_role() -> User:
    user = make_user(permissions=["performance.view_flag"])
    user.groups.add(Group.objects.get(name="sales"), Group.objects.get(name="viewer"))
    return user


def _row(instance: User | ApiToken) -> dict[str, Any]:
    return {field.attname: getattr(instance, field.attname) for field in instance._meta.concrete_fields}


@pytest.mark.parametrize("make", [_of_a_role, make_user, lambda: make_user(is_superuser=True)])
def test_they_are_who_the_orm_says(make: Any, django_assert_num_queries: Any) -> None:
    user = make()
    issued = issue_token(user=user, name="sync")
    ApiToken.objects.update(last_used_at=timezone.now())
    issue_token(user=_of_a_role(), name="another")

    with django_assert_num_queries(1):
        [found] = tokens_of(issued.token.token_key)
        held = found.user.get_all_permissions()

    of_orm = ApiToken.objects.select_related("user").get(pk=issued.token.pk)
    assert (_row(found), _row(found.user)) == (_row(of_orm), _row(of_orm.user))
    assert held == of_orm.user.get_all_permissions()
    assert (found._state.adding, found.user._state.adding) == (False, False)


def test_of_tokens_that_begin_alike_each_has_its_own_holder() -> None:
    ours, others = issue_token(user=_of_a_role(), name=""), issue_token(user=make_user(is_superuser=True), name="")
    ApiToken.objects.update(token_key=ours.text[: len(ours.token.token_key)])

    who = principal_of_token(ours.text)

    assert len(tokens_of(who.token.token_key if who.token else "")) == 2
    assert who.user.pk == ours.token.user_id
    assert who.permissions == User.objects.get(pk=ours.token.user_id).get_all_permissions()
    assert others.token.user_id != who.user.pk


def test_a_request_of_somebody_new_takes_a_statement_and_the_note_of_the_use(django_assert_num_queries: Any) -> None:
    text = issue_token(user=_of_a_role(), name="").text

    with django_assert_num_queries(2):
        principal_of_token(text)
    with django_assert_num_queries(1):
        principal_of_token(text)
