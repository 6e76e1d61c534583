"""The kind of job "icp.generate": the LLM drafts a profile of the customers a company could win."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.conf import settings
from django.db import transaction

from performance.access.models import User
from performance.jobs.kinds import Calls, ClaimedJob, Finished, GiveUp, Kind, PauseBatch, Policy
from performance.jobs.submission import BatchOptions, Subject, Submission, submit_batch
from prospects.icp.criteria import slugify
from prospects.icp.drafting import KINDS, read_draft
from prospects.icp.errors import ArchivedProfile, InvalidProfile, NotGenerated
from prospects.icp.models import IdealCustomerProfile
from prospects.icp.profile import Profile
from prospects.icp.services import save_draft
from prospects.llm import endpoints
from prospects.llm.gateway import gateway_for_loop
from prospects.llm.repair import PROMPT as REPAIR
from prospects.llm.requests import ChatRequest
from prospects.llm.wire import load_transport
from prospects.prompts import services as prompts
from prospects.prompts.models import PromptVersion
from prospects.prompts.render import render
from prospects.qualification.rules.evidence import Document

KIND = "icp.generate"
PROMPT = "generate-icp"
PURPOSE = "icp.generate"
SHORTEST_DESCRIPTION = 40
LONGEST_DESCRIPTION = 12_000
ANSWER_TOKENS = 4_000


@dataclass(frozen=True, slots=True)
class Brief:
    """What one job needs: the profile that gets the draft, and the prompt."""

    icp: IdealCustomerProfile
    prompt: PromptVersion


@dataclass(frozen=True, slots=True)
class Draft:
    """A generated profile, and where it goes."""

    profile: Profile
    slug: str
    owner: User | None


def request_draft(
    *, name: str, description: str, owner: User | None = None, budget_micros: int | None = None
) -> Submission:
    """Have a profile drafted from what the company `name` says of itself. Atomic; the same request twice is one.

    The draft becomes a version with origin "llm" of the profile "<name>'s customers", not yet current: `activate` it
    when it is right. Raises NotGenerated when no LLM is set up or the description is too short or too long.
    """
    text = _checked(name=name, description=description)
    config = endpoints.configured()
    if config is None:
        raise NotGenerated("No LLM is set up: give OPENAI_API_KEY or OPENAI_BASE_URL, or write the profile by hand.")
    title = f"{name.strip()[:150]}'s customers"
    prompt = prompts.active(PROMPT)
    work = f"{KIND}\0{title}\0{text}\0{config.base_url}\0{config.model}\0{prompt.pk}"
    budget = round(settings.RUN_BUDGET_USD * 1_000_000) if budget_micros is None else budget_micros
    options = BatchOptions(
        owner=owner,
        title=f"Draft a profile: {title}",
        params={"prompt_version": prompt.pk, "repair": prompts.active(REPAIR).template},
        concurrency=1,
        budget_micros=budget,
        fingerprint=hashlib.sha256(work.encode()).hexdigest(),
    )
    with transaction.atomic():
        icp, _ = IdealCustomerProfile.objects.get_or_create(
            slug=_slug(name, title=title), defaults={"title": title, "owner": owner}
        )
        if icp.archived_at is not None:
            raise ArchivedProfile(f"The profile “{icp.title}” is archived: bring it back before you draft a version.")
        return submit_batch(kind=KIND, subjects=[Subject(icp.pk, {"description": text})], options=options)


class GenerateKind(Kind[Draft]):
    """One call, one draft, saved in the transaction that completes the job."""

    name = KIND
    queue = "research"
    # The gateway's own time-out, twice for a repair, ends a call before this does.
    policy = Policy(max_attempts=3, timeout_s=1300.0)

    def preload(self) -> None:
        if endpoints.configured():
            load_transport()

    def prepare(self, jobs: Sequence[ClaimedJob]) -> Mapping[int, Brief]:
        icps = IdealCustomerProfile.objects.select_related("owner").in_bulk([job.subject_id for job in jobs])
        versions = PromptVersion.objects.in_bulk({job.params["prompt_version"] for job in jobs})
        return {
            job.id: Brief(icps[job.subject_id], versions[job.params["prompt_version"]])
            for job in jobs
            if job.subject_id in icps and job.params["prompt_version"] in versions
        }

    async def run(self, job: ClaimedJob, calls: Calls) -> Draft:
        if job.prepared is None:
            raise GiveUp("The profile or the prompt was deleted before the draft was made.", code="gone")
        config = endpoints.configured()
        if config is None:
            raise PauseBatch(
                "No LLM is set up for the workers: start them with OPENAI_API_KEY or OPENAI_BASE_URL.",
                code="no_endpoint",
            )
        brief: Brief = job.prepared
        asked = question(brief.prompt, description=job.input["description"], endpoint=config)
        request = replace(asked, repair=job.params.get("repair", ""))
        completion = await gateway_for_loop().complete(request, calls=calls)
        try:
            return Draft(read_draft(completion.parsed), brief.icp.slug, brief.icp.owner)
        except InvalidProfile as error:
            raise GiveUp(f"The LLM's profile can't be used: {error}", code=error.code) from error

    def store(self, finished: Sequence[Finished[Draft]]) -> None:
        for one in finished:
            draft = one.result
            save_draft(profile=draft.profile, slug=draft.slug, owner=draft.owner, origin="llm")


def question(prompt: PromptVersion, *, description: str, endpoint: endpoints.EndpointConfig) -> ChatRequest:
    """What the LLM is asked; the same description always makes the same request."""
    return ChatRequest(
        endpoint=endpoint,
        messages=render(prompt, kinds=KINDS, documents=[Document("description", description)]),
        schema_name="ideal_customer_profile",
        schema=prompt.schema,
        max_output_tokens=ANSWER_TOKENS,
        ttl_s=settings.ICP_GENERATION_TTL,
        purpose=PURPOSE,
    )


def _slug(name: str, *, title: str) -> str:
    """The title's; a company without Latin letters in its name is told apart by the name's hash."""
    if slugify(name):
        return slugify(title)[:80].strip("-")
    return f"customers-of-{hashlib.sha256(name.strip().encode()).hexdigest()[:12]}"


def _checked(*, name: str, description: str) -> str:
    text = description.strip()
    if not name.strip():
        raise NotGenerated("Say whose customers they are: the company's name is missing.")
    if len(text) < SHORTEST_DESCRIPTION:
        raise NotGenerated(
            f"The description has {len(text)} characters; tell in at least {SHORTEST_DESCRIPTION} what you sell."
        )
    if len(text) > LONGEST_DESCRIPTION:
        raise NotGenerated(f"The description has {len(text):,} characters; at most {LONGEST_DESCRIPTION:,} are read.")
    return text
