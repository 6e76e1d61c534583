"""What is made before anybody asks: what people open first, and what forms and filters are made of."""

from collections.abc import Iterator
from datetime import timedelta

from django.utils import timezone

from performance.cache.pages import warm_pages
from performance.cache.warming import Warmer, register
from prospects.companies.models import Company
from prospects.icp.models import IdealCustomerProfile
from prospects.qualification.models import Fit, QualificationRun
from prospects.research.models import ResearchBatch
from prospects.research.statistics import TTL_S, refresh_statistics
from prospects.search.models import SearchSession

RUNS, PROFILES, COMPANIES, SEARCHES, RESEARCHES = 10, 5, 20, 10, 5
LATELY = timedelta(days=1)


def register_warmers() -> None:
    """In AppConfig.ready."""
    register(Warmer("metadata", priority=0, every_s=600, warm=_metadata))
    register(Warmer("profiles", priority=1, every_s=240, warm=lambda: warm_pages(_profiles())))
    register(Warmer("recent runs", priority=2, every_s=240, warm=lambda: warm_pages(_runs())))
    register(Warmer("popular companies", priority=3, every_s=240, warm=lambda: warm_pages(_companies())))
    register(Warmer("recent searches", priority=4, every_s=240, warm=lambda: warm_pages(_searches())))
    register(Warmer("recent research", priority=4, every_s=240, warm=lambda: warm_pages(["/api/v1/company/batch"])))
    # Of 100,000 companies they take a second or two: made anew before they would be, by somebody who waits for them.
    register(Warmer("research statistics", priority=5, every_s=TTL_S - 60, warm=_statistics))


def _metadata() -> int:
    countries = Company.objects.countries()
    return bool(countries) + warm_pages(["/api/v1/imports/fields", "/api/v1/prompts"])


def _profiles() -> Iterator[str]:
    yield "/api/v1/icps"
    for slug in IdealCustomerProfile.objects.latest_used(PROFILES).values_list("slug", flat=True):
        yield f"/api/v1/icps/{slug}"


def _runs() -> Iterator[str]:
    yield from ("/api/v1/runs", "/api/v1/runs/recent")
    for run_id in QualificationRun.objects.order_by("-batch_id").values_list("pk", flat=True)[:RUNS]:
        yield f"/api/v1/runs/{run_id}"


def _companies() -> Iterator[str]:
    """The list, and the best of the profiles that runs used last."""
    yield "/api/v1/prospects"
    for icp in IdealCustomerProfile.objects.latest_used(PROFILES):
        best = Fit.objects.top(icp.pk).values_list("prospect_id", flat=True)
        yield from (f"/api/v1/prospects/{prospect_id}" for prospect_id in best[: COMPANIES // PROFILES])


def _searches() -> Iterator[str]:
    """The list, and what the last that have ended found; how far a session is lasts for a second."""
    yield "/api/v1/search/sessions"
    for session_id in SearchSession.objects.ended().values_list("pk", flat=True)[:SEARCHES]:
        yield from (f"/api/v1/search/sessions/{session_id}/{what}" for what in ("queries", "results"))


def _statistics() -> int:
    """Of the last batches that ended within a day, and of all. Where none did, nobody looks often enough."""
    ended = ResearchBatch.objects.filter(batch__finished_at__gte=timezone.now() - LATELY).order_by("-batch_id")
    recent = list(ended.values_list("pk", flat=True)[:RESEARCHES])
    return refresh_statistics(recent) if recent else 0
