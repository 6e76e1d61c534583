"""The pages of tables, activity and settings: for staff, by permission."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from performance.access.models import User
from performance.audit.models import AuditEntry
from performance.console.shapes import Level
from performance.database.activity import findings as activity
from performance.database.activity import sessions
from performance.database.activity import tile as connections_tile
from performance.database.activity.sessions import Prepared, Session, Slot
from performance.database.tables import findings as tables
from performance.database.tables import tile as database_tile
from performance.database.tables.maintenance import services
from performance.database.tables.models import MaintenanceRun, TableSample
from performance.database.tuning import findings as tuning
from tests.factories import make_user

pytestmark = pytest.mark.django_db
AT = timezone.now()
READ = "performance.view_metricbucket"
PAGES = ["console-tables", "console-activity", "console-activity-now", "console-settings"]


def client(*permissions: str) -> tuple[Client, User]:
    staff = make_user(is_staff=True, permissions=[READ, *permissions])
    made = Client()
    made.force_login(staff)
    return made, staff


@pytest.mark.parametrize("name", PAGES)
def test_a_page_opens_for_staff_who_may_read(name: str) -> None:
    reader, _ = client()

    assert reader.get(reverse(name)).status_code == 200
    assert Client().get(reverse(name)).status_code in (302, 403)


def test_tables_are_sorted_as_is_asked_for(scratch: str) -> None:
    reader, _ = client()

    found = reader.get(reverse("console-tables"), {"sort": "dead rows"})
    other = reader.get(reverse("console-tables"), {"sort": "'"})

    dead = [each.facts.count("n_dead_tup") for each in found.context["tables"]]
    assert dead == sorted(dead, reverse=True)
    assert dead[0] > 0
    assert other.context["sort"] == "size"


def test_a_tables_page_has_its_figures_and_no_button_for_who_may_only_read(scratch: str) -> None:
    TableSample.objects.bulk_create(
        TableSample(
            relation="public.scratch_orders", period_s=3600, taken_at=AT - timedelta(hours=hours), bytes=10**6,
            index_bytes=0, rows=0, blocks_hit=0, blocks_read=0,
        )
        for hours in range(20)
    )  # fmt: skip
    reader, _ = client()

    page = reader.get(reverse("console-table", args=["scratch_orders"]))

    text = page.content.decode()
    assert "Autovacuum is switched off for it." in text
    assert "CREATE INDEX scratch_orders_note" in text
    assert "doesn&#x27;t grow" in text
    assert 'name="action"' not in text
    assert reader.get(reverse("console-table", args=["nowhere"])).status_code == 404


def test_what_is_asked_for_on_the_page_waits_for_a_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "wake", lambda run_id: None)
    operator, staff = client("performance.optimize_table")
    page = reverse("console-table", args=["performance_job"])

    answer = operator.post(reverse("console-table-optimize", args=["performance_job"]), {"action": "analyze"})

    run = MaintenanceRun.objects.get()
    assert (run.action, run.requested_by, answer["Location"]) == (
        "analyze", staff, reverse("console-table", args=["public.performance_job"]),
    )  # fmt: skip
    assert 'name="action" value="vacuum"' in operator.get(page).content.decode()
    again = operator.post(
        reverse("console-table-optimize", args=["performance_job"]), {"action": "analyze"}, follow=True
    )
    assert "only one at a time" in again.content.decode()
    fragment = operator.get(reverse("console-table-runs", args=["public.performance_job"])).content.decode()
    assert "waits for a worker" in fragment
    assert [entry.outcome for entry in AuditEntry.objects.order_by("pk")] == ["done", "refused"]


@pytest.mark.parametrize("action", ["", "full", "vacuum; DROP TABLE x"])
def test_nothing_else_can_be_asked_for(action: str) -> None:
    operator, _ = client("performance.optimize_table")

    operator.post(reverse("console-table-optimize", args=["performance_job"]), {"action": action})

    assert not MaintenanceRun.objects.exists()


def test_who_may_not_operate_is_refused(scratch: str) -> None:
    reader, _ = client()

    assert reader.post(reverse("console-table-optimize", args=[scratch]), {"action": "vacuum"}).status_code == 403
    assert reader.post(reverse("console-session-stop", args=[1]), {"how": "end"}).status_code == 403
    assert reader.get(reverse("console-session", args=[1])).status_code == 403


def test_a_session_is_ended_from_its_page() -> None:
    operator, _ = client("performance.cancel_backend")
    other = connections.create_connection("default")
    other.ensure_connection()
    pid = other.connection.info.backend_pid

    page = operator.get(reverse("console-session", args=[pid]))
    assert 'value="cancel"' not in page.content.decode()
    refused = operator.post(
        reverse("console-session-stop", args=[pid]), {"how": "end", "started_at": "2020-01-01T00:00Z"}
    )
    ended = operator.post(
        reverse("console-session-stop", args=[pid]), {"how": "end", "started_at": page.context["started_at"]}
    )

    assert (refused.status_code, ended.status_code) == (302, 302)
    rows = AuditEntry.objects.order_by("pk").values_list("action", "outcome", "via")
    assert list(rows) == [("session.end", "refused", "page"), ("session.end", "done", "page")]
    with pytest.raises(Exception, match=r"terminat|closed"), other.cursor() as cursor:
        cursor.execute("SELECT 1")
    other.close()


@pytest.mark.parametrize(
    "told",
    [{}, {"how": "kill"}, {"how": "end", "started_at": "soon"}, {"how": "end", "started_at": "2026-02-31T00:00Z"}],
)
def test_a_session_is_not_stopped_by_a_form_that_was_made_up(told: dict[str, str]) -> None:
    operator, _ = client("performance.cancel_backend")

    assert operator.post(reverse("console-session-stop", args=[1]), told).status_code == 302
    assert not AuditEntry.objects.exists()


def test_a_session_that_is_gone_leads_back() -> None:
    operator, _ = client("performance.cancel_backend")

    assert operator.get(reverse("console-session", args=[2_000_000_000])).status_code == 302


def test_what_is_wrong_with_tables_is_found(scratch: str) -> None:
    MaintenanceRun.objects.create(
        relation="public.scratch_orders", action="vacuum", state="lost", created_at=AT, finished_at=AT, error="Gone."
    )

    found = {each.key: each for each in tables.findings(at=AT)}

    assert {"tables.vacuum:public.scratch_orders", "tables.autovacuum:public.scratch_orders"} <= found.keys()
    assert found["tables.vacuum:public.scratch_orders"].says.startswith("3,000 dead rows (60%)")
    assert [each.says for key, each in found.items() if key.startswith("tables.lost")] == ["Gone."]
    assert database_tile.tile(at=AT).level == Level.POOR


def make_session(pid: int, state: str, seconds: float, *, blocked_by: tuple[int, ...] = ()) -> Session:
    return Session(
        pid, datetime(2026, 3, 2, tzinfo=UTC), "psql", True, "me", "", state, "", "", seconds, seconds, seconds,
        "UPDATE x", blocked_by, "", "", seconds if blocked_by else None,
    )  # fmt: skip


def test_who_holds_others_up_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = [
        make_session(1, "idle in transaction", 61.0),
        make_session(2, "active", 31.0, blocked_by=(1,)),
        make_session(3, "active", 3_600.0),
        make_session(4, "active", 5.0),
    ]
    monkeypatch.setattr(sessions, "sessions", lambda: seen)
    monkeypatch.setattr(sessions, "prepared", lambda: [Prepared("p", "me", 700.0)])
    monkeypatch.setattr(sessions, "slots", lambda: [Slot("s", "logical", False, "lost", None, 5 << 30, None)])

    found = {each.key: each.severity.value for each in activity.findings(at=AT)}

    assert {key: severity for key, severity in found.items() if "pool" not in key} == {
        "activity.blocked:1": "critical", "activity.idle:1": "warning", "activity.long:3": "warning",
        "activity.prepared:p": "warning", "activity.slot:s": "warning",
    }  # fmt: skip
    assert connections_tile.tile(at=AT).level == Level.CRITICAL


def test_settings_that_endanger_data_are_found(settings: Any) -> None:
    """The tests' server is one that may lose its data."""
    found = {each.key: each.severity.value for each in tuning.findings(at=AT)}

    assert found.pop("settings", "info") == "info"
    assert found == {"settings.fsync": "critical", "settings.full_page_writes": "critical"}


def test_all_that_the_dashboard_asks_is_few_statements(scratch: str, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(30):
        tables.findings(at=AT)
        activity.findings(at=AT)
        tuning.findings(at=AT)
        database_tile.tile(at=AT)
        connections_tile.tile(at=AT)
