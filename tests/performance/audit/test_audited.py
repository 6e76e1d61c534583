"""What is done to the installation is written down with it, and what is refused as well."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from rest_framework.exceptions import ValidationError

from performance.access.models import User
from performance.api.errors import Conflict, DomainError
from performance.audit.models import AuditEntry
from performance.audit.services import COMMAND, Actor, audited, audited_effect
from performance.database.undoing import one_transaction
from performance.flags.models import Flag

PERSON = AuditEntry.Via.PAGE


@pytest.fixture
def staff(db: None) -> User:
    return User.objects.create_user("sam")


def _add_and_raise(error: Exception, *, by: Actor) -> None:
    with audited("flags.add", subject="beta", by=by):
        Flag.objects.create(name="beta")
        raise error


def _add_and_then_fail() -> None:
    with audited("flags.add", subject="beta", by=COMMAND):
        Flag.objects.create(name="beta")
    _ = 1 / 0


def entries() -> list[tuple[str, str, str, str, str]]:
    rows = AuditEntry.objects.order_by("pk")
    return list(rows.values_list("actor_name", "action", "subject", "outcome", "reason"))


def test_an_action_and_its_entry_are_one_transaction(staff: User) -> None:
    with audited("flags.add", subject="beta", by=Actor(PERSON, staff), details={"mode": "off"}) as action:
        Flag.objects.create(name="beta")
        action.details["rows"] = 1

    assert entries() == [("sam", "flags.add", "beta", "done", "")]
    assert AuditEntry.objects.get().details == {"mode": "off", "rows": 1}


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (Conflict("It is paused already."), "It is paused already."),
        (PermissionDenied(), "PermissionDenied"),
        (ValidationError({"cron": ["It never fires."]}), "cron: It never fires."),
    ],
)
def test_a_refusal_undoes_the_action_and_is_kept(staff: User, error: Exception, reason: str) -> None:
    with pytest.raises(type(error)):
        _add_and_raise(error, by=Actor(PERSON, staff))

    assert not Flag.objects.exists()
    assert entries() == [("sam", "flags.add", "beta", "refused", reason)]


def test_a_fault_leaves_neither_action_nor_entry(db: None) -> None:
    with pytest.raises(ZeroDivisionError):
        _add_and_raise(ZeroDivisionError(), by=COMMAND)

    assert not Flag.objects.exists()
    assert entries() == []


@pytest.mark.django_db(transaction=True)
def test_it_is_refused_inside_a_transaction_that_could_undo_a_refusals_entry() -> None:
    with pytest.raises(RuntimeError), transaction.atomic(), audited("flags.add", subject="beta", by=COMMAND):
        pass

    assert entries() == []


@pytest.mark.django_db(transaction=True)
def test_a_refusal_is_kept_where_the_transaction_of_a_request_is_undone_with_the_action() -> None:
    with pytest.raises(Conflict), one_transaction():
        _add_and_raise(Conflict("It is paused already."), by=COMMAND)

    assert not Flag.objects.exists()
    assert entries() == [("", "flags.add", "beta", "refused", "It is paused already.")]


@pytest.mark.django_db(transaction=True)
def test_an_action_is_undone_with_the_request_that_did_more() -> None:
    with pytest.raises(ZeroDivisionError), one_transaction():
        _add_and_then_fail()

    assert not Flag.objects.exists()
    assert entries() == []


def test_an_effect_outside_of_the_database_is_written_down_before_it_begins(db: None) -> None:
    with audited_effect("cache.warm", subject="all", by=COMMAND) as action:
        assert entries() == [("", "cache.warm", "all", "begun", "")]
        action.details["values"] = 7

    assert entries() == [("", "cache.warm", "all", "done", "")]
    assert AuditEntry.objects.get().details == {"values": 7}


def test_an_effect_that_was_refused_says_why_and_one_that_was_cut_off_stays_begun(db: None) -> None:
    with pytest.raises(DomainError), audited_effect("cache.warm", subject="x", by=COMMAND):
        raise DomainError("There is no such warmer.")
    with pytest.raises(ZeroDivisionError), audited_effect("cache.warm", subject="y", by=COMMAND):
        _ = 1 / 0

    assert [row[2:] for row in entries()] == [("x", "refused", "There is no such warmer."), ("y", "begun", "")]


def test_what_postgresql_takes_in_no_text_and_what_is_too_long_is_written_down_all_the_same(db: None) -> None:
    with audited("cache.invalidate", subject="a\x00\ud800" + "x" * 500, by=COMMAND, details={"k\x00": ["\ud800"]}):
        pass

    entry = AuditEntry.objects.get()
    assert entry.subject == ("a?" + "x" * 500)[:300]
    assert entry.details == {"k": ["?"]}


def test_an_entry_outlives_its_actor(staff: User) -> None:
    with audited("flags.add", subject="beta", by=Actor(PERSON, staff)):
        pass

    staff.delete()

    entry = AuditEntry.objects.get()
    assert (entry.actor_id, entry.actor_name) == (None, "sam")


def test_a_refusal_has_a_reason(db: None) -> None:
    with pytest.raises(IntegrityError, match="auditentry_refused_with_a_reason"):
        AuditEntry.objects.create(via="api", action="x", outcome="refused")
