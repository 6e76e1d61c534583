"""What follows research: the run that was asked for with it, or runs over those whose company has changed.

Done in the transaction in which the batch ends; what failed there, or was killed, is left to `follow_left`.
"""

import logging
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from performance.api.errors import DomainError
from performance.cache.tags import bump
from performance.jobs.models import Batch
from prospects.companies.models import Prospect
from prospects.icp.models import ICPVersion, IdealCustomerProfile
from prospects.intake.models import RowOutcome
from prospects.prompts.models import PromptVersion
from prospects.qualification.models import Fit, QualificationRun
from prospects.qualification.plan import RunPlan
from prospects.qualification.services import submit_run
from prospects.research.models import ResearchBatch, ResearchItem

logger = logging.getLogger(__name__)

MOST_AT_ONCE = 20
ENDED = (Batch.State.FINISHED, Batch.State.CANCELLED)
LONGEST = 300


def follow(batch_id: int) -> QualificationRun | None:
    """Start what follows this batch, which has ended; the run, if one was asked for and could be started. Idempotent:
    what was followed once isn't again.
    """
    with transaction.atomic():
        wanted = ResearchBatch.objects.select_for_update(of=("self",)).filter(batch=batch_id)
        research: ResearchBatch | None = wanted.select_related("batch__owner", "then_icp_version__icp").first()
        if research is None or research.batch.state not in ENDED:
            return None
        if not research.is_followed:
            _follow(research)
            research.is_followed = True
            research.save(update_fields=["then_run", "then_says", "is_followed"])
        bump("research", f"research:{batch_id}")
        return research.then_run


def follow_left() -> int:
    """What ended and wasn't followed; how many there were. One that can't be followed doesn't keep others waiting."""
    left = ResearchBatch.objects.filter(is_followed=False, batch__state__in=ENDED).order_by("batch")
    ids = list(left.values_list("pk", flat=True)[:MOST_AT_ONCE])
    for batch_id in ids:
        try:
            follow(batch_id)
        except Exception:  # the one guard per item
            logger.exception("research %d could not be followed", batch_id)
    return len(ids)


def _follow(research: ResearchBatch) -> None:
    if research.batch.state == Batch.State.CANCELLED:
        research.then_says = "The research was cancelled, so that no run was started."
    elif research.then_icp_version is not None:
        _run(research, research.then_icp_version)
    if research.settings.get("rescore") and research.batch.state == Batch.State.FINISHED:
        _rescore(research)


def _run(research: ResearchBatch, version: ICPVersion) -> None:
    kept: dict[str, Any] = dict(research.then)
    prompt_id = kept.pop("prompt_version", None)
    plan = RunPlan(
        **kept,
        prospect_ids=_prospects(research),
        icp_version=version,
        prompt_version=PromptVersion.objects.filter(pk=prompt_id).first() if prompt_id else None,
        import_run=research.import_run,
    )
    try:
        # Of its own: a refusal must not undo that the research was followed.
        with transaction.atomic():
            research.then_run = submit_run(plan, owner=research.batch.owner).run
    except DomainError as error:
        research.then_says = f"No run was started: {error}"[:LONGEST]


def _prospects(research: ResearchBatch) -> Sequence[int]:
    """Those that the file named, or all of the batch's companies."""
    present = Prospect.objects.present()
    if research.import_run_id is not None:
        named = RowOutcome.objects.filter(row__import_run=research.import_run_id, prospect__isnull=False)
        return list(present.filter(pk__in=named.values("prospect")).values_list("pk", flat=True))
    companies = research.batch.jobs.values("subject_id")
    return list(present.filter(company__in=companies).values_list("pk", flat=True))


def _rescore(research: ResearchBatch) -> None:
    """A run for each profile by which prospects of the changed companies have been judged, with its current version."""
    changed = ResearchItem.objects.filter(research=research, is_changed=True).values("company")
    fits = Fit.objects.filter(prospect__company__in=changed, prospect__archived_at__isnull=True)
    fits = fits.filter(icp__archived_at__isnull=True, icp__current__isnull=False)
    for icp_id in sorted(set(fits.values_list("icp", flat=True))):
        mine = list(fits.filter(icp=icp_id).values_list("prospect", flat=True))
        version = IdealCustomerProfile.objects.select_related("current__icp").get(pk=icp_id).current
        if version is None:
            continue
        title = f"After {research.batch.title}"[:255]
        try:
            with transaction.atomic():
                submit_run(RunPlan(prospect_ids=mine, icp_version=version, title=title), owner=research.batch.owner)
        except DomainError as error:
            research.then_says = f"{version.icp} was not judged anew: {error}"[:LONGEST]
