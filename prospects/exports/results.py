"""A run's ranking as rows for files, streamed through a server-side cursor: memory doesn't grow with the run."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.expressions import RawSQL

from prospects.intake.models import ImportRow
from prospects.qualification.models import Qualification, QualificationRun

CHUNK = 500
FIELDS = (
    "prospect_id",
    "prospect__company__name",
    "prospect__person_name",
    "prospect__company__domain",
    "counted_score",
    "counted_fit",
    "override_reason",
    "score",
    "qualifier",
    "recommendation",
    "reasoning",
    "verdicts",
    "gaps",
    "model",
    "fallback_reason",
    "original_cells",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultRow:
    """One prospect of a ranking. `score` and `fit` are what counts; `own_score` is the qualifier's.

    `verdicts` are as `Qualification` stores them, in the profile's order; `originals` is {header: cell as text}.
    """

    rank: int
    prospect_id: int
    name: str
    person: str
    domain: str
    score: int
    fit: str
    qualifier: str
    recommendation: str
    reasoning: str
    own_score: int
    override_reason: str
    fallback_reason: str
    model: str
    gaps: Sequence[str]
    verdicts: Sequence[Mapping[str, Any]]
    originals: Sequence[str]


@dataclass(frozen=True, slots=True)
class Results:
    """A run's results: what its columns are, and its rows, best first, each time read anew."""

    run: QualificationRun
    criteria: Sequence[str]
    headers: Sequence[str]

    def rows(self) -> Iterator[ResultRow]:
        shown = _ranking(self.run).values_list(*FIELDS).iterator(chunk_size=CHUNK)
        for rank, values in enumerate(shown, 1):
            yield _row(rank, dict(zip(FIELDS, values, strict=True)), headers=self.headers)


def results_of(run: QualificationRun) -> Results:
    """The results of a run. Two statements here, and one for each reading of the rows."""
    criteria = [str(criterion["label"]) for criterion in run.icp_version.content["criteria"]]
    return Results(run, criteria, run.import_run.headers if run.import_run else _headers(run))


def _ranking(run: QualificationRun) -> QuerySet[Any]:
    """The ranking with each prospect's original cells: its first line in the run's file, else what it came with."""
    cells: F | Subquery = F("prospect__original")
    if run.import_run_id is not None:
        lines = ImportRow.objects.filter(import_run=run.import_run_id, prospect=OuterRef("prospect"))
        cells = Subquery(lines.order_by("line").values("raw")[:1])
    shown: QuerySet[Any] = Qualification.objects.ranking(run).annotate(original_cells=cells)
    return shown


def _headers(run: QualificationRun) -> list[str]:
    """Every header that a prospect of this run came with, in alphabetical order."""
    keys = RawSQL('jsonb_object_keys("prospects_prospect"."original")', [])
    judged = Qualification.objects.filter(run=run, prospect__original__isnull=False)
    return sorted(set(judged.annotate(header=keys).values_list("header", flat=True)))


def _row(rank: int, values: Mapping[str, Any], *, headers: Sequence[str]) -> ResultRow:
    return ResultRow(
        rank=rank,
        prospect_id=values["prospect_id"],
        name=values["prospect__company__name"],
        person=values["prospect__person_name"],
        domain=values["prospect__company__domain"],
        score=values["counted_score"],
        fit=values["counted_fit"],
        qualifier=values["qualifier"],
        recommendation=values["recommendation"],
        reasoning=values["reasoning"],
        own_score=values["score"],
        override_reason=values["override_reason"],
        fallback_reason=values["fallback_reason"],
        model=values["model"],
        gaps=values["gaps"],
        verdicts=values["verdicts"],
        originals=_cells(values["original_cells"], headers),
    )


def _cells(original: Any, headers: Sequence[str]) -> list[str]:
    """A cell per header, in their order; absent ones are empty. `original` is a list of cells or {header: cell}."""
    match original:
        case list():
            cells = original + [""] * (len(headers) - len(original))
        case dict():
            cells = [original.get(header) for header in headers]
        case _:
            cells = [""] * len(headers)
    return ["" if cell is None else str(cell) for cell in cells[: len(headers)]]
