"""The dashboard's answer to "how do things stand?", read in a fixed number of statements."""

from dataclasses import dataclass
from datetime import datetime

from analytics.dashboard.spend import Spend, spend
from analytics.dashboard.waiting import Waiting, waiting
from prospects.companies.models import Prospect
from prospects.icp.models import IdealCustomerProfile
from prospects.intake.models import Import
from prospects.qualification.models import Fit, QualificationRun

ACTIVE_RUNS = 8
RECENT_RUNS = 8
PROFILES = 3
TOP = 6


@dataclass(frozen=True, slots=True)
class Top:
    """The best prospects of one profile."""

    icp: IdealCustomerProfile
    fits: list[Fit]


@dataclass(frozen=True, slots=True)
class Summary:
    active: list[QualificationRun]
    recent: list[QualificationRun]
    tops: list[Top]
    waiting: Waiting
    spend: Spend
    has_prospects: bool
    open_imports: list[Import]

    @property
    def active_count(self) -> str:
        """How many runs are active, as far as they are shown: "8+" beyond that."""
        return f"{len(self.active)}{'+' if len(self.active) == ACTIVE_RUNS else ''}"

    @property
    def open_jobs(self) -> int:
        """Prospects of the active runs that aren't judged yet."""
        batches = [run.batch for run in self.active]
        return sum(one.total - one.succeeded - one.dead - one.parked - one.cancelled for one in batches)

    @property
    def is_empty(self) -> bool:
        """Nothing has been brought in yet: the page shows where to begin."""
        return not (self.active or self.recent or self.has_prospects or self.open_imports)


def summary(*, at: datetime) -> Summary:
    return Summary(
        active=list(QualificationRun.objects.active()[:ACTIVE_RUNS]),
        recent=list(QualificationRun.objects.recent(limit=RECENT_RUNS)),
        tops=[top for icp in IdealCustomerProfile.objects.latest_used(PROFILES) if (top := _top(icp)).fits],
        waiting=waiting(),
        spend=spend(at=at),
        has_prospects=Prospect.objects.present().exists(),
        open_imports=list(Import.objects.unfinished()[:5]),
    )


def _top(icp: IdealCustomerProfile) -> Top:
    return Top(icp, list(Fit.objects.top(icp.pk)[:TOP]))
