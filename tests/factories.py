"""Plain functions that build the smallest valid row. Whatever matters to a test is passed by the test."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from django.contrib.auth.models import Permission
from django.utils import timezone

from performance.access.models import User
from performance.jobs.models import Batch, Job, PaidCall, Worker
from performance.webhooks.models import WebhookDelivery, WebhookEndpoint, WebhookEvent
from prospects.companies.models import Company, Prospect
from prospects.company_profiles.models import CompanyProfile, ProfileConflict, ProfileValue
from prospects.crawl.models import CrawlJob
from prospects.filters.models import SavedFilter
from prospects.icp.models import ICPVersion, IdealCustomerProfile
from prospects.intake.models import Import, ImportRow, RowOutcome
from prospects.pages.models import Page, PageText
from prospects.pages.parsing import text_hash
from prospects.pages.texts import packed
from prospects.pages.urls import page_id
from prospects.qualification.models import Fit, FitLevel, Qualification, QualificationRun, Qualifier
from prospects.research.models import ResearchBatch
from prospects.search.models import SearchQuery, SearchResult, SearchSession

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
_numbers = count(1)


def make_research(*, batch: Batch | None = None, **fields: Any) -> ResearchBatch:
    """Of a batch that is under way, with no company yet."""
    batch = batch or make_batch(kind="research.company", title="Research")
    return ResearchBatch.objects.create(
        **{"batch": batch, "mode": "standard", "source": "domains", "asked": 1} | fields
    )


def make_user(*, permissions: Sequence[str] = (), **fields: Any) -> User:
    """A member of the team who holds exactly `permissions` ("<app>.<codename>"). The password is "s3cret-enough"."""
    number = next(_numbers)
    user = User.objects.create_user(
        **{"username": f"user-{number}", "password": "s3cret-enough", "email": f"user-{number}@example.com"} | fields
    )
    for name in permissions:
        app, codename = name.split(".")
        user.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
    return user


def make_company(**fields: Any) -> Company:
    number = next(_numbers)
    return Company.objects.create(**{"name": f"Company {number}", "domain": f"company-{number}.example"} | fields)


def make_prospect(*, company: Company | None = None, **fields: Any) -> Prospect:
    return Prospect.objects.create(company=company or make_company(), **fields)


def make_profile(*, company: Company | None = None, **fields: Any) -> CompanyProfile:
    plain = {"mode": "standard", "identity": "confirmed", "researched_at": AT, "changed_at": AT}
    return CompanyProfile.objects.create(company=company or make_company(), **plain | fields)


def make_value(*, company: Company | None = None, **fields: Any) -> ProfileValue:
    """A value that no page in the store says."""
    plain = {"field": "city", "value": "Bonn", "key": f"value-{next(_numbers)}", "confidence": 90, "method": "json_ld"}
    seen = {"url": "https://acme.example/", "found_at": AT, "last_seen_at": AT}
    return ProfileValue.objects.create(company=company or make_company(), **plain | seen | fields)


def make_conflict(*, company: Company | None = None, **fields: Any) -> ProfileConflict:
    """An open one between what a file said and what a page says."""
    plain = {"field": "city", "current": "Cologne", "current_method": "file", "offered": "Bonn", "reason": "file"}
    key = {"key": f"value-{next(_numbers)}"}
    return ProfileConflict.objects.create(company=company or make_company(), **plain | key | fields)


CRITERIA = [
    {"key": "industry", "kind": "industry", "label": "Food manufacturing", "weight": 60, "must": True,
     "any_of": ["Food manufacturing"]},
    {"key": "employees", "kind": "employees", "label": "50 to 2,000 employees", "weight": 40, "must": False,
     "min": 50, "max": 2000},
]  # fmt: skip


def make_icp(**fields: Any) -> IdealCustomerProfile:
    """A profile with a current version of two criteria."""
    number = next(_numbers)
    icp = IdealCustomerProfile.objects.create(**{"slug": f"icp-{number}", "title": f"Profile {number}"} | fields)
    icp.current = make_icp_version(icp=icp)
    icp.save(update_fields=["current"])
    return icp


def make_saved_filter(**fields: Any) -> SavedFilter:
    """Of companies in Germany."""
    return SavedFilter.objects.create(**{"name": f"Filter {next(_numbers)}", "country": "DE"} | fields)


def make_icp_version(*, icp: IdealCustomerProfile | None = None, **fields: Any) -> ICPVersion:
    if icp is None:
        current = make_icp().current
        assert current is not None
        return current
    number = icp.versions.count() + 1
    content = {"title": icp.title, "description": "", "criteria": CRITERIA, "personas": []}
    digest = hashlib.sha256(f"{icp.pk}:{number}".encode()).hexdigest()
    return ICPVersion.objects.create(
        icp=icp, **{"number": number, "content": content, "content_hash": digest, "completeness": 50} | fields
    )


def make_batch(**fields: Any) -> Batch:
    return Batch.objects.create(**{"kind": "qualification.run", "title": "A batch", "started_at": AT} | fields)


def make_job(*, batch: Batch | None = None, **fields: Any) -> Job:
    batch = batch or make_batch(total=1)
    plain = {"kind": batch.kind, "subject_id": next(_numbers), "available_at": AT, "created_at": AT}
    if fields.get("state") == Job.State.LEASED:
        plain["lease_until"] = timezone.now() + timedelta(minutes=1)
    return Job.objects.create(batch=batch, **plain | fields)


def make_paid_call(**fields: Any) -> PaidCall:
    key = hashlib.sha256(str(next(_numbers)).encode()).hexdigest()
    return PaidCall.objects.create(**{"key": key, "reserved_at": AT, "state": PaidCall.State.SUCCEEDED} | fields)


def make_worker(**fields: Any) -> Worker:
    now = timezone.now()
    plain = {"role": "worker", "host": "host", "pid": 1, "queues": ["qualification"], "started_at": now, "seen_at": now}
    return Worker.objects.create(**{"name": f"worker-{next(_numbers)}"} | plain | fields)


def make_run(*, batch: Batch | None = None, icp_version: ICPVersion | None = None, **fields: Any) -> QualificationRun:
    return QualificationRun.objects.create(
        batch=batch or make_batch(title="A run"),
        icp_version=icp_version or make_icp_version(),
        **{"qualifier": Qualifier.RUBRIC} | fields,
    )


def fit_level(score: int) -> str:
    """The level of a score by the table of the vocabulary, spelled out so that tests don't lean on what they test."""
    if score >= 80:
        return FitLevel.EXCELLENT
    if score >= 60:
        return FitLevel.GOOD
    return FitLevel.FAIR if score >= 40 else FitLevel.POOR


