"""The LLM as a qualifier: a dossier becomes a question, an answer becomes verdicts with checked quotes. Pure.

The model gives verdicts and words. The score is ours, and so is the recommendation where the model's can't be meant:
where its evidence didn't hold, or where the score says no.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

from django.conf import settings

from prospects.icp.criteria import Criterion
from prospects.icp.profile import Profile
from prospects.llm.endpoints import EndpointConfig
from prospects.llm.requests import ChatRequest
from prospects.prompts.documents import cleaned
from prospects.prompts.models import PromptVersion
from prospects.prompts.render import render, schema_for
from prospects.qualification.judged import Judged, Place, judged
from prospects.qualification.models import Qualifier
from prospects.qualification.rules.evidence import Document, Dossier, with_evidence
from prospects.qualification.rules.score import fit_level, fit_score
from prospects.qualification.rules.verdicts import Outcome, Verdict

PROMPT = "qualify"
PURPOSE = "qualify"
# Room for the answer and for what a reasoning model thinks before it; reserved in full, paid for as used.
ANSWER_TOKENS = 800
CRITERION_TOKENS = 250
MAX_TEXT = 2_000
MAX_NOTE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Questionnaire:
    """What all questions of a run have in common, written out once."""

    endpoint: EndpointConfig
    model: str
    prompt: PromptVersion
    profile: Profile
    described: str
    criteria: str
    schema: Mapping[str, Any]
    repair: str = ""

    @classmethod
    def of(
        cls, profile: Profile, *, prompt: PromptVersion, endpoint: EndpointConfig, model: str, repair: str = ""
    ) -> Self:
        return cls(
            endpoint=endpoint,
            model=model,
            prompt=prompt,
            profile=profile,
            described="\n\n".join(filter(None, [profile.title, profile.description])),
            criteria="\n".join(map(_criterion_line, profile.criteria)),
            schema=schema_for(prompt, [criterion.key for criterion in profile.criteria]),
            repair=repair,
        )

    def ask(self, dossier: Dossier) -> ChatRequest:
        """The question about one company; the same company and profile always make the same one."""
        documents = documents_of(dossier)
        return ChatRequest(
            endpoint=self.endpoint,
            model=self.model,
            messages=render(self.prompt, profile=self.described, criteria=self.criteria, documents=documents),
            schema_name="qualification",
            schema=self.schema,
            max_output_tokens=ANSWER_TOKENS + CRITERION_TOKENS * len(self.profile.criteria),
            ttl_s=settings.LLM_CACHE_TTL,
            purpose=PURPOSE,
            repair=self.repair,
        )


def documents_of(dossier: Dossier) -> tuple[Document, ...]:
    """What the model may read and quote: the dossier's documents, and the name where none of them says it."""
    if any(document.text == dossier.name for document in dossier.documents):
        return dossier.documents
    return (Document("record:name", dossier.name), *dossier.documents)


def read_answer(answer: Mapping[str, Any], profile: Profile, *, dossier: Dossier, place: Place) -> Judged:
    """The verdicts of an answer that follows the schema, each met or unmet one with a quote that is really there."""
    documents = documents_of(dossier)
    claimed = [_verdict(key, stated) for key, stated in answer["verdicts"].items()]
    held = [with_evidence(verdict, documents) for verdict in claimed]
    row = judged(held, profile, place=place, qualifier=Qualifier.LLM.value)
    reasoning = _text(answer["reasoning"], limit=MAX_TEXT)
    recommendation = _text(answer["recommendation"], limit=MAX_TEXT)
    is_meant = row.fit != "poor" and row.fit == fit_level(fit_score(claimed, profile.criteria))
    return replace(
        row,
        reasoning=reasoning or row.reasoning,
        recommendation=recommendation if is_meant and recommendation else row.recommendation,
    )


def _verdict(key: str, stated: Mapping[str, Any]) -> Verdict:
    return Verdict(
        criterion=key,
        outcome=Outcome(stated["outcome"]),
        confidence=float(stated["confidence"]),
        quote=_text(stated["quote"] or "", limit=MAX_TEXT),
        note=_text(stated["note"], limit=MAX_NOTE),
    )


def _text(text: str, *, limit: int) -> str:
    """Without control characters, which PostgreSQL refuses in part, and no longer than a row should be."""
    return cleaned(text)[:limit]


def _criterion_line(criterion: Criterion) -> str:
    """`- industry-food (industry, must): Food; one of: Food manufacturing, Beverages`."""
    must = ", must" if criterion.must else ""
    details = [criterion.label]
    if criterion.text and criterion.text != criterion.label:
        details.append(criterion.text)
    if criterion.any_of:
        details.append("one of: " + ", ".join(criterion.any_of))
    if criterion.min is not None:
        details.append(f"at least {criterion.min:,}")
    if criterion.max is not None:
        details.append(f"at most {criterion.max:,}")
    return f"- {criterion.key} ({criterion.kind}{must}): " + "; ".join(details)
