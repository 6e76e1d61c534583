"""What rules leave open, read by the LLM from the pages' texts: every value with a quote that stands there.

The model has no tools and sees only delimited text. What it gives counts where the quote is verbatim, the value stands
in the quote and has its field's form; confidences are capped, and scores are never asked of it.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from performance.jobs.kinds import CallFailed, Calls, GiveUp, JobError, PauseBatch
from prospects.companies.normalise.text import one_line
from prospects.company_profiles.grounding import LONGEST_QUOTE, grounded, stands_in
from prospects.extraction.fields import FIELDS
from prospects.extraction.found import Asked, Value
from prospects.extraction.keys import value_key
from prospects.llm.endpoints import EndpointConfig
from prospects.llm.gateway import gateway_for_loop
from prospects.llm.requests import ChatRequest
from prospects.pages.degraded import Degraded
from prospects.pages.parsed import SiteDocument
from prospects.prompts.models import PromptVersion
from prospects.prompts.orders import without_orders
from prospects.prompts.render import render
from prospects.qualification.rules.evidence import Document, verify_quote

PROMPT = "extract-company"
REPAIR = "extract-company-repair"
PURPOSE = "research.extract"
ANSWER_TOKENS = 2_500
# What rules find is sure where they find it; a model is believed less than they.
MOST_CONFIDENCE = 80
LEAST_CONFIDENCE = 20
MOST_OF_A_FIELD = 6
MOST_DOCUMENTS, MOST_EACH, MOST_ALL = 8, 6_000, 24_000
LONGEST_DETAIL = 100
READABLE = frozenset(FIELDS) - {"address", "social", "language"}


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: the endpoint and the prompt, the same for all companies of a batch."""

    endpoint: EndpointConfig
    prompt: PromptVersion
    repair: str = ""


async def read_by_llm(
    documents: Sequence[SiteDocument], *, missing: Collection[str], asked: Asked, reader: Reader, calls: Calls
) -> list[Value]:
    """Values for the fields `missing`, the best of each field first; nothing is asked where there is nothing to read.

    Raises as `Gateway.complete` does; `degradation` says which of that research goes on without.
    """
    wanted = sorted(READABLE & set(missing))
    shown = readable(documents)
    if not (wanted and shown):
        return []
    request = question(shown, wanted=wanted, site=asked.domain, reader=reader)
    completion = await gateway_for_loop().complete(request, calls=calls)
    return checked(completion.parsed["findings"], shown, wanted=wanted, asked=asked)


def degradation(error: JobError) -> Degraded | None:
    """What a result says that goes without the LLM because of `error`; None where it's worth to wait and try again."""
    match error:
        case PauseBatch(code="budget"):
            says = f"The budget was used up: what rules found stands, the LLM wasn't asked. {error.reason}"
            return Degraded("budget_used", says[:300])
        case PauseBatch() | GiveUp() | CallFailed(pauses_batch=True):
            return Degraded("llm_off", f"The LLM couldn't be asked, so only rules read the pages: {error.reason}"[:300])
    return None


def readable(documents: Sequence[SiteDocument]) -> list[SiteDocument]:
    """As the model gets them: capped, and without orders to it. Offsets stay those of the stored texts."""
    room, shown = MOST_ALL, []
    for document in documents[:MOST_DOCUMENTS]:
        text = without_orders(document.text[: min(MOST_EACH, room)])
        room -= len(text)
        if text.strip():
            shown.append(SiteDocument(document.url, document.kind, document.as_of, text, document.hash))
    return shown


def question(documents: Sequence[SiteDocument], *, wanted: Sequence[str], site: str, reader: Reader) -> ChatRequest:
    """What is asked; the same pages always make the same request."""
    fields = "\n".join(f"- {name}: {FIELDS[name].title}" for name in wanted)
    return ChatRequest(
        endpoint=reader.endpoint,
        messages=render(reader.prompt, site=site, fields=fields, documents=documents),
        schema_name="company_findings",
        schema=reader.prompt.schema,
        max_output_tokens=ANSWER_TOKENS,
        ttl_s=settings.LLM_CACHE_TTL,
        purpose=PURPOSE,
        repair=reader.repair,
    )


def checked(
    findings: Sequence[Mapping[str, Any]], documents: Sequence[SiteDocument], *, wanted: Collection[str], asked: Asked
) -> list[Value]:
    """Those of the model's findings that hold. Pure."""
    values: dict[tuple[str, str], Value] = {}
    count: Counter[str] = Counter()
    for finding in sorted(findings, key=lambda one: -one["confidence"]):
        if finding["field"] not in wanted or count[finding["field"]] == _most(finding["field"]):
            continue
        value = _value(finding, documents, asked=asked, rank=count[finding["field"]])
        if value and (value.field, value.key) not in values:
            values[value.field, value.key] = value
            count[value.field] += 1
    return list(values.values())


def _most(field: str) -> int:
    return MOST_OF_A_FIELD if FIELDS[field].is_many else 1


def _value(finding: Mapping[str, Any], documents: Sequence[SiteDocument], *, asked: Asked, rank: int) -> Value | None:
    quote = finding["quote"]
    if len(quote) > LONGEST_QUOTE or not (located := _located(finding, documents)):
        return None
    document, start, end = located
    said = document.text[start:end]
    kept = grounded(
        finding["field"], finding["value"], quote=said, place=asked.country or None, year=document.as_of.year
    )
    if kept is None:
        return None
    return Value(
        field=finding["field"],
        value=kept,
        key=value_key(finding["field"], kept),
        confidence=_confidence(finding["confidence"]),
        method="llm",
        url=document.url,
        found_at=document.as_of,
        text_hash=document.hash,
        start=start,
        end=end,
        extra=_extra(finding, said),
        rank=rank,
    )


def _located(finding: Mapping[str, Any], documents: Sequence[SiteDocument]) -> tuple[SiteDocument, int, int] | None:
    """Where the quote stands; the document that the model names is searched first."""
    named = sorted(documents, key=lambda document: document.source != finding["source"])
    match = verify_quote(finding["quote"], [Document(one.source, one.text) for one in named])
    if match is None:
        return None
    document = next(one for one in named if one.source == match.source)
    start = _start(match.text, document.text)
    return document, start, start + len(match.text)


def _start(words: str, text: str) -> int:
    """Where the words stand whole; `verify_quote` found them somewhere."""
    at = text.find(words)
    while at >= 0 and (_joins(text, at) or _joins(text, at + len(words))):
        at = text.find(words, at + 1)
    return max(at, 0)


def _joins(text: str, at: int) -> bool:
    return 0 < at < len(text) and text[at - 1].isalnum() and text[at].isalnum()


def _confidence(given: float) -> int:
    return max(LEAST_CONFIDENCE, min(MOST_CONFIDENCE, round(given * 100)))


def _extra(finding: Mapping[str, Any], quote: str) -> dict[str, str]:
    """A person's title, where the same quote says it."""
    title = one_line(finding["detail"] or "")
    is_said = finding["field"] == "person" and 0 < len(title) <= LONGEST_DETAIL and stands_in(title, quote)
    return {"title": title} if is_said and "<" not in title else {}
