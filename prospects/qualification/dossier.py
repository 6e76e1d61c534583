"""Dossiers from the database: for many prospects what a qualifier may look at, in four statements."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from prospects.companies.models import Prospect
from prospects.icp.amounts import describe_range
from prospects.intake.models import RowOutcome
from prospects.pages.parsed import SiteDocument
from prospects.pages.reading import documents_of
from prospects.prompts.orders import without_orders
from prospects.qualification.rules.evidence import Document, Dossier, Facts

# A prompt holds all documents of a prospect, so they are kept to about 3,000 tokens.
MAX_DOCUMENTS = 60
MAX_DOCUMENT = 2_000
MAX_DOCUMENTS_TOTAL = 12_000
# Of a site, those that say most of a company: what a file's cells leave room for is shared by them.
MAX_PAGES = 6
# A site that research found to be another company's says nothing of this one.
_ANOTHERS = ("unsure", "another")

_COMPANY_FIELDS = (
    "name",
    "domain",
    "industry",
    "description",
    "employees_min",
    "employees_max",
    "revenue_min",
    "revenue_max",
    "stage",
    "funding",
    "technologies",
    "founded_year",
    "city",
    "region",
    "country",
    "provenance",
)

# What a column is about when its import doesn't say: the words that headers use for a fact.
_HEADERS = {
    "industry": {"industry", "sector", "vertical", "naicsdescription", "sicdescription"},
    "description": {"description", "about", "shortdescription", "summary", "overview", "companydescription"},
    "employees": {"employees", "employeerange", "employeecount", "numberofemployees", "headcount", "companysize"},
    "revenue": {"revenue", "revenuerange", "annualrevenue", "turnover", "sales"},
    "stage": {"stage", "companystage", "ownership", "companytype"},
    "funding": {"funding", "fundingstage", "lastfunding", "fundinground"},
    "technologies": {"technologies", "technology", "techstack", "technographics", "tools"},
    "founded_year": {"founded", "foundedyear", "yearfounded", "established"},
    "city": {"city", "town", "hqcity", "headquarterscity"},
    "region": {"region", "state", "province", "hqstate", "headquartersstate", "stateprovince"},
    "country": {"country", "hqcountry", "headquarterscountry", "nation"},
    "person_title": {"title", "jobtitle", "persontitle", "position", "role"},
}
_PLACE = ("city", "region", "country")
_FACT_OF_HEADER = {header: fact for fact, headers in _HEADERS.items() for header in headers}


def dossiers(prospect_ids: Sequence[int]) -> dict[int, Dossier]:
    """By prospect id; four statements at most, however many are asked for. An id that doesn't exist has no entry."""
    columns = _columns_by_prospect(prospect_ids)
    fields = ("id", "original", "notes", "person_title", "company__profile__identity")
    names = (*fields, *(f"company__{name}" for name in _COMPANY_FIELDS))
    rows = Prospect.objects.filter(id__in=prospect_ids).values_list(*names)
    known = [
        _Known(pk, original, notes, title, identity, dict(zip(_COMPANY_FIELDS, company, strict=True)))
        for pk, original, notes, title, identity, *company in rows
    ]
    pages = documents_of(list({one.site for one in known} - {""}), most=MAX_PAGES, each=MAX_DOCUMENT)
    return {one.id: _dossier(one, columns=columns.get(one.id, {}), pages=pages.get(one.site, ())) for one in known}


@dataclass(frozen=True, slots=True)
class _Known:
    """A prospect as its row has it; `company` holds _COMPANY_FIELDS."""

    id: int
    original: Mapping[str, Any]
    notes: str
    person_title: str
    identity: str | None
    company: Mapping[str, Any]

    @property
    def site(self) -> str:
        """Whose pages speak of the company."""
        domain: str = self.company["domain"]
        return "" if self.identity in _ANOTHERS else domain


