"""The rows behind the figures about work: batches and jobs, for everybody who may look at them."""

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_safe

from performance.jobs.kinds import queues_by_kind
from performance.jobs.models import Batch, Job
from performance.views.keyset import Order, keyset_page
from performance.views.permission import allowed

NEWEST_FIRST = Order("id", is_descending=True)


@dataclass(frozen=True, slots=True)
class JobFilter:
    """What the address of the job list says. Whatever isn't known is left out."""

    state: str
    queue: str
    batch: int | None

    @classmethod
    def read(cls, query: QueryDict) -> "JobFilter":
        state, queue, batch = query.get("state", ""), query.get("queue", ""), query.get("batch", "")
        return cls(
            state=state if state in Job.State.values else "",
            queue=queue if queue in settings.QUEUES else "",
            batch=int(batch) if batch.isdecimal() and len(batch) < 19 else None,
        )

    def apply(self, jobs: QuerySet[Job]) -> QuerySet[Job]:
        if self.state:
            jobs = jobs.filter(state=self.state)
        if self.batch is not None:
            jobs = jobs.filter(batch=self.batch)
        if self.queue:
            jobs = jobs.filter(kind__in=[kind for kind, queue in queues_by_kind().items() if queue == self.queue])
        return jobs


@require_safe
@allowed("performance.view_job")
def job_list(request: HttpRequest) -> HttpResponse:
    wanted = JobFilter.read(request.GET)
    jobs = wanted.apply(Job.objects.for_list())
    page = keyset_page(jobs, order=NEWEST_FIRST, cursor=request.GET.get("after", ""), size=50)
    choices = {"states": Job.State.choices, "queues": settings.QUEUES}
    return render(request, "performance/jobs.html", {"page": page, "wanted": wanted, **choices})


@require_safe
@allowed("performance.view_batch")
def batch_list(request: HttpRequest) -> HttpResponse:
    batches = Batch.objects.for_list()
    state, since = request.GET.get("state", ""), _date(request.GET.get("since", ""))
    if state in Batch.State.values:
        batches = batches.filter(state=state)
    if since is not None:
        batches = batches.filter(created_at__date__gte=since)
    if request.GET.get("paid"):
        batches = batches.filter(calls__gt=0)
    page = keyset_page(batches, order=NEWEST_FIRST, cursor=request.GET.get("after", ""), size=50)
    return render(request, "performance/batches.html", {"page": page, "state": state, "states": Batch.State.choices})


def _date(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None
