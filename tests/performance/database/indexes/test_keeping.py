"""Recommendations are kept, settled, found to be done, and measured; over the API, the page and the tile."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from performance.audit.models import AuditEntry
from performance.console.shapes import Level
from performance.database.indexes import services, tile
from performance.database.indexes.models import IndexAdvice, IndexReview
from tests.factories import make_user

URL = "/api/v1/performance/database/indexing-strategy"
TABLE = "performance_metriclabels"
ROWS, CALLS = 20_000, 30
SQL = f"SELECT id FROM {TABLE} WHERE seen_at = %s"
MAY = ["performance.view_metricbucket", "performance.advise_indexes"]


@pytest.fixture
def asked(db: None) -> None:
    """A scan of 20,000 rows, thirty times: nothing else takes as long."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {TABLE} (metric, labels_hash, labels, seen_at)"
            " SELECT 'm' || n %% 7, n, '{}', now() - n * interval '1 second' FROM generate_series(1, %s) n",
            [ROWS],
        )
        cursor.execute(f"ANALYZE {TABLE}")
        # Rows that the tests before took back were written, too.
        cursor.execute("SELECT pg_stat_reset_single_table_counters(%s::regclass)", [TABLE])
        cursor.execute("SELECT pg_stat_statements_reset(0, oid, 0) FROM pg_database WHERE datname = current_database()")
    ask()


def ask(times: int = CALLS) -> None:
    with connection.cursor() as cursor:
        for _ in range(times):
            cursor.execute(SQL, [timezone.now()])


def make_advice(**values: Any) -> IndexAdvice:
    at = timezone.now()
    fields = {
        "fingerprint": f"{IndexAdvice.objects.count():016x}",
        "kind": "create",
        "table": TABLE,
        "title": "No index",
        "severity": "medium",
        "method": "heuristic",
        **dict.fromkeys(("gain_ms", "write_ms", "size_bytes"), 1),
        **dict.fromkeys(("first_seen_at", "seen_at", "shown_from"), at),
        **values,
    }
    return IndexAdvice.objects.create(**fields)


def client(permissions: Sequence[str] = MAY) -> APIClient:
    made = APIClient()
    made.force_login(make_user(permissions=list(permissions), is_staff=True))
    return made


def test_from_advice_to_what_came_of_it(asked: None) -> None:
    api = client()

    answer = api.post(URL).json()

    [row] = [each for each in answer["recommendations"] if each["table"] == TABLE and each["kind"] == "create"]
    assert (row["state"], row["measured"], row["indexes"]) == ("open", None, [{"keys": ["seen_at"], "predicate": ""}])
    assert row["statements"][0]["calls"] == CALLS
    assert "AddIndexConcurrently" in row["migration"]
    assert answer["reviewed_at"]
    assert answer["method"] in {"heuristic", "hypothetical"}
    assert tile.tile(at=timezone.now()).value == str(len(answer["recommendations"]))

    assert api.post(f"{URL}/{row['id']}/applied", {"why": "made it"}).json()["state"] == "applied"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE INDEX advised ON {TABLE} (seen_at)")
    ask()

    [after] = api.get(URL, {"state": "applied"}).json()["recommendations"]

    assert after["id"] == row["id"]
    assert after["measured"]["calls"] == CALLS
    assert after["measured"]["saved_share"] > 0.5
    assert [(entry.action, entry.outcome) for entry in AuditEntry.objects.all()] == [("indexes.apply", "done")]


def test_what_is_done_is_seen(asked: None) -> None:
    """Nobody marked it; the figures before are those of the last look."""
    services.refresh(at=timezone.now())
    row = IndexAdvice.objects.get(table=TABLE, kind="create")
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE INDEX advised ON {TABLE} (seen_at)")
    ask()

    services.refresh(at=timezone.now())

    row.refresh_from_db()
    assert (row.state, row.state_by_name) == ("applied", "")
    assert row.before == [{"id": row.statements[0]["id"], "calls": CALLS, "total_ms": row.statements[0]["total_ms"]}]


def test_an_open_one_that_is_no_longer_said_is_forgotten_and_a_settled_one_stays(asked: None) -> None:
    at = timezone.now() - timedelta(hours=1)
    make_advice(seen_at=at)
    kept = make_advice(seen_at=at, state="dismissed", state_at=at)

    services.refresh(at=timezone.now())

    assert list(IndexAdvice.objects.exclude(table=TABLE, seen_at__gt=at)) == [kept]