def _columns_by_prospect(prospect_ids: Sequence[int]) -> dict[int, Mapping[str, str]]:
    """For each prospect {header: field} of the import that brought it last."""
    rows = (
        RowOutcome.objects.filter(prospect_id__in=prospect_ids)
        .order_by("prospect_id", "-row_id")
        .distinct("prospect_id")
        .values_list("prospect_id", "import_run__columns")
    )
    return dict(rows.iterator(chunk_size=2000))


def _dossier(known: _Known, *, columns: Mapping[str, str], pages: Sequence[SiteDocument]) -> Dossier:
    company = {**known.company, "person_title": known.person_title}
    cells = {header: str(value).strip() for header, value in known.original.items() if value not in (None, "")}
    sources = _file_sources(cells, columns=columns, provenance=company["provenance"])
    texts = {f"file:{header}": cell for header, cell in cells.items() if cell}
    for fact, text in _record_texts(company):
        if text and fact not in sources:
            sources[fact] = f"record:{fact}"
            texts[f"record:{fact}"] = text
    if known.notes.strip():
        texts["record:notes"] = known.notes.strip()
    said = _capped(texts)
    documents = (*said, *_pages(pages, room=MAX_DOCUMENTS_TOTAL - sum(len(one.text) for one in said)))
    return Dossier(name=company["name"], domain=company["domain"], facts=_facts(company, sources), documents=documents)


def _pages(pages: Sequence[SiteDocument], *, room: int) -> Iterator[Document]:
    """What fits, in their order: pages come after all that a file or a person said."""
    for page in pages:
        text = without_orders(page.text[: min(MAX_DOCUMENT, max(room, 0))]).strip()
        room -= len(text)
        if text:
            yield Document(page.source, text)


def _file_sources(
    cells: Mapping[str, str], *, columns: Mapping[str, str], provenance: Mapping[str, Any]
) -> dict[str, str]:
    """Which column each fact came from. A fact that a person has set doesn't come from the file any more."""
    sources: dict[str, str] = {}
    for header in cells:
        field = columns.get(header) or _FACT_OF_HEADER.get(re.sub(r"[^a-z]", "", header.lower()), "")
        for fact in _PLACE if field == "location" else (field,):
            if fact in _HEADERS and not _is_by_hand(provenance.get(fact)):
                sources.setdefault(fact, f"file:{header}")
    return sources


def _is_by_hand(entry: object) -> bool:
    return isinstance(entry, Mapping) and "person" in (entry.get("method"), entry.get("source"))


def _facts(company: Mapping[str, Any], sources: dict[str, str]) -> Facts:
    stated = {name: company[name] for name in _COMPANY_FIELDS if name not in ("name", "domain", "provenance")}
    stated["technologies"] = tuple(str(entry) for entry in company["technologies"])
    return Facts(**stated, person_title=company["person_title"], sources=sources)


def _record_texts(company: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Facts of the record as text, for those that no column of a file states."""
    for name in ("industry", "description", "stage", "funding", "city", "region", "country", "person_title"):
        yield name, company[name]
    yield "technologies", ", ".join(str(entry) for entry in company["technologies"])
    yield "founded_year", str(company["founded_year"] or "")
    for name, unit in (("employees", ""), ("revenue", "$")):
        yield name, describe_range(company[f"{name}_min"], company[f"{name}_max"], unit=unit)


def _capped(texts: Mapping[str, str]) -> tuple[Document, ...]:
    """The documents in their order, each and all together cut to size; the longest are cut first by their cap."""
    kept: list[Document] = []
    room = MAX_DOCUMENTS_TOTAL
    for source, text in _short_first(texts.items()):
        if len(kept) == MAX_DOCUMENTS or room <= 0:
            break
        cut = text[: min(MAX_DOCUMENT, room)]
        kept.append(Document(source, cut))
        room -= len(cut)
    order = {source: index for index, source in enumerate(texts)}
    return tuple(sorted(kept, key=lambda document: order[document.source]))


def _short_first(texts: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Short cells before long ones, so that one long text can't crowd out the facts."""
    return sorted(texts, key=lambda pair: min(len(pair[1]), MAX_DOCUMENT))
