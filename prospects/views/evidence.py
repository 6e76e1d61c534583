"""What a prospect's page shows: the verdict that counts, each criterion's evidence, and the texts it was found in."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from prospects.companies.models import Company, Prospect
from prospects.icp.amounts import describe_range
from prospects.qualification.dossier import dossiers
from prospects.qualification.models import Fit, Qualification
from prospects.qualification.rules.evidence import Document

COMPANY_FACTS = [
    ("domain", "Domain"), ("industry", "Industry"), ("description", "Description"), ("employees", "Employees"),
    ("revenue", "Revenue"), ("stage", "Stage"), ("funding", "Funding"), ("technologies", "Technologies"),
    ("founded_year", "Founded"), ("street", "Street"), ("city", "City"), ("region", "Region"),
    ("postal_code", "Postal code"), ("country", "Country"), ("phone", "Phone"), ("email", "E-mail"),
    ("linkedin_url", "LinkedIn"), ("registry_number", "Registry number"),
]  # fmt: skip
HISTORY = 20


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a document; quoted or not."""

    text: str
    is_quoted: bool


@dataclass(frozen=True, slots=True)
class Source:
    """A document with its quotes marked. `name` is what people call it: the column of the file, or the field."""

    key: str
    name: str
    pieces: list[Piece]

    @property
    def is_quoted(self) -> bool:
        return any(piece.is_quoted for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class Fact:
    """A field of the company, with where its value came from."""

    name: str
    label: str
    value: str
    provenance: Mapping[str, Any]

    @property
    def import_id(self) -> int | None:
        """The import that brought the value, if one did."""
        kind, _, number = str(self.provenance.get("source", "")).partition(":")
        return int(number) if kind == "import" and number.isdecimal() else None

    @property
    def page_url(self) -> str:
        """The page that says it, if research found it."""
        kind, _, url = str(self.provenance.get("source", "")).partition(":")
        return url if kind == "page" and url.startswith(("https://", "http://")) else ""


@dataclass(frozen=True, slots=True)
class Evidence:
    fits: list[Fit]
    fit: Fit | None
    qualification: Qualification | None
    sources: list[Source]
    facts: list[Fact]
    history: list[Qualification]


def read_evidence(prospect: Prospect, *, icp_id: int | None) -> Evidence:
    """For the profile asked for, or the one with the best score. Five statements."""
    fits = list(Fit.objects.for_prospect(prospect.pk))
    fit = next((one for one in fits if one.icp_id == icp_id), fits[0] if fits else None)
    history = list(Qualification.objects.history(prospect.pk)[:HISTORY])
    qualification = fit.qualification if fit else None
    documents = dossiers([prospect.pk])[prospect.pk].documents
    verdicts = qualification.verdicts if qualification else []
    return Evidence(
        fits, fit, qualification, mark_quotes(documents, verdicts), company_facts(prospect.company), history
    )


def mark_quotes(documents: Sequence[Document], verdicts: Sequence[Mapping[str, Any]]) -> list[Source]:
    """Each document with the verbatim quotes of its verdicts marked; those with a quote first."""
    quotes: dict[str, list[str]] = defaultdict(list)
    for verdict in verdicts:
        if verdict["quote"]:
            quotes[verdict["source"]].append(verdict["quote"])
    sources = [
        Source(document.source, source_name(document.source), list(_pieces(document.text, quotes[document.source])))
        for document in documents
    ]
    return sorted(sources, key=lambda source: not source.is_quoted)


def source_name(source: str) -> str:
    """ "file:Industry" → "Industry, from the file"; "page:https://acme.com/about" → "acme.com/about"."""
    place, _, name = source.partition(":")
    names = {
        "file": f"{name}, from the file",
        "record": f"{name.replace('_', ' ')}, from the record",
        "page": name.partition("://")[2].rstrip("/") or name,
    }
    return names.get(place, source)


def _pieces(text: str, quotes: Sequence[str]) -> Iterator[Piece]:
    """The text cut at the quotes; where two overlap, they are marked as one."""
    spans = sorted((at, at + len(quote)) for quote in quotes if (at := text.find(quote)) >= 0)
    end = 0
    for start, stop in _merged(spans):
        if start > end:
            yield Piece(text[end:start], is_quoted=False)
        yield Piece(text[start:stop], is_quoted=True)
        end = stop
    if end < len(text):
        yield Piece(text[end:], is_quoted=False)


def _merged(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, stop in spans:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], stop))
        else:
            merged.append((start, stop))
    return merged


def fact_label(name: str) -> str:
    """What people call a fact of a company."""
    return {"name": "Name", **dict(COMPANY_FACTS)}.get(name, name)


def company_facts(company: Company) -> list[Fact]:
    """What is known of the company, and where each of it is from."""
    ranges = {
        "employees": describe_range(company.employees_min, company.employees_max),
        "revenue": describe_range(company.revenue_min, company.revenue_max, unit="$"),
        "technologies": ", ".join(str(one) for one in company.technologies),
    }
    facts = []
    for name, label in COMPANY_FACTS:
        value = ranges[name] if name in ranges else getattr(company, name)
        provenance = company.provenance.get(name) or company.provenance.get(f"{name}_min") or {}
        if value:
            facts.append(Fact(name, label, str(value), provenance))
    return facts
