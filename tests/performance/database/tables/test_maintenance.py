"""VACUUM and ANALYZE from the console: asked for, done, refused, lost."""

from collections.abc import Callable
from datetime import timedelta
from threading import Thread
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import IntegrityError, connection, connections, transaction
from django.utils import timezone
from rest_framework.test import APIClient

from performance import tasks
from performance.audit.models import AuditEntry
from performance.database.tables.maintenance import doing, services
from performance.database.tables.maintenance.doing import carry_out, execute
from performance.database.tables.models import MaintenanceRun
from performance.jobs.wake import waiting
from tests.factories import make_user
from tests.performance.database.tables.conftest import run as sql

AT = timezone.now()
URL = "/api/v1/performance/database"
MAY = ["performance.optimize_table", "performance.view_metricbucket"]


@pytest.fixture
def operator(db: None) -> APIClient:
    client = APIClient()
    client.force_login(make_user(permissions=MAY))
    return client


@pytest.fixture
def woken(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The runs that a message was sent for; nothing is sent."""
    sent: list[int] = []
    monkeypatch.setattr(services, "wake", sent.append)
    return sent


def make_run(relation: str = "public.scratch_orders", **fields: Any) -> MaintenanceRun:
    return MaintenanceRun.objects.create(**{"relation": relation, "action": "vacuum", "created_at": AT} | fields)


def running(**fields: Any) -> MaintenanceRun:
    """One whose session never was."""
    return make_run(state="running", backend_pid=1, backend_start=AT, started_at=AT, **fields)


@pytest.mark.django_db
def test_a_run_is_asked_for_and_can_be_looked_at(
    operator: APIClient, woken: list[int], django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        answer = operator.post(f"{URL}/optimize-table/performance_job", {"action": "vacuum_analyze"})

    assert answer.status_code == 202
    assert (answer.json()["table"], answer.json()["state"]) == ("public.performance_job", "queued")
    assert operator.get(answer["Location"]).json() == answer.json()
    assert woken == [answer.json()["id"]]
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.subject, entry.outcome) == ("table.optimize", "public.performance_job", "done")
    assert entry.details == {"action": "vacuum_analyze", "run": answer.json()["id"]}


@pytest.mark.parametrize(
    ("table", "body", "status", "told"),
    [
        ("scratch_orders", {"action": "vacuum"}, 422, "add it to the setting MAINTENANCE_TABLES"),
        ("performance_jub", {"action": "vacuum"}, 404, "Did you mean performance_job"),
        ("performance_job", {"action": "full"}, 400, "action"),
        ("performance_job", {}, 400, "action"),
        ("performance_job; DROP TABLE x", {"action": "vacuum"}, 404, "no table"),
    ],
)
@pytest.mark.django_db
def test_what_is_not_listed_is_refused_and_nothing_is_done(
    scratch: str, operator: APIClient, woken: list[int], table: str, body: dict[str, str], status: int, told: str
) -> None:
    answer = operator.post(f"{URL}/optimize-table/{table}", body)

    assert answer.status_code == status
    assert told in answer.content.decode()
    assert not MaintenanceRun.objects.exists()
    assert [entry.outcome for entry in AuditEntry.objects.all()] == ([] if status == 400 else ["refused"])


@pytest.mark.django_db
def test_a_table_of_the_same_name_in_another_schema_is_not_ours(operator: APIClient, woken: list[int]) -> None:
    sql("CREATE SCHEMA other", "CREATE TABLE other.performance_job (id int)")

    assert operator.post(f"{URL}/optimize-table/other.performance_job", {"action": "vacuum"}).status_code == 422


@pytest.mark.django_db
def test_who_may_only_read_is_refused(db: None) -> None:
    client = APIClient()
    client.force_login(make_user(permissions=["performance.view_metricbucket"]))

    assert client.post(f"{URL}/optimize-table/performance_job", {"action": "vacuum"}).status_code == 403


@pytest.mark.django_db
def test_a_table_that_the_role_does_not_own_is_refused(operator: APIClient, woken: list[int]) -> None:
    sql("CREATE ROLE scratch_app", "GRANT SELECT ON ALL TABLES IN SCHEMA public TO scratch_app", "SET ROLE scratch_app")
    try:
        with pytest.raises(doing.DomainError, match=r"neither owns public\.performance_job nor may"):
            doing.listed("performance_job")
    finally:
        sql("RESET ROLE")


@pytest.mark.django_db
def test_one_table_has_one_run_at_a_time(operator: APIClient, woken: list[int]) -> None:
    first = operator.post(f"{URL}/optimize-table/performance_job", {"action": "vacuum"}).json()

    second = operator.post(f"{URL}/optimize-table/public.performance_job", {"action": "analyze"})

    assert second.status_code == 409
    assert second.json()["run_id"] == first["id"]
    assert MaintenanceRun.objects.count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        make_run("public.performance_job")


@pytest.mark.django_db
def test_a_run_whose_session_is_gone_is_lost_and_stands_in_nobodys_way(operator: APIClient, woken: list[int]) -> None:
    lost = running(relation="public.performance_job")

    answer = operator.post(f"{URL}/optimize-table/performance_job", {"action": "vacuum"})

    assert answer.status_code == 202
    found = operator.get(f"{URL}/maintenance/{lost.pk}").json()
    assert found["state"] == "lost"
    assert found["error"].startswith("Its session ended before it was done")


@pytest.mark.django_db
def test_a_run_whose_session_lives_is_not_lost(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pid, backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid()")
        pid, start = cursor.fetchone()
    make_run(state="running", backend_pid=pid, backend_start=start)
    make_run("public.other", state="running", backend_pid=pid, backend_start=start - timedelta(seconds=1))

    assert services.settle_lost(at=AT) == 1
    assert MaintenanceRun.objects.get(state="lost").relation == "public.other"


@pytest.mark.django_db
def test_a_run_that_no_worker_heard_of_is_sent_again(woken: list[int]) -> None:
    waits = make_run()
    make_run("public.new", created_at=AT + timedelta(seconds=services.WAITS_S))
    make_run("public.old", state="done", finished_at=AT - timedelta(days=91))

    services.tend(at=AT + timedelta(seconds=services.WAITS_S + 1))

    assert woken == [waits.pk]
    assert sorted(MaintenanceRun.objects.values_list("relation", flat=True)) == ["public.new", "public.scratch_orders"]


def test_a_worker_is_told_by_a_message_that_it_knows() -> None:
    before = waiting("maintenance")

    services.wake(1)

    assert waiting("maintenance") == before + 1
    assert tasks.maintain_table.name == services.TASK


@pytest.fixture
def listed(settings: LazySettings, scratch: str) -> str:
    settings.MAINTENANCE_TABLES = ["nowhere", "public.scratch_orders"]
    return scratch


@pytest.mark.django_db(transaction=True)
class TestTheWork:
    """What a worker does, in sessions of its own."""

    def test_a_run_is_done_once(self, listed: str) -> None:
        sql("DELETE FROM scratch_orders WHERE id % 5 = 3", "SELECT pg_stat_force_next_flush()")
        run = make_run(action="vacuum_analyze")

        carry_out(run.pk)
        carry_out(run.pk)

        run.refresh_from_db()
        assert (run.state, run.progress, run.error) == ("done", 1.0, "")
        assert (run.dead_rows_before or 0) > 0
        assert run.dead_rows_after == 0
        with connection.cursor() as cursor:
            cursor.execute("SELECT vacuum_count FROM pg_stat_user_tables WHERE relname = 'scratch_orders'")
            assert cursor.fetchone() == (1,)

    def test_a_table_that_left_the_list_is_refused_by_the_worker(self, scratch: str) -> None:
        run, gone = make_run(), make_run("public.gone")

        carry_out(run.pk)
        carry_out(gone.pk)

        states = dict(MaintenanceRun.objects.values_list("relation", "state"))
        assert states == {"public.scratch_orders": "refused", "public.gone": "refused"}

    def test_a_lock_is_waited_for_only_so_long(self, listed: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(doing, "LOCK_TIMEOUT_MS", 100)
        other = connections.create_connection("default")
        other.set_autocommit(False)
        run = make_run()
        with other.cursor() as cursor:
            cursor.execute("LOCK TABLE scratch_orders IN SHARE UPDATE EXCLUSIVE MODE")

            carry_out(run.pk)

        other.close()
        run.refresh_from_db()
        assert (run.state, run.error) == (
            "refused", "Somebody holds a lock on the table; it was waited for 0.1 s."
        )  # fmt: skip

    def test_what_is_cancelled_has_failed(self, listed: str, monkeypatch: pytest.MonkeyPatch) -> None:
        """As by an operator, from the page of activity."""
        seen = []

        def cancel(run: MaintenanceRun) -> None:
            seen.append(MaintenanceRun.objects.get(pk=run.pk).state)
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_cancel_backend(%s)", [run.backend_pid])

        monkeypatch.setattr(doing, "_note", cancel)
        monkeypatch.setattr(doing, "LOOK_EVERY_S", 0.05)
        monkeypatch.setitem(doing._COMMANDS, "vacuum", "DO $$ BEGIN PERFORM pg_sleep(20); END $$ -- {}")
        run = make_run()

        carry_out(run.pk)

        run.refresh_from_db()
        assert seen[0] == "running"
        assert run.state == "failed"
        assert run.error.startswith("It was cancelled")

    def test_what_postgresql_warns_of_instead_of_doing_is_refused(self, listed: str, monkeypatch: Any) -> None:
        monkeypatch.setitem(
            doing._COMMANDS, "vacuum", "DO $$ BEGIN RAISE WARNING 'permission denied, skipping it'; END $$ -- {}"
        )
        run = make_run()

        carry_out(run.pk)

        run.refresh_from_db()
        assert (run.state, run.error) == ("refused", "PostgreSQL wouldn't: permission denied, skipping it")

    def test_a_worker_that_is_stopped_stops_postgresql_too(self, monkeypatch: pytest.MonkeyPatch) -> None:
        session = connections.create_connection("default")
        session.ensure_connection()
        monkeypatch.setattr(doing, "LOOK_EVERY_S", 0.05)

        def stop() -> None:
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            execute(session.connection, b"SELECT pg_sleep(20)", meanwhile=stop)

        server = session.connection.pgconn
        assert b"canceling statement" in server.get_result().error_message
        session.close()

    def test_how_far_it_is_stands_on_the_row(self, listed: str, monkeypatch: pytest.MonkeyPatch) -> None:
        """Of a vacuum that dawdles, as seen from beside it."""
        monkeypatch.setattr(doing, "LOOK_EVERY_S", 0.05)
        monkeypatch.setitem(doing._COMMANDS, "vacuum", "VACUUM (DISABLE_PAGE_SKIPPING) {}")
        sql("ALTER DATABASE " + connection.settings_dict["NAME"] + " SET vacuum_cost_delay = 50")
        sql("ALTER DATABASE " + connection.settings_dict["NAME"] + " SET vacuum_cost_limit = 5")
        run = make_run()
        seen: list[tuple[str, str]] = []
        note = doing._note

        def looking(asked: MaintenanceRun) -> None:
            note(asked)
            seen.append(MaintenanceRun.objects.values_list("state", "phase").get(pk=asked.pk))

        monkeypatch.setattr(doing, "_note", looking)
        worker = Thread(target=lambda: (carry_out(run.pk), connections.close_all()))
        worker.start()
        worker.join()
        sql("ALTER DATABASE " + connection.settings_dict["NAME"] + " RESET vacuum_cost_delay")
        sql("ALTER DATABASE " + connection.settings_dict["NAME"] + " RESET vacuum_cost_limit")

        assert ("running", "scanning heap") in seen
        run.refresh_from_db()
        assert run.state == "done"
