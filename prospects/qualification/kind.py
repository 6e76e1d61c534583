"""The kind of job "qualification.run": one prospect against one profile, by the LLM or by the rubric."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from performance.jobs.kinds import Calls, ClaimedJob, Finished, GiveUp, Kind, PauseBatch, Policy, Reply, Stuck
from prospects.icp.profile import Profile
from prospects.llm import endpoints
from prospects.llm.gateway import gateway_for_loop
from prospects.llm.wire import load_transport
from prospects.qualification.dossier import dossiers
from prospects.qualification.judged import Judged, Place, judged
from prospects.qualification.llm_qualifier import Questionnaire, read_answer
from prospects.qualification.models import QualificationRun, Qualifier
from prospects.qualification.rubric.judge import judge
from prospects.qualification.rules.evidence import Dossier
from prospects.qualification.storage import store_judged

logger = logging.getLogger(__name__)

KIND = "qualification.run"


@dataclass(frozen=True, slots=True)
class Brief:
    """What one job needs to judge its prospect. `questionnaire` is None for the rubric, or where no LLM is set up."""

    run: QualificationRun
    profile: Profile
    questionnaire: Questionnaire | None
    dossier: Dossier

    def place(self, prospect_id: int) -> Place:
        return Place(run_id=self.run.pk, icp_id=self.run.icp_version.icp_id, prospect_id=prospect_id)


class QualificationKind(Kind[Judged]):
    """Stores the verdicts in the transaction that completes their jobs; what is stuck gets the rubric's."""

    name = KIND
    queue = "qualification"
    # The gateway's own time-out (LLM_TIMEOUT_S, and once more for a repair) ends a call before this does.
    policy = Policy(max_attempts=3, base_delay_s=1.0, max_delay_s=60.0, timeout_s=1300.0)

    def preload(self) -> None:
        if endpoints.configured():
            load_transport()

    def prepare(self, jobs: Sequence[ClaimedJob]) -> Mapping[int, Brief]:
        """Three statements for all: the runs with their profiles and prompts, and the dossiers."""
        wanted = QualificationRun.objects.select_related("icp_version", "prompt_version")
        runs = wanted.in_bulk({job.batch_id for job in jobs})
        repairs = {job.batch_id: str(job.params.get("repair", "")) for job in jobs}
        shared = {pk: _shared(run, repair=repairs[pk]) for pk, run in runs.items()}
        known = dossiers([job.subject_id for job in jobs])
        return {
            job.id: Brief(runs[job.batch_id], *shared[job.batch_id], known[job.subject_id])
            for job in jobs
            if job.subject_id in known and job.batch_id in runs
        }

    async def run(self, job: ClaimedJob, calls: Calls) -> Judged:
        if job.prepared is None:
            raise GiveUp("The prospect was deleted before it was judged.", code="gone")
        brief: Brief = job.prepared
        if brief.run.qualifier == Qualifier.RUBRIC:
            return _by_rubric(brief, job)
        if brief.questionnaire is None:
            raise PauseBatch(
                "No LLM is set up for the workers: start them with OPENAI_API_KEY or OPENAI_BASE_URL.",
                code="no_endpoint",
            )
        completion = await gateway_for_loop().complete(brief.questionnaire.ask(brief.dossier), calls=calls)
        place = brief.place(job.subject_id)
        answered = read_answer(completion.parsed, brief.profile, dossier=brief.dossier, place=place)
        return replace(answered, model=brief.run.model)

    def store(self, finished: Sequence[Finished[Judged]]) -> None:
        store_judged([_with_costs(one) for one in finished])

    def stuck(self, jobs: Sequence[Stuck]) -> None:
        """What the rubric says of prospects that the LLM didn't answer for, labelled with the reason."""
        unprepared = [one.job for one in jobs if one.job.prepared is None]
        briefs = self.prepare(unprepared) if unprepared else {}
        rows = [_stand_in(one, one.job.prepared or briefs.get(one.job.id)) for one in jobs]
        store_judged([row for row in rows if row])


def _shared(run: QualificationRun, *, repair: str) -> tuple[Profile, Questionnaire | None]:
    """What the jobs of a run have in common; `repair` is the template of its repair calls."""
    profile = Profile.from_json(run.icp_version.content)
    endpoint = endpoints.configured(model=run.model)
    if run.prompt_version is None or endpoint is None:
        return profile, None
    asked = Questionnaire.of(profile, prompt=run.prompt_version, endpoint=endpoint, model=run.model, repair=repair)
    return profile, asked


def _by_rubric(brief: Brief, job: ClaimedJob) -> Judged:
    judgement = judge(brief.dossier, brief.profile)
    return judged(
        judgement.verdicts, brief.profile, place=brief.place(job.subject_id), qualifier=Qualifier.RUBRIC.value
    )


def _stand_in(one: Stuck, brief: Brief | None) -> Judged | None:
    """None where there is nothing to stand in for: the prospect is gone, or the rubric itself was asked."""
    if brief is None or brief.run.qualifier != Qualifier.LLM:
        return None
    try:
        verdict = _by_rubric(brief, one.job)
    except Exception:  # the one guard per item: a fault here must not undo the others' transaction
        logger.exception("The rubric could not judge prospect %s of run %s", one.job.subject_id, one.job.batch_id)
        return None
    return replace(verdict.because(one.reason), attempts=max(1, one.job.attempt))


def _with_costs(finished: Finished[Judged]) -> Judged:
    replies: Sequence[Reply] = finished.replies
    return replace(
        finished.result,
        input_tokens=sum(reply.input_tokens for reply in replies),
        output_tokens=sum(reply.output_tokens for reply in replies),
        latency_ms=sum(reply.latency_ms for reply in replies) if replies else None,
        cost_micros=finished.cost_micros,
        attempts=max(1, finished.job.attempt),
        is_from_ledger=bool(replies) and all(reply.is_from_ledger for reply in replies),
    )
