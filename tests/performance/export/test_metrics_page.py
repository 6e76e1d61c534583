"""GET /metrics: for tokens that may read measurements; what it says never goes down."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import orjson
import pytest
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from performance.access.services import issue_token
from performance.metrics import flushing, rollups
from performance.metrics.handover import Handover
from performance.metrics.models import MetricTotal
from tests.factories import make_user

pytestmark = pytest.mark.django_db
AT = datetime.now(UTC).replace(second=0, microsecond=0)
READ = "performance.view_metricbucket"


def bearer(*permissions: str, scopes: tuple[str, ...] = ()) -> str:
    user = make_user(permissions=list(permissions))
    return f"Bearer {issue_token(user=user, name='prometheus', scopes=list(scopes)).text}"


def stored(metric: str, labels: dict[str, str], row: list[float], *, at: datetime = AT) -> None:
    """As a flusher is handed it."""
    field = orjson.dumps([int(at.timestamp()), metric, labels], option=orjson.OPT_SORT_KEYS)
    flushing._store(Handover(id=uuid4(), rows={field: orjson.dumps(row)}, lost=0), at=AT)


def scraped(client: Client, authorization: str) -> dict[str, float]:
    answer = client.get("/metrics", headers={"authorization": authorization})
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    families = text_string_to_metric_families(answer.content.decode())
    return {
        f"{sample.name}{sorted(sample.labels.items())}": sample.value
        for family in families
        for sample in family.samples
        if not sample.name.endswith("_bucket")
    }


def test_it_says_all_that_was_ever_counted(client: Client) -> None:
    stored("test.count", {"kind": "a"}, [3, 3], at=AT - timedelta(minutes=3))
    stored("test.count", {"kind": "a"}, [4, 4])
    stored("test.some_ms", {}, [2, 30.0, 10.0, 20.0, 24, 1, 30, 1])

    found = scraped(client, bearer(READ))

    assert found == {
        "assay_test_count_total[('kind', 'a')]": 7,
        "assay_test_some_seconds_sum[]": 0.03,
        "assay_test_some_seconds_count[]": 2,
    }


def test_it_does_not_go_down_when_buckets_expire(client: Client) -> None:
    authorization = bearer(READ)
    stored("test.count", {}, [3, 3])
    before = scraped(client, authorization)

    rollups.expire(at=AT + timedelta(days=300))

    assert scraped(client, authorization) == before == {"assay_test_count_total[]": 3}


def test_labels_of_which_there_are_thousands_are_one(client: Client) -> None:
    for number in range(3):
        labels = {"fingerprint": f"{number}", "sql": f"SELECT {number}", "line": f"a.py:{number}", "view": "v"}
        stored("test.statement_ms", labels, [1, 5.0, 5.0, 5.0, 17, 1])

    found = scraped(client, bearer(READ))

    assert found == {
        "assay_test_statement_seconds_sum[('view', 'v')]": 0.015,
        "assay_test_statement_seconds_count[('view', 'v')]": 3,
    }


def test_what_is_gone_for_a_week_is_left_out_and_goes_on_where_it_was(client: Client) -> None:
    authorization = bearer(READ)
    stored("test.count", {}, [3, 3])
    MetricTotal.objects.update(seen_at=AT - timedelta(days=8))

    assert scraped(client, authorization) == {}
    stored("test.count", {}, [1, 1])
    assert scraped(client, authorization) == {"assay_test_count_total[]": 4}


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer  ", "Bearer no-such-token", "Basic dTpw", "Bearer ünï"])
def test_nobody_reads_it_without_a_token(client: Client, header: str) -> None:
    stored("test.count", {}, [3, 3])

    answer = client.get("/metrics", headers={"authorization": header} if header else {})

    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == 'Bearer realm="assay"'
    assert b"assay_" not in answer.content


@pytest.mark.parametrize(
    ("permissions", "scopes"), [([], ()), ([READ, "performance.view_flag"], ("performance.view_flag",))]
)
def test_a_token_that_may_not_read_measurements_is_refused(
    client: Client, permissions: list[str], scopes: tuple[str, ...]
) -> None:
    answer = client.get("/metrics", headers={"authorization": bearer(*permissions, scopes=scopes)})

    assert answer.status_code == 403
    assert READ in answer.content.decode()


def test_a_session_is_no_token(client: Client) -> None:
    client.force_login(make_user(permissions=[READ]))

    assert client.get("/metrics").status_code == 401


def test_it_is_only_read(client: Client) -> None:
    assert client.post("/metrics", headers={"authorization": bearer(READ)}).status_code == 405
