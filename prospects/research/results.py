"""A batch's results as rows for files: read by the thousand, so that memory doesn't grow with the batch."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from prospects.companies.models import Company
from prospects.companies.normalise.formula import guard
from prospects.company_profiles.models import CompanyProfile, ProfileValue
from prospects.exports.table import Cell
from prospects.extraction.fields import FIELDS
from prospects.research.models import ResearchBatch, ResearchItem

CHUNK = 1_000
# Of a field with several values, as many in a cell.
MOST_IN_A_CELL = 10
FIRST = ("company_id", "asked_name", "asked_domain", "name", "domain", "outcome")
LAST = ("quality", "completeness", "confidence", "pages", "is_cached", "lacking", "error", "researched_at")
WIDTHS = {"company_id": 10, "name": 30, "domain": 24, "asked_name": 24, "asked_domain": 24, "description": 60}


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyResult:
    """One company of a batch: what came of it, and its current values by field, the best first. `item` is None where
    it was researched alone.
    """

    company: Company
    profile: CompanyProfile | None
    values: Mapping[str, Sequence[ProfileValue]]
    item: ResearchItem | None = None


@dataclass(frozen=True, slots=True)
class ResearchTable:
    """A batch's results, in the order of its companies; see `exports.table.Table`."""

    research: ResearchBatch

    @property
    def widths(self) -> Mapping[str, int]:
        return WIDTHS

    def header(self) -> Sequence[str]:
        return [*FIRST, *(f"found:{name}" for name in FIELDS), *LAST]

    def rows(self) -> Iterator[CompanyResult]:
        """Three statements for every 1,000; whoever reads slowly holds no transaction open."""
        after = 0
        while some := list(items_of(self.research).filter(company__gt=after)[:CHUNK]):
            yield from results_of(some)
            after = some[-1].company_id

    def cells(self, row: CompanyResult) -> Sequence[Cell]:
        return list(map(_cell, _cells(row)))

    def as_json(self, row: CompanyResult) -> Mapping[str, Any]:
        return as_json(row)


def items_of(research: ResearchBatch) -> QuerySet[ResearchItem]:
    """What came of the batch's companies so far, in their order; without those that failed, where they weren't
    wanted."""
    items = ResearchItem.objects.filter(research=research).select_related("company").order_by("company")
    return items if research.includes_failed else items.exclude(outcome=ResearchItem.Outcome.FAILED)


def results_of(items: Sequence[ResearchItem]) -> Iterator[CompanyResult]:
    """With what is known of their companies now. Two statements."""
    ids = [item.company_id for item in items]
    profiles, values = CompanyProfile.objects.in_bulk(ids), _values(ids)
    for item in items:
        pk = item.company_id
        yield CompanyResult(company=item.company, profile=profiles.get(pk), values=values[pk], item=item)


def result_of(company_id: int) -> CompanyResult:
    """What is known of one company now, whoever researched it. Three statements."""
    company = Company.objects.get(pk=company_id)
    profile = CompanyProfile.objects.filter(pk=company_id).first()
    return CompanyResult(company=company, profile=profile, values=_values([company_id])[company_id])


def as_json(row: CompanyResult) -> dict[str, Any]:
    """All that is known of a result. Every value says where it was found: `quote` is characters of the page's text."""
    item, profile, company = row.item, row.profile, row.company
    scores = profile or item
    return {
        "company_id": company.pk,
        "asked": {"name": item.asked_name or None, "domain": item.asked_domain or None} if item else None,
        "name": company.name,
        "domain": company.domain,
        "site": profile.site if profile else "",
        "outcome": item.outcome if item else None,
        "error": {"code": item.code, "says": item.error} if item and item.code else None,
        "degraded": item.degraded if item else profile.degraded if profile else [],
        "identity": {"verdict": profile.identity, "says": profile.identity_says} if profile else None,
        "quality": scores.quality if scores else None,
        "completeness": scores.completeness if scores else None,
        "confidence": scores.confidence if scores else None,
        "page_count": item.page_count if item else profile.page_count if profile else 0,
        "is_cached": item.is_cached if item else False,
        "is_changed": item.is_changed if item else False,
        "cost_micros": item.cost_micros if item else profile.cost_micros if profile else 0,
        "researched_at": profile.researched_at if profile else None,
        "values": {name: list(map(_value, values)) for name, values in row.values.items()},
    }


def _value(value: ProfileValue) -> dict[str, Any]:
    return {
        "value": value.value,
        "confidence": value.confidence,
        "method": value.method,
        "url": value.url,
        "page_hash": str(value.text_id) if value.text_id else None,
        "quote": [value.begins, value.ends] if value.begins is not None else None,
        "extra": value.extra,
        "found_at": value.found_at,
        "last_seen_at": value.last_seen_at,
    }


def _values(ids: Sequence[int]) -> defaultdict[int, dict[str, list[ProfileValue]]]:
    """Current values by company and field, the best first."""
    found: defaultdict[int, dict[str, list[ProfileValue]]] = defaultdict(dict)
    current = ProfileValue.objects.filter(company__in=ids, is_current=True)
    for value in sorted(current, key=lambda value: (-value.confidence, value.pk)):
        found[value.company_id].setdefault(value.field, []).append(value)
    return found


def _cells(row: CompanyResult) -> Iterator[Cell | None]:
    item, profile, company = row.item, row.profile, row.company
    yield company.pk
    yield from (item.asked_name, item.asked_domain) if item else ("", "")
    yield from (company.name, company.domain, item.outcome if item else "")
    for name in FIELDS:
        yield "; ".join(value.value for value in row.values.get(name, ())[:MOST_IN_A_CELL])
    scores = profile or item
    yield from (scores.quality, scores.completeness, scores.confidence) if scores else (None, None, None)
    yield item.page_count if item else profile.page_count if profile else 0
    yield "yes" if item and item.is_cached else ""
    yield ", ".join(one["code"] for one in (item.degraded if item else []))
    yield item.error if item else ""
    yield profile.researched_at.isoformat(timespec="seconds") if profile else ""


def _cell(cell: Cell | None) -> Cell:
    return "" if cell is None else guard(cell) if isinstance(cell, str) else cell