def test_looking_twice_says_the_same_once(asked: None) -> None:
    services.refresh(at=timezone.now())
    first = {row.fingerprint: row.first_seen_at for row in IndexAdvice.objects.all()}
    IndexAdvice.objects.update(state="dismissed", state_at=timezone.now(), why="known")

    services.refresh(at=timezone.now())

    again = {row.fingerprint: row.first_seen_at for row in IndexAdvice.objects.filter(state="dismissed", why="known")}
    assert again == first
    assert IndexReview.objects.count() == 1


def test_what_is_settled_is_not_settled_again_and_may_be_reopened(db: None) -> None:
    row, api = make_advice(), client()

    assert api.post(f"{URL}/{row.pk}/dismissed", {}).status_code == 400
    assert api.post(f"{URL}/{row.pk}/dismissed", {"why": "a report"}).json()["why"] == "a report"
    refused = api.post(f"{URL}/{row.pk}/applied")
    assert (refused.status_code, refused.json()["code"]) == (409, "advice_settled")
    assert api.post(f"{URL}/{row.pk}/reopened").json()["state"] == "open"
    assert api.post(f"{URL}/{row.pk}/reopened").status_code == 409
    assert api.post(f"{URL}/{row.pk + 1}/applied").status_code == 404
    assert api.post(f"{URL}/{10**30}/applied").status_code == 404

    outcomes = list(AuditEntry.objects.order_by("id").values_list("action", "outcome"))
    assert outcomes == [
        ("indexes.dismiss", "done"),
        ("indexes.apply", "refused"),
        ("indexes.reopen", "done"),
        ("indexes.reopen", "refused"),
        ("indexes.apply", "refused"),
        ("indexes.apply", "refused"),
    ]


def test_who_may_only_look_changes_nothing(db: None) -> None:
    row, reader = make_advice(), client(["performance.view_metricbucket"])

    assert reader.get(URL).json()["recommendations"][0]["id"] == row.pk
    for address in (URL, *(f"{URL}/{row.pk}/{verb}" for verb in ("applied", "dismissed", "reopened"))):
        assert reader.post(address, {"why": "x"}).status_code == 403
    row.refresh_from_db()
    assert row.state == "open"


def test_an_unused_index_is_watched_for_a_week_first(db: None) -> None:
    make_advice(kind="unused", shown_from=timezone.now() + timedelta(days=7))

    assert client().get(URL).json()["recommendations"] == []
    assert IndexAdvice.objects.for_display(at=timezone.now() + timedelta(days=8)).count() == 1


def test_a_database_that_counts_nothing_says_so(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP EXTENSION pg_stat_statements")

    answer = client().post(URL).json()

    assert "no pg_stat_statements" in answer["refusal"]
    assert (answer["method"], answer["recommendations"]) == (None, [])
    assert tile.tile(at=timezone.now()).level == Level.UNKNOWN


def test_findings_are_the_grave_ones(db: None) -> None:
    make_advice(severity="low")
    grave = make_advice(severity="high", gain_ms=48_000.0)

    [finding] = tile.findings(at=timezone.now())

    assert (finding.title, finding.impact) == (grave.title, 2_000.0)
    assert finding.url == f"/admin/performance/indexes/#advice-{grave.pk}"


def test_the_page_shows_them_and_takes_what_was_done(db: None) -> None:
    row, page = (
        make_advice(
            statements=[{"id": "1", "sql": "SELECT <b>", "calls": 1, "total_ms": 1, "before_cost": 1, "after_cost": 1}]
        ),
        Client(),
    )
    page.force_login(make_user(permissions=MAY, is_staff=True))

    shown = page.get("/admin/performance/indexes/").content.decode()
    assert "No index" in shown
    assert "SELECT &lt;b&gt;" in shown
    page.post(f"/admin/performance/indexes/{row.pk}", {"do": "dismiss"})
    row.refresh_from_db()
    assert row.state == "open"
    page.post(f"/admin/performance/indexes/{row.pk}", {"do": "apply", "why": "do\x00ne"})
    row.refresh_from_db()
    assert (row.state, row.why) == ("applied", "done")
    assert "too few to say" in page.get("/admin/performance/indexes/", {"state": "applied"}).content.decode()
