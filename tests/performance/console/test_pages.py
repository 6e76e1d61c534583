"""The console's frame: who sees it, that every page opens, and what it says when a part is broken."""

from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from performance.alerts.models import Alert
from performance.audit.models import AuditEntry
from performance.cache.entries import Fresh, fetch
from performance.console import advice, dashboard
from performance.console.dashboard import Tile
from performance.console.pages import PAGES
from performance.console.shapes import Finding, Level, Severity, TileFigures, worst
from tests.factories import make_user
from tests.performance.metrics.measured import make_bucket

pytestmark = pytest.mark.django_db
FRONTS = [page.addresses[0].name for page in PAGES]


@pytest.fixture
def root(db: None) -> Client:
    client = Client()
    client.force_login(make_user(is_staff=True, is_superuser=True))
    return client


@pytest.mark.parametrize("name", ["console", "console-tiles", *FRONTS])
def test_every_page_opens_with_nothing_measured(root: Client, name: str) -> None:
    assert root.get(reverse(name)).status_code == 200


@pytest.mark.parametrize("name", ["console", "console-tiles", *FRONTS])
def test_it_is_for_staff_with_the_right(client: Client, name: str) -> None:
    stranger = client.get(reverse(name))
    client.force_login(make_user(permissions=["performance.view_metricbucket"]))
    no_staff = client.get(reverse(name))
    client.force_login(make_user(is_staff=True))
    without_right = client.get(reverse(name))

    assert (stranger.status_code, no_staff.status_code, without_right.status_code) == (302, 403, 403)


def broken(*, at: datetime) -> TileFigures:
    raise ZeroDivisionError


def fine(*, at: datetime) -> TileFigures:
    return TileFigures(level=Level.POOR, value="38", unit="ms", says="slower", spark=[1.0, None, 3.0, 4.0])


@pytest.fixture
def nouns(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that is broken, and one that has something to say."""

    def found(*, at: datetime) -> list[Finding]:
        return [
            Finding(area="a", key=key, severity=severity, title=key, says="Seen.", action="Do.", impact=impact)
            for key, severity, impact in (
                ("little", Severity.WARNING, 1.0),
                ("much", Severity.WARNING, 50.0),
                ("grave", Severity.CRITICAL, 0.0),
            )
        ]

    monkeypatch.setattr(
        dashboard, "TILES", (Tile("Broken", "console-cache", broken), Tile("Fine", "console-cache", fine))
    )
    monkeypatch.setattr(advice, "SOURCES", {"fine": found, "broken": broken})


def test_a_broken_part_hides_no_other(onlooker: Client, nouns: None) -> None:
    page = onlooker.get(reverse("console")).content.decode()

    assert "Looking failed: ZeroDivisionError" in page
    assert "Nothing is known of broken" in page
    assert "1 of 2 need a look" in page
    assert "<path d=" in page
    assert page.index(">grave<") < page.index(">much<") < page.index(">little<")


def test_no_tile_does_better_than_what_fires_in_it(
    onlooker: Client, nouns: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = timezone.now()
    told = {"signal": "cache.read_p95_ms", "area": "cache", "unit": "ms", "worst": 9.0, "threshold": 5.0, "value": 7.0}
    for title, severity in (("Valkey is slow", "warning"), ("Worse", "critical")):
        Alert.objects.create(
            title=title, state="firing", severity=severity, pending_at=at, fired_at=at, seen_at=at, **told
        )
    monkeypatch.setattr(
        dashboard,
        "TILES",
        (Tile("Fine", "console-cache", fine, signals=("cache.",)), Tile("Other", "console-cache", fine)),
    )

    one, other = dashboard.tiles(at=at)
    Alert.objects.update(value=None)
    unknown, _ = dashboard.tiles(at=at)

    assert (one.figures.level, one.figures.says) == (Level.CRITICAL, "Worse: 7 ms")
    assert unknown.figures.says == "Worse: unknown now, 9 ms at worst"
    assert other.figures == fine(at=at)


def test_the_worst_level_is_of_what_is_known() -> None:
    assert worst([Level.UNKNOWN, Level.GOOD, Level.FAIR]) is Level.FAIR
    assert worst([Level.UNKNOWN]) is Level.UNKNOWN
    assert worst([]) is Level.UNKNOWN


def test_a_plan_is_drawn_and_put_on_record(operator: Client) -> None:
    page = operator.post(reverse("console-plans"), {"sql": "SELECT count(*) FROM performance_job WHERE id = 7"})

    assert "costliest" in page.content.decode()
    assert AuditEntry.objects.get().outcome == "done"


def test_what_is_not_planned_is_told_and_put_on_record(operator: Client) -> None:
    page = operator.post(reverse("console-plans"), {"sql": "DELETE FROM performance_job"}).content.decode()

    assert 'role="alert"' in page
    assert AuditEntry.objects.get().outcome == "refused"


def test_explaining_needs_its_own_right(onlooker: Client) -> None:
    assert onlooker.get(reverse("console-plans")).status_code == 403


def test_the_page_of_the_cache_tells_as_many_reads_as_there_were(operator: Client) -> None:
    for outcome, n in (("local", 1200), ("shared", 30), ("computed", 4)):
        make_bucket("cache.reads", [1.0] * n, at=timezone.now(), labels={"pattern": "a", "outcome": outcome})

    assert '<td class="number">1,234</td>' in operator.get(reverse("console-cache")).content.decode()


@pytest.mark.django_db(transaction=True)
def test_the_cache_is_dropped_after_a_look(operator: Client) -> None:
    fetch("test.console:1", tags=["console"], ttl_s=60, compute=lambda: Fresh(b"v"))

    looked = operator.get(reverse("console-cache"), {"pattern": "test.console:*"}).content.decode()
    everything = operator.post(reverse("console-cache-invalidate"), {"pattern": "*"}, follow=True).content.decode()
    dropped = operator.post(reverse("console-cache-invalidate"), {"pattern": "test.console:*"}, follow=True)

    assert "<strong>1</strong> entry of about" in looked
    assert "matches all" in everything
    assert "1 dropped." in dropped.content.decode()
    assert list(AuditEntry.objects.order_by("pk").values_list("outcome", flat=True)) == ["refused", "done"]


def test_a_page_drops_no_more_at_once_than_the_api(operator: Client) -> None:
    tags = " ".join(f"tag:{number}" for number in range(101))

    page = operator.post(reverse("console-cache-invalidate"), {"tags": tags}, follow=True).content.decode()

    assert "101 tags are too many at once" in page
    assert AuditEntry.objects.get().outcome == "refused"


def test_dropping_needs_its_own_right(onlooker: Client) -> None:
    assert onlooker.post(reverse("console-cache-invalidate"), {"tags": "a"}).status_code == 403
    assert onlooker.post(reverse("console-cache-warm")).status_code == 403
