"""Policies are checked when they are written, and started once when their time has come."""

from datetime import timedelta
from typing import Any

import pytest

from performance.api.errors import DomainError
from performance.audit.models import AuditEntry
from performance.audit.services import COMMAND
from performance.database.archival import holds, policies, registry, runs
from performance.database.archival.errors import (
    AlreadyRunning,
    BadAction,
    BadAge,
    BadName,
    BadSchedule,
    NotConfirmed,
    PolicyDisabled,
    PolicyInUse,
    UnknownCondition,
    UnknownTarget,
)
from performance.database.archival.models import ArchivalPolicy, ArchivalRun
from performance.database.archival.policies import Terms
from performance.database.archival.runs import Wish
from performance.jobs.models import Batch
from performance.jobs.services import cancel as cancel_batch
from tests.performance.database.archival.conftest import AT, archived, done, old_entries, started, wish

pytestmark = pytest.mark.django_db


def terms(**fields: Any) -> Terms:
    wanted = {name: fields.pop(name) for name in ("target", "action", "older_than_days", "condition") if name in fields}
    asked = Wish(**{"target": "audit", "action": "move", "older_than_days": 100} | wanted)
    return Terms(**{"name": "old-audit", "wish": asked, "cron": "0 3 * * *"} | fields)


def saved(**fields: Any) -> ArchivalPolicy:
    return policies.save(terms(**fields), policy=None, by=COMMAND, at=AT)


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"name": "Old audit"}, BadName),
        ({"target": "users"}, UnknownTarget),
        ({"condition": "1=1"}, UnknownCondition),
        ({"action": "shred"}, BadAction),
        ({"older_than_days": 89}, BadAge),
        ({"older_than_days": 36_501}, BadAge),
        ({"cron": "0 0 30 2 *"}, BadSchedule),
        ({"time_zone": "Nowhere"}, BadSchedule),
        ({"action": "delete", "confirm": "old audit"}, NotConfirmed),
    ],
)
def test_a_policy_that_makes_no_sense_is_refused_and_written_down(
    fields: dict[str, Any], refusal: type[DomainError]
) -> None:
    with pytest.raises(refusal):
        saved(**fields)

    assert not ArchivalPolicy.objects.exists()
    assert AuditEntry.objects.get().outcome == "refused"


def test_a_policy_is_made_changed_and_deleted_and_its_runs_stay() -> None:
    policy = saved(action="delete", confirm="old-audit")
    with pytest.raises(PolicyInUse):
        saved()
    run = done(runs.start(Wish.of(policy), at=AT, owner=None, policy=policy))

    policies.save(terms(name="older", is_enabled=False), policy=policy, by=COMMAND, at=AT)
    with pytest.raises(PolicyDisabled):
        policies.start(policy, by=COMMAND, at=AT)
    policies.delete(policy, by=COMMAND)

    run.refresh_from_db()
    assert (run.policy, run.policy_name) == (None, "old-audit")


def test_of_two_runs_over_the_same_rows_the_second_is_refused() -> None:
    old_entries(1)
    first = started(wish(target="audit", older_than_days=100))

    with pytest.raises(AlreadyRunning):
        started(wish("copy", target="audit", older_than_days=100))

    done(first)
    started(wish("copy", target="audit", older_than_days=100))


def test_it_is_started_once_when_its_time_has_come_however_often_that_was() -> None:
    saved(cron="0 * * * *")
    assert policies.start_due(at=AT + timedelta(minutes=59)) == {}

    found = policies.start_due(at=AT + timedelta(hours=7, minutes=5))

    run = ArchivalRun.objects.get()
    assert found == {"old-audit": f"run {run.pk}"}
    assert (run.is_scheduled, run.cutoff) == (True, AT + timedelta(hours=7, minutes=5) - timedelta(days=100))
    done(run)
    assert policies.start_due(at=AT + timedelta(hours=7, minutes=59)) == {}
    assert list(policies.start_due(at=AT + timedelta(hours=8))) == ["old-audit"]


def test_one_that_was_enabled_again_or_changed_doesnt_start_at_once() -> None:
    policy = saved(is_enabled=False)
    later = AT + timedelta(days=9)

    policies.save(terms(), policy=policy, by=COMMAND, at=later)

    assert policies.start_due(at=later) == {}


def test_one_whose_target_is_busy_stays_due() -> None:
    saved()
    busy = started(wish(target="audit", older_than_days=100))
    due = AT + timedelta(days=1)
    assert policies.start_due(at=due) == {}
    done(busy)

    assert list(policies.start_due(at=due + timedelta(minutes=1))) == ["old-audit"]


def test_one_whose_target_a_release_no_longer_knows_is_told_and_not_tried_every_minute(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    saved()
    monkeypatch.setattr(registry, "_targets", {})

    found = policies.start_due(at=AT + timedelta(days=1))

    assert found["old-audit"].startswith("There is no target 'audit'")
    assert policies.start_due(at=AT + timedelta(days=1, minutes=1)) == {}
    assert AuditEntry.objects.filter(action="archival.run", outcome="refused").count() == 1


def test_a_copy_goes_on_where_the_last_one_of_its_policy_ended() -> None:
    policy = saved(action="copy")
    old_entries(2, days=110)
    old_entries(3, days=95)

    first = archived(Wish.of(policy), policy=policy)
    second = archived(Wish.of(policy), policy=policy, at=AT + timedelta(days=10))
    third = archived(Wish.of(policy), policy=policy, at=AT + timedelta(days=10))

    assert [first.rows, second.rows, third.rows] == [2, 3, 0]


def test_what_a_hold_kept_from_a_copy_is_copied_once_it_is_lifted() -> None:
    policy = saved(action="copy")
    kept, _ = old_entries(2, days=110)
    hold = holds.place(
        holds.Wish(target="audit", subject_kind="row", subject_id=str(kept.pk)), reason="Case 17.", by=COMMAND
    )
    first = archived(Wish.of(policy), policy=policy)
    holds.lift(hold.pk, reason="Settled.", by=COMMAND, at=first.created_at + timedelta(minutes=1))

    second = archived(Wish.of(policy), policy=policy)

    assert [first.rows, second.rows] == [1, 1]


def test_a_run_ends_with_its_job_whoever_ends_that() -> None:
    run = started(wish(target="audit", older_than_days=100))
    assert isinstance(run.batch, Batch)

    cancel_batch(run.batch.pk)

    run.refresh_from_db()
    assert run.state == "cancelled"
