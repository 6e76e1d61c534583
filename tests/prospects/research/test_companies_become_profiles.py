"""Batches over a small web of our own, worked off by the engine in this process."""

from collections.abc import Callable
from dataclasses import replace
from unittest.mock import ANY

import pytest
from django.db import transaction

from performance.jobs.models import Batch, Job
from prospects.companies.models import Company, Prospect
from prospects.company_profiles.models import CompanyProfile, ProfileValue
from prospects.crawl.models import CrawlJob
from prospects.extraction.modes import MODES, Mode
from prospects.qualification.models import QualificationRun
from prospects.qualification.plan import RunPlan
from prospects.research.following import follow, follow_left
from prospects.research.models import ResearchBatch, ResearchItem
from prospects.research.plan import ResearchPlan
from prospects.research.services import submit_research
from prospects.research.statistics import outcome_counts, statistics
from tests import factories
from tests.servers.web.running import RunningWeb

pytestmark = pytest.mark.django_db(transaction=True)
WorkOff = Callable[[], None]


def plan(web: RunningWeb, count: int = 3, **more: object) -> ResearchPlan:
    domains = [one.domain for one in web.with_trait("plain")[:count]]
    return replace(ResearchPlan(domains=domains, mode="contact_focused", max_concurrent=3), **more)  # type: ignore[arg-type]  # a test says what it means


def pages(web: RunningWeb, *, since: int) -> set[str]:
    return {one.path for one in web.log(since=since)} - {"/robots.txt", "/sitemap.xml"}


def test_domains_become_companies_with_what_their_sites_say(web: RunningWeb, work_off: WorkOff) -> None:
    research = submit_research(plan(web)).research

    work_off()

    assert Batch.objects.get(pk=research.pk).state == "finished"
    items = list(ResearchItem.objects.filter(research=research))
    assert [(one.outcome, one.error) for one in items] == [("done", "")] * 3
    truth = {one.domain: one for one in web.companies}
    for company in Company.objects.all():
        known = truth[company.domain]
        assert company.name in (known.name, known.legal_name)
        assert company.email == f"info@{known.domain}"
        assert company.provenance["name"]["method"] == "research"
    assert CompanyProfile.objects.filter(identity="confirmed").count() == 3
    assert set(CrawlJob.objects.values_list("state", "batch")) == {("done", research.pk)}
    assert all(value.text_id and value.begins is not None for value in ProfileValue.objects.all())


@pytest.mark.parametrize("mode", MODES.values(), ids=lambda mode: mode.name)
def test_a_mode_is_a_preset_of_fields_and_pages(web: RunningWeb, work_off: WorkOff, mode: Mode) -> None:
    submit_research(plan(web, 1, mode=mode.name))

    work_off()

    found = set(ProfileValue.objects.values_list("field", flat=True))
    crawl = CrawlJob.objects.get()
    assert CompanyProfile.objects.get().mode == mode.name
    assert found <= mode.fields
    assert 1 <= crawl.new <= mode.most_pages
    # It is left as soon as all is found that it is asked for.
    assert (crawl.stop_reason == "fields") is bool(mode.needed and found >= mode.needed)
    assert crawl.stop_reason in {"fields", "pages", "done"}


def test_what_is_fresh_is_not_asked_for_again(web: RunningWeb, work_off: WorkOff) -> None:
    submit_research(plan(web))
    work_off()
    asked = len(web.log())

    again = submit_research(plan(web)).research
    work_off()

    assert len(web.log()) == asked
    assert outcome_counts(again.pk) == {"done": 3, "partial": 0, "failed": 0, "cached": 3, "changed": 0}


