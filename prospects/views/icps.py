"""Ideal customer profiles: the list, one with its versions, and writing it as text."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from performance.api.errors import DomainError
from performance.jobs.models import Job
from performance.views.permission import allowed, member
from performance.views.refusals import refusals_shown
from prospects.icp.errors import InvalidProfile, ProfileError
from prospects.icp.generate import KIND, request_draft
from prospects.icp.models import ICPVersion, IdealCustomerProfile
from prospects.icp.profile import Profile, parse_toml
from prospects.icp.services import activate, save_version
from prospects.icp.writing import to_toml
from prospects.llm import endpoints
from prospects.qualification.models import QualificationRun

EXAMPLES = Path(settings.BASE_DIR) / "examples"
RUNS = 5
# What a new profile begins with.
FIRST = "icp"


@dataclass(frozen=True, slots=True)
class Weight:
    """A criterion with its share of the score, 0-100."""

    criterion: dict[str, Any]
    share: float

    @property
    def says(self) -> str:
        """What it asks for, in a line."""
        said = self.criterion.get("any_of") or [self.criterion.get("text", "")]
        return ", ".join(str(part) for part in said if part)


@require_safe
@allowed("prospects.view_idealcustomerprofile")
def icp_list(request: HttpRequest) -> HttpResponse:
    return render(request, "prospects/icps.html", {"icps": IdealCustomerProfile.objects.for_list()})


@require_safe
@allowed("prospects.view_idealcustomerprofile")
def icp_page(request: HttpRequest, slug: str) -> HttpResponse:
    """The current version, or the one of `?version=`."""
    icp = get_object_or_404(IdealCustomerProfile.objects.select_related("current", "owner"), slug=slug)
    versions = list(icp.versions.select_related("created_by").order_by("-number"))
    if not versions:
        return render(request, "prospects/icp_drafting.html", {"icp": icp, "job": Job.objects.latest_for(KIND, icp.pk)})
    shown = icp.current or versions[0]
    if "version" in request.GET:
        shown = _asked_for(versions, request.GET["version"])
    context = {
        "icp": icp,
        "shown": shown,
        "versions": versions,
        "weights": _weights(shown.content),
        "personas": shown.content.get("personas", []),
        "runs": QualificationRun.objects.for_list().filter(icp_version__icp=icp)[:RUNS],
    }
    return render(request, "prospects/icp.html", context)


def _asked_for(versions: list[ICPVersion], number: str) -> ICPVersion:
    for version in versions:
        if str(version.number) == number:
            return version
    raise Http404("This profile has no such version.")


def _weights(content: dict[str, Any]) -> list[Weight]:
    criteria = content.get("criteria", [])
    total = sum(criterion["weight"] for criterion in criteria) or 1
    return [Weight(criterion, 100 * criterion["weight"] / total) for criterion in criteria]


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("prospects.add_idealcustomerprofile")
def icp_new(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        return _saved(request, icp=None)
    return _editor(request, text=_example(request.GET.get("example", "")), icp=None)


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("prospects.change_idealcustomerprofile")
def icp_edit(request: HttpRequest, slug: str) -> HttpResponse:
    icp = get_object_or_404(IdealCustomerProfile.objects.select_related("current"), slug=slug)
    if request.method == "POST":
        return _saved(request, icp=icp)
    if icp.current is None:
        return _editor(request, text=_example(FIRST), icp=icp)
    return _editor(request, text=to_toml(Profile.from_json(icp.current.content)), icp=icp)


@require_POST
@allowed("prospects.add_idealcustomerprofile")
def icp_draft(request: HttpRequest) -> HttpResponse:
    """Have the LLM write a profile from what a company says of itself."""
    name, description = (request.POST.get(field, "").replace("\x00", "") for field in ("name", "description"))
    try:
        submission = request_draft(name=name, description=description, owner=member(request))
    except DomainError as error:
        return _editor(request, text=_example(FIRST), icp=None, refusal=str(error))
    slug = IdealCustomerProfile.objects.values_list("slug", flat=True).get(
        pk__in=submission.batch.jobs.values("subject_id")
    )
    return redirect("icp", slug)


@require_POST
@allowed("prospects.change_idealcustomerprofile")
def icp_activate(request: HttpRequest, slug: str) -> HttpResponse:
    """Make the version of `version` (its number) the one that new runs use."""
    number = request.POST.get("version", "")
    version = get_object_or_404(ICPVersion, icp__slug=slug, number=number if number.isdecimal() else 0)
    with refusals_shown(request):
        activate(version_id=version.pk)
        messages.success(request, f"New runs use version {version.number}.")
    return redirect("icp", slug)


def _saved(request: HttpRequest, *, icp: IdealCustomerProfile | None) -> HttpResponse:
    """Keep the text as a version; what is wrong with it is shown beside it, as it was typed."""
    text = request.POST.get("text", "").replace("\r\n", "\n")
    try:
        version = save_version(
            profile=parse_toml(text), slug=icp.slug if icp else None, owner=member(request), origin="person"
        )
    except InvalidProfile as error:
        return _editor(request, text=text, icp=icp, problems=list(error.problems))
    except ProfileError as error:
        return _editor(request, text=text, icp=icp, problems=[str(error)])
    if icp and icp.current_id == version.pk:
        messages.info(request, "Nothing has changed, so there is no new version.")
    else:
        messages.success(request, f"Saved as version {version.number}. New runs use it; earlier runs keep theirs.")
    return redirect("icp", version.icp.slug)


def _editor(
    request: HttpRequest,
    *,
    text: str,
    icp: IdealCustomerProfile | None,
    problems: list[str] | None = None,
    refusal: str = "",
) -> HttpResponse:
    """`problems` are the text's, `refusal` is why nothing can be drafted."""
    context = {
        "text": text,
        "icp": icp,
        "problems": problems or [],
        "refusal": refusal,
        "can_draft": endpoints.configured() is not None,
        "examples": _examples(),
    }
    return render(request, "prospects/icp_edit.html", context, status=422 if problems or refusal else 200)


def _examples() -> dict[str, str]:
    """The titles of the examples that come with Assay, by the names of their files."""
    return {path.stem: parse_toml(path.read_text()).title for path in sorted(EXAMPLES.glob("*.toml"))}


def _example(name: str) -> str:
    """The text of an example by name, or the first."""
    return (EXAMPLES / f"{name if name in _examples() else FIRST}.toml").read_text(encoding="utf-8")
