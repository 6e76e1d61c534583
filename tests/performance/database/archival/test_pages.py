"""The console's page of archival: what policies would do, what runs did, and legal holds; and the tile and findings."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from performance.access.models import User
from performance.audit.models import AuditEntry
from performance.audit.services import COMMAND
from performance.console.shapes import Level
from performance.database.archival import policies, runs, tile
from performance.database.archival.models import ArchivalHold, ArchivalPolicy, ArchivalRun
from performance.database.archival.runs import Wish
from performance.database.tables.models import TableSample
from tests.factories import make_user
from tests.performance.database.archival.conftest import AT, archived, old_entries, started, wish

pytestmark = pytest.mark.django_db
PAGE = "/admin/performance/archival/"
FORM = {"name": "old-audit", "target": "audit", "action": "move", "older_than_days": "100", "is_enabled": "1"}


@pytest.fixture
def staff(db: None) -> User:
    rights = ["performance.view_metricbucket", "performance.archive", "performance.add_archivalhold"]
    return make_user(username="ops", is_staff=True, permissions=rights)


@pytest.fixture
def console(client: Client, staff: User) -> Client:
    client.force_login(staff)
    return client


def made(**fields: object) -> ArchivalPolicy:
    terms = policies.Terms(name="old-audit", wish=Wish(target="audit", action="move", older_than_days=100), **fields)  # type: ignore[arg-type]
    return policies.save(terms, policy=None, by=COMMAND, at=AT)


def test_a_policy_is_made_looked_at_run_and_removed(console: Client) -> None:
    old_entries(3, days=900)
    said = console.post(f"{PAGE}policies", FORM, follow=True).content.decode()
    policy = ArchivalPolicy.objects.get()
    assert "The policy is saved." in said
    assert reverse("console-archival-figures", args=[policy.pk]) in said

    figures = console.get(f"{PAGE}policies/{policy.pk}/figures").content.decode()
    assert "3 rows" in figures
    assert console.get(f"{PAGE}policies/{policy.pk}/figures?whole=1").status_code == 200

    assert "old-audit begins." in console.post(f"{PAGE}policies/{policy.pk}/run", follow=True).content.decode()
    run = ArchivalRun.objects.get()
    shown = console.get(f"{PAGE}runs").content.decode()
    assert f"{PAGE}runs/{run.pk}/cancel" in shown
    console.post(f"{PAGE}runs/{run.pk}/cancel")
    run.refresh_from_db()
    assert run.state == "cancelled"
    console.post(f"{PAGE}policies/{policy.pk}/delete")
    assert not ArchivalPolicy.objects.exists()


def test_what_is_refused_is_told_and_changes_nothing(console: Client) -> None:
    for change, told in (
        ({"older_than_days": "x"}, "must be older than 90 to"),
        ({"action": "delete"}, "repeat the name"),
        ({"cron": "61 * * * *"}, "be read"),
        ({"target": "x\x00"}, "There is no target"),
    ):
        assert told in console.post(f"{PAGE}policies", FORM | change, follow=True).content.decode()

    assert not ArchivalPolicy.objects.exists()
    assert AuditEntry.objects.filter(outcome="refused").count() == 4


def test_a_run_is_restored(console: Client) -> None:
    old_entries(2, days=900)
    run = archived(wish(target="audit", older_than_days=100))
    assert f"{PAGE}runs/{run.pk}/restore" in console.get(PAGE).content.decode()

    console.post(f"{PAGE}runs/{run.pk}/restore")

    assert ArchivalRun.objects.get(work="restore").restores == run


def test_operators_hold_and_others_lift(console: Client, staff: User) -> None:
    console.post(f"{PAGE}holds", {"target": "jobs", "condition": "free", "reason": "Case 17."})
    hold = ArchivalHold.objects.get()
    assert hold.placed_by == staff
    assert console.post(f"{PAGE}holds/{hold.pk}/lift", {"reason": "Full."}).status_code == 403
    console.force_login(
        make_user(is_staff=True, permissions=["performance.view_metricbucket", "performance.change_archivalhold"])
    )

    console.post(f"{PAGE}holds/{hold.pk}/lift", {"reason": "Settled."})

    hold.refresh_from_db()
    assert hold.lift_reason == "Settled."


def test_who_may_only_look_sees_no_buttons(client: Client) -> None:
    made()
    client.force_login(make_user(is_staff=True, permissions=["performance.view_metricbucket"]))

    page = client.get(PAGE).content.decode()

    assert "old-audit" in page
    assert "Run now" not in page
    assert client.post(f"{PAGE}policies", FORM).status_code == 403


def test_the_tile_says_what_was_freed_or_what_fails() -> None:
    assert tile.tile(at=AT).level is Level.UNKNOWN
    policy = made()
    assert tile.tile(at=AT).level is Level.GOOD
    run = started(Wish.of(policy), policy=policy)
    runs.fail(run.pk, reason="A column has gone.")

    found = tile.tile(at=AT)

    assert (found.level, found.says) == (Level.POOR, "old-audit failed: A column has gone.")
    (finding,) = tile.findings(at=AT)
    assert finding.key == "archival.failing.old-audit"


def test_a_schedule_that_nobody_heeds_is_a_finding() -> None:
    made(cron="0 3 * * *")
    assert tile.findings(at=AT + timedelta(hours=15, minutes=30)) == []

    (finding,) = tile.findings(at=AT + timedelta(hours=17))

    assert finding.key == "archival.late.old-audit"


def test_a_large_table_that_grows_and_isnt_archived_is_a_finding() -> None:
    TableSample.objects.bulk_create(
        TableSample(
            relation="public.performance_auditentry",
            period_s=3600,
            taken_at=AT - timedelta(hours=hour),
            bytes=4 * 2**30 - hour * 2**24,
            index_bytes=0,
            rows=0,
            blocks_hit=0,
            blocks_read=0,
        )
        for hour in range(48)
    )

    (finding,) = tile.findings(at=AT)

    assert (finding.key, finding.says) == ("archival.growing.audit", "4.0 GiB, 384 MiB more each day.")
    old_entries(1)
    archived(wish(target="audit", older_than_days=100))
    assert tile.findings(at=timezone.now() if timezone.now() < AT else AT) == []


def test_the_command_looks_and_starts(capsys: pytest.CaptureFixture[str]) -> None:
    old_entries(2, days=900)
    made()

    call_command("archive")
    call_command("archive", "old-audit", "--run")

    said = capsys.readouterr().out
    assert "old-audit: would move 2 rows from before " in said
    assert f"old-audit: run {ArchivalRun.objects.get().pk} begins" in said
    with pytest.raises(CommandError, match="no archival policy"):
        call_command("archive", "other")