def test_within_the_pages_ttl_a_forced_research_reads_the_web_and_another_mode_reads_the_store(
    web: RunningWeb, work_off: WorkOff
) -> None:
    began = len(web.log())
    submit_research(plan(web, 1))
    work_off()
    first = pages(web, since=began)

    asked = len(web.log())
    submit_research(plan(web, 1, mode="financial_focused"))
    work_off()
    more = pages(web, since=asked)
    asked = len(web.log())
    submit_research(plan(web, 1, mode="financial_focused", is_forced=True))
    work_off()

    assert {"/", "/contact"} <= first
    # A page that leads to the home was not known before, and is followed there.
    assert first.isdisjoint(more - {"/"})
    assert first & pages(web, since=asked)


def test_a_company_that_fails_leaves_the_others_alone(web: RunningWeb, work_off: WorkOff) -> None:
    good, denied = web.with_trait("plain")[0].domain, web.with_trait("denied")[0].domain

    research = submit_research(plan(web, domains=[good, denied])).research
    work_off()

    failed = ResearchItem.objects.get(outcome="failed")
    assert failed.asked_domain == denied
    assert (failed.code, failed.quality) == ("robots", 0)
    assert "robots.txt" in failed.error
    assert outcome_counts(research.pk) == {"done": 1, "partial": 0, "failed": 1, "cached": 0, "changed": 1}


def test_a_name_without_an_engine_is_a_result_that_says_so(work_off: WorkOff) -> None:
    research = submit_research(ResearchPlan(names=["Globex Corporation"], source="names")).research

    work_off()

    item = ResearchItem.objects.get(research=research)
    assert (item.outcome, item.code, item.asked_name) == ("partial", "no_search", "Globex Corporation")
    assert [one["code"] for one in item.degraded] == ["no_search"]


def test_a_run_follows_over_the_prospects_of_the_companies(web: RunningWeb, work_off: WorkOff) -> None:
    then = RunPlan(prospect_ids=(), icp_version=factories.make_icp_version(), title="Then")

    research = submit_research(plan(web, 2, then=then)).research
    work_off()

    research.refresh_from_db()
    assert research.is_followed
    run = QualificationRun.objects.select_related("batch").get()
    assert research.then_run == run
    assert run.batch.title == "Then"
    assert set(run.batch.jobs.values_list("subject_id", flat=True)) == set(
        Prospect.objects.values_list("pk", flat=True)
    )


def test_what_could_not_be_followed_at_the_end_is_followed_later_and_once() -> None:
    version = factories.make_icp_version()
    batch = factories.make_batch(kind="research.company", state="finished", finished_at=factories.AT, total=1)
    research = factories.make_research(
        batch=batch, then_icp_version=version, then={"prompt_version": None}, is_followed=False
    )
    factories.make_job(batch=batch, subject_id=factories.make_prospect().company_id)

    assert (follow_left(), follow_left()) == (1, 0)
    run = follow(batch.pk)

    assert QualificationRun.objects.get() == run
    assert ResearchBatch.objects.get(pk=research.pk).then_run == run


def test_a_refused_run_is_said_and_does_not_come_back() -> None:
    """No prospect is left to be judged."""
    batch = factories.make_batch(kind="research.company", state="finished", finished_at=factories.AT, total=1)
    then = {"then_icp_version": factories.make_icp_version(), "then": {"prompt_version": None}}
    research = factories.make_research(batch=batch, is_followed=False, **then)

    assert follow_left() == 1

    research.refresh_from_db()
    assert (research.is_followed, research.then_run) == (True, None)
    assert research.then_says.startswith("No run was started: There is nobody to qualify")


def test_changed_companies_are_judged_anew_where_that_was_asked_for(web: RunningWeb, work_off: WorkOff) -> None:
    domain = web.with_trait("plain")[0].domain
    company = factories.make_company(name=domain, domain=domain)
    company.keys.create(key=f"domain:{domain}")
    fit = factories.make_fit(
        qualification=factories.make_qualification(prospect=factories.make_prospect(company=company))
    )
    factories.make_fit()

    submit_research(plan(web, domains=[domain], rescore=True))
    work_off()

    anew = QualificationRun.objects.select_related("batch").order_by("-batch_id")[0]
    assert anew.batch.title.startswith("After Research of")
    assert anew.icp_version == fit.icp.current
    assert list(anew.batch.jobs.values_list("subject_id", flat=True)) == [fit.prospect_id]


