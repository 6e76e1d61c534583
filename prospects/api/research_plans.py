"""From what was asked at POST /company/… to a plan of research."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any, BinaryIO, cast

from django.core.files.uploadedfile import UploadedFile

from prospects.api.plans import AS_ASKED, wanted_of
from prospects.companies.models import Prospect
from prospects.qualification.plan import RunPlan
from prospects.research.company_file import companies_in, sides
from prospects.research.errors import UnknownProspects
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
    """The plan of a validated BatchSubmitSerializer or BatchFileSerializer."""
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
    if "file" in asked:
        return _in_file(asked["file"])
    if "domains" in asked:
        return {"domains": asked["domains"], "source": "domains"}
    if "search_session" in asked:
        session = asked["search_session"]
        return {"domains": sites_of(session), "session": session, "source": "search"}
    if "companies" in asked:
        return {"company_ids": asked["companies"], "source": "filter"}
    if (wanted := wanted_of(asked)) is not None:
        return {"company_ids": companies_of(Prospect.objects.matching(wanted)), "source": "filter"}
    return {"company_ids": _companies_of(asked["prospects"]), "source": "filter"}


def _companies_of(prospect_ids: Collection[int]) -> list[int]:
    """Raises UnknownProspects: whoever names them means all of them."""
    found = dict(Prospect.objects.present().filter(pk__in=prospect_ids).values_list("pk", "company"))
    if missing := sorted(set(prospect_ids) - found.keys()):
        raise UnknownProspects(missing)
    return sorted(set(found.values()))


def _in_file(file: UploadedFile) -> dict[str, Any]:
    """Raises NoCompanyColumn, TooManyCompanies and IntakeError."""
    names, domains = sides(companies_in(cast(BinaryIO, file), name=file.name or ""))
    return {"names": names, "domains": domains, "source": "file", "file": file.name or ""}


def companies_of(prospects: Any) -> list[int]:
    """The companies of these prospects, each once."""
    return sorted(set(prospects.order_by().values_list("company", flat=True)))
