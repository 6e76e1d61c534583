"""What a run will cost before it is started: calls, tokens and money, less what the ledger already holds."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models.functions import Now

from performance.jobs.models import PaidCall
from prospects.icp.profile import Profile
from prospects.llm import endpoints, prices
from prospects.llm.requests import ChatRequest
from prospects.qualification.dossier import dossiers
from prospects.qualification.errors import dollars
from prospects.qualification.llm_qualifier import Questionnaire
from prospects.qualification.plan import SettledPlan

CHUNK = 1000
# What an answer takes as a rule; what is reserved for it is the most that it may take.
ANSWER_TOKENS = 120
CRITERION_TOKENS = 70


@dataclass(frozen=True, slots=True)
class Estimate:
    """`calls` will be bought, `from_ledger` cost nothing; `call_micros` is the most that one call may cost.
    `price` is what was reckoned with, None for the rubric: one of origin "default" is nobody's, but assumed.

    Exact in its calls where `sampled` equals `prospects`, else scaled up from those that were looked at.
    """

    prospects: int
    sampled: int
    calls: int = 0
    from_ledger: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost_micros: int = 0
    call_micros: int = 0
    price: prices.Price | None = None

    @property
    def assumed(self) -> str:
        """What was assumed where nobody knows the model's price; "" where its price is known."""
        if self.price is None or self.price.origin != "default":
            return ""
        each = dollars(self.price.input_micros_per_million), dollars(self.price.output_micros_per_million)
        return f"the model's price isn't known: {each[0]} in and {each[1]} out per million tokens are assumed"


def estimate_settled(plan: SettledPlan, *, sample: int | None = None) -> Estimate:
    """For all prospects of a plan, or from `sample` of them spread evenly. Two statements for every 1,000, and one."""
    if not plan.is_llm:
        return Estimate(prospects=len(plan.prospect_ids), sampled=len(plan.prospect_ids))
    looked_at = _spread(plan.prospect_ids, sample)
    price = prices.price_of(plan.model)
    answer_tokens = ANSWER_TOKENS + CRITERION_TOKENS * len(plan.icp_version.content["criteria"])
    held = bought = input_tokens = most = 0
    for chunk in _chunks(looked_at):
        requests = list(questions(plan, prospect_ids=chunk))
        known = _held([request.key for request in requests], ttl_s=requests[0].ttl_s if requests else 0)
        held += sum(request.key in known for request in requests)
        new = [request for request in requests if request.key not in known]
        bought += len(new)
        input_tokens += sum(request.input_tokens for request in new)
        worst = (
            price.cost(input_tokens=request.input_tokens, output_tokens=request.max_output_tokens) for request in new
        )
        most = max([most, *worst])
    scale = len(plan.prospect_ids) / max(1, len(looked_at))
    tokens_in, tokens_out = round(input_tokens * scale), round(bought * answer_tokens * scale)
    return Estimate(
        prospects=len(plan.prospect_ids),
        sampled=len(looked_at),
        calls=round(bought * scale),
        from_ledger=round(held * scale),
        input_tokens=tokens_in,
        output_tokens=tokens_out,
        cost_micros=price.cost(input_tokens=tokens_in, output_tokens=tokens_out),
        call_micros=most,
        price=price,
    )


def questions(plan: SettledPlan, *, prospect_ids: Sequence[int]) -> Iterator[ChatRequest]:
    """What the LLM would be asked about these prospects, word for word. Two statements."""
    endpoint = endpoints.configured(model=plan.model)
    if endpoint is None or plan.prompt_version is None:
        return
    profile = Profile.from_json(plan.icp_version.content)
    questionnaire = Questionnaire.of(profile, prompt=plan.prompt_version, endpoint=endpoint, model=plan.model)
    for dossier in dossiers(prospect_ids).values():
        yield questionnaire.ask(dossier)


def _held(keys: Sequence[str], *, ttl_s: int) -> set[str]:
    """Those of the keys whose answers are in the ledger and fresh enough for another run."""
    fresh = PaidCall.objects.filter(
        key__in=keys, state=PaidCall.State.SUCCEEDED, finished_at__gt=Now() - timedelta(seconds=ttl_s)
    )
    return set(fresh.values_list("key", flat=True))


def _spread(ids: Sequence[int], sample: int | None) -> Sequence[int]:
    if sample is None or len(ids) <= sample:
        return ids
    return [ids[number * len(ids) // sample] for number in range(sample)]


def _chunks(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), CHUNK):
        yield ids[start : start + CHUNK]
