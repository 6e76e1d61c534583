"""From what was asked at POST /company/… to a plan of research."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from prospects.api.plans import AS_ASKED
from prospects.api.serializers.prospects import filter_of
from prospects.companies.models import Prospect
from prospects.qualification.plan import RunPlan
from prospects.research.plan import ResearchPlan
from prospects.search.services import sites_of

# Names of the API, and of the plan.
_NAMES = {
    "extraction_mode": "mode",
    "priority": "priority",
    "max_concurrent": "max_concurrent",
    "timeout_seconds": "timeout_s",
    "include_failed_results": "includes_failed",
    "export_format": "export_format",
    "budget": "budget_micros",
    "force": "is_forced",
    "rescore": "rescore",
}


def plan_of(asked: Mapping[str, Any]) -> ResearchPlan:
    """The plan of a validated BatchSubmitSerializer."""
    then = run_plan_of(asked["qualify"]) if "qualify" in asked else None
    return ResearchPlan(**_how(asked), **_whom(asked), then=then)


def one_plan_of(asked: Mapping[str, Any]) -> ResearchPlan:
    """The plan of a validated ExtractSerializer: a batch of one."""
    name, domain = asked["company_name"].strip(), asked["domain"].strip()
    if not name:
        return ResearchPlan(**_how(asked), domains=[domain], source="domains")
    return ResearchPlan(**_how(asked), names=[name], domains=[domain], source="names")


def run_plan_of(asked: Mapping[str, Any]) -> RunPlan:
    """The run of a validated ThenSerializer. Whose prospects it judges follows from the research."""
    given = {name: asked[name] for name in AS_ASKED if name in asked}
    if "budget" in asked:
        given["budget_micros"] = asked["budget"]
    return RunPlan(prospect_ids=(), icp_version=asked["icp"].current, **given)


def research_plan_of(run: RunPlan) -> ResearchPlan:
    """The research of the companies of a run's prospects, which the run then follows."""
    found = Prospect.objects.present().filter(pk__in=run.prospect_ids)
    then = replace(run, prospect_ids=())
    return ResearchPlan(company_ids=companies_of(found), source="filter", priority=run.priority, then=then)


def _how(asked: Mapping[str, Any]) -> dict[str, Any]:
    given = {theirs: asked[ours] for ours, theirs in _NAMES.items() if ours in asked}
    return given | {"country": asked.get("country", "").upper(), "language": asked.get("language", "").lower()}


def _whom(asked: Mapping[str, Any]) -> dict[str, Any]:
    if "company_names" in asked:
        return {"names": asked["company_names"], "domains": asked.get("domain_hints", ()), "source": "names"}
    if "domains" in asked:
        return {"domains": asked["domains"], "source": "domains"}
    if "search_session" in asked:
        session = asked["search_session"]
        return {"domains": sites_of(session), "session": session, "source": "search"}
    if "companies" in asked:
        return {"company_ids": asked["companies"], "source": "filter"}
    found = Prospect.objects.present()
    if "filter" in asked:
        found = Prospect.objects.matching(filter_of(asked["filter"]))
    else:
        found = found.filter(pk__in=asked["prospects"])
    return {"company_ids": companies_of(found), "source": "filter"}


def companies_of(prospects: Any) -> list[int]:
    """The companies of these prospects, each once."""
    return sorted(set(prospects.order_by().values_list("company", flat=True)))