def test_a_company_that_was_deleted_meanwhile_is_left_out(web: RunningWeb, work_off: WorkOff) -> None:
    research = submit_research(plan(web, 2)).research
    Company.objects.order_by("pk")[0].delete()

    work_off()

    assert ResearchItem.objects.filter(research=research).count() == 1
    assert set(Job.objects.values_list("state", "error_code")) == {("succeeded", ""), ("dead", "gone")}


def test_statistics_count_each_company_once_by_its_last(web: RunningWeb, work_off: WorkOff) -> None:
    first = submit_research(plan(web, 2)).research
    work_off()
    submit_research(plan(web, 2))
    work_off()

    everything, of_first = statistics(None), statistics(Batch.objects.get(pk=first.pk))

    assert (everything["companies"], everything["cached"]) == (2, 2)
    assert (of_first["companies"], of_first["cached"], of_first["changed"]) == (2, 0, 2)
    assert of_first["coverage"]["email"] == 1.0
    assert of_first["industries"] == [ANY] if len(of_first["industries"]) == 1 else [ANY, ANY]


def test_nothing_is_submitted_of_what_the_run_would_be_refused_for(web: RunningWeb) -> None:
    then = RunPlan(prospect_ids=(), icp_version=factories.make_icp_version(), qualifier="llm")

    with pytest.raises(Exception, match="No LLM is set up"), transaction.atomic():
        submit_research(plan(web, then=then))

    assert not Batch.objects.exists()
    assert not Company.objects.exists()


def test_what_failed_is_said_to_have_failed_when_it_is_asked_for_again(web: RunningWeb, work_off: WorkOff) -> None:
    """Within the hour nobody is asked again; that alone makes nothing of a failure."""
    denied, gone = web.with_trait("denied")[0].domain, "no-such-host-here.com"
    submit_research(plan(web, domains=[denied, gone]))
    work_off()
    first = list(ResearchItem.objects.order_by("company").values("outcome", "code", "error", "degraded"))
    asked = len(web.log())

    again = submit_research(plan(web, domains=[denied, gone])).research
    work_off()

    assert len(web.log()) == asked
    items = ResearchItem.objects.filter(research=again, is_cached=True).order_by("company")
    assert list(items.values("outcome", "code", "error", "degraded")) == first
    assert [one["outcome"] for one in first] == ["failed", "failed"]


def test_a_site_that_may_be_anothers_stays_so_when_it_is_asked_for_again(work_off: WorkOff, web: RunningWeb) -> None:
    domain = web.with_trait("plain")[0].domain
    factories.make_company(name="Somebody Else Entirely", domain=domain).keys.create(key=f"domain:{domain}")
    research = [submit_research(plan(web, domains=[domain], is_forced=True)).research]
    work_off()
    CompanyProfile.objects.update(identity="unsure", identity_says="Its name isn't on the site.")

    research.append(submit_research(plan(web, domains=[domain])).research)
    work_off()

    item = ResearchItem.objects.get(research=research[-1])
    assert (item.outcome, item.code, item.error) == ("partial", "unsure_site", "Its name isn't on the site.")


def test_that_valkey_was_away_then_says_nothing_of_now(web: RunningWeb, work_off: WorkOff) -> None:
    submit_research(plan(web, 1))
    work_off()
    CompanyProfile.objects.update(degraded=[{"code": "no_valkey", "says": "-"}, {"code": "llm_off", "says": "-"}])

    again = submit_research(plan(web, 1)).research
    work_off()

    item = ResearchItem.objects.get(research=again)
    assert (item.is_cached, item.outcome) == (True, "done")
    assert [one["code"] for one in item.degraded] == ["llm_off"]