def make_qualification(
    *, run: QualificationRun | None = None, prospect: Prospect | None = None, **fields: Any
) -> Qualification:
    score = fields.pop("score", 75)
    verdicts = [
        {**{name: criterion[name] for name in ("label", "kind", "weight", "must")}, "criterion": criterion["key"],
         "outcome": "met", "confidence": 0.9, "quote": "", "source": "", "note": ""}
        for criterion in CRITERIA
    ]  # fmt: skip
    plain = {"qualifier": Qualifier.RUBRIC, "score": score, "fit": fit_level(score), "verdicts": verdicts}
    return Qualification.objects.create(
        run=run or make_run(), prospect=prospect or make_prospect(), **plain | {"created_at": AT} | fields
    )


def make_fit(*, qualification: Qualification | None = None, **fields: Any) -> Fit:
    """The current verdict that `qualification` amounts to."""
    qualification = qualification or make_qualification()
    plain = {"score": qualification.score, "level": qualification.fit, "updated_at": AT}
    return Fit.objects.create(
        prospect=qualification.prospect,
        icp=qualification.run.icp_version.icp,
        qualification=qualification,
        **plain | fields,
    )


def make_import(**fields: Any) -> Import:
    return Import.objects.create(**{"name": "prospects.csv", "format": "csv", "headers": ["Name", "Website"]} | fields)


def make_import_row(*, import_run: Import | None = None, **fields: Any) -> ImportRow:
    import_run = import_run or make_import()
    plain = {"line": import_run.rows.count() + 2, "raw": ["Acme", "acme.example"]}
    settled = {name: fields.pop(name) for name in ("outcome", "reason", "prospect", "before") if name in fields}
    row = ImportRow.objects.create(import_run=import_run, **plain | fields)
    if settled:
        RowOutcome.objects.create(row=row, import_run=import_run, **{"outcome": "create"} | settled)
    return row


def make_webhook() -> dict[str, int]:
    """The ids of an endpoint and of a delivery to it, as addresses of the API name them."""
    endpoint = WebhookEndpoint.objects.create(url="https://example.com/hook", description=f"Hook {next(_numbers)}")
    event = WebhookEvent.objects.create(message_id=f"msg_{next(_numbers)}", type="a.b", body="{}", created_at=AT)
    delivery = WebhookDelivery.objects.create(event=event, endpoint=endpoint, created_at=AT)
    return {"endpoint_id": endpoint.pk, "delivery_id": delivery.pk}


def make_crawl(**fields: Any) -> CrawlJob:
    """A crawl that waits."""
    return CrawlJob.objects.create(**{"site": f"site-{next(_numbers)}.com"} | fields)


def make_page(**fields: Any) -> Page:
    """A page that was read, with its text."""
    body = f"Page {next(_numbers)}"
    text = PageText.objects.create(pk=text_hash(body), body=packed(body), visible_length=len(body), length=len(body))
    url = f"https://www.site-{next(_numbers)}.com/"
    times = dict.fromkeys(("first_seen_at", "fetched_at", "changed_at", "text_at"), AT)
    row = {"id": page_id(url), "site": url[12:-1], "url": url, "outcome": "read", "text": text, **times}
    return Page.objects.create(**row | fields)


def make_search(*, texts: Sequence[str] = ("acme",), **fields: Any) -> SearchSession:
    """A session that was searched: each query found one site."""
    session = SearchSession.objects.create(
        **{"engine": "searxng", "batch": make_batch(state="finished", finished_at=AT)} | fields
    )
    for position, text in enumerate(texts):
        query = SearchQuery.objects.create(
            session=session, position=position, text=text, key="0" * 64, state="done", result_count=1
        )
        site = f"site-{next(_numbers)}.com"
        SearchResult.objects.create(query=query, session=session, rank=1, url=f"https://{site}/", domain=site)
    return session
