"""A run's ranking as rows for files, streamed through a server-side cursor: memory doesn't grow with the run."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet, Subquery
from django.db.models.expressions import RawSQL

from performance.jobs.models import Job
from prospects.companies.models import Prospect
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

# Of a job that says no more itself.
UNJUDGED: Mapping[str, str] = {
    Job.State.READY: "Not judged yet.",
    Job.State.LEASED: "Not judged yet.",
    Job.State.SUCCEEDED: "The verdict was deleted.",
    Job.State.PARKED: "The call was cut off; it may be charged.",
    Job.State.DEAD: "Given up.",
    Job.State.CANCELLED: "The run was cancelled before this prospect was judged.",
}
NO_VERDICT: Mapping[str, Any] = {
    **dict.fromkeys(FIELDS, ""),
    **dict.fromkeys(("counted_score", "score"), None),
    **dict.fromkeys(("verdicts", "gaps"), ()),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultRow:
    """One prospect of a run. `score` and `fit` are what counts; `own_score` is the qualifier's.

    A prospect without a verdict has no score, no qualifier and no verdicts; `reasoning` says why.

    `verdicts` are as `Qualification` stores them, in the profile's order; `originals` is {header: cell as text}.
    """

    rank: int
    prospect_id: int
    name: str
    person: str
    domain: str
    score: int | None
    fit: str
    qualifier: str
    recommendation: str
    reasoning: str
    own_score: int | None
    override_reason: str
    fallback_reason: str
    model: str
    gaps: Sequence[str]
    verdicts: Sequence[Mapping[str, Any]]
    originals: Sequence[str]


@dataclass(frozen=True, slots=True)
class Results:
    """A run's results: what its columns are, and its rows, each time read anew.

    Best first; the prospects that nobody judged come last.
    """

    run: QualificationRun
    criteria: Sequence[str]
    headers: Sequence[str]

    def rows(self) -> Iterator[ResultRow]:
        for rank, (values, why) in enumerate(chain(_judged(self.run), _unjudged(self.run)), 1):
            yield _row(rank, values, headers=self.headers, why=why)

    def count(self) -> int:
        """How many rows there are now. Two statements."""
        return Qualification.objects.shown_of(self.run).count() + _missing(self.run).count()


def results_of(run: QualificationRun) -> Results:
    """The results of a run. Two statements here, and one for each reading of the rows."""
    criteria = [str(criterion["label"]) for criterion in run.icp_version.content["criteria"]]
    return Results(run, criteria, run.import_run.headers if run.import_run else _headers(run))


def _ranking(run: QualificationRun) -> QuerySet[Any]:
    """The ranking with each prospect's original cells: its first line in the run's file, else what it came with."""
    cells = _cells_of(run, prospect="prospect")
    shown: QuerySet[Any] = Qualification.objects.ranking(run).annotate(original_cells=cells)
    return shown


def _cells_of(run: QualificationRun, *, prospect: str) -> F | Subquery:
    if run.import_run_id is None:
        return F("original" if prospect == "pk" else f"{prospect}__original")
    lines = ImportRow.objects.filter(import_run=run.import_run_id, settled__prospect=OuterRef(prospect))
    return Subquery(lines.order_by("line").values("raw")[:1])


def _judged(run: QualificationRun) -> Iterator[tuple[Mapping[str, Any], str]]:
    for values in _ranking(run).values_list(*FIELDS).iterator(chunk_size=CHUNK):
        yield dict(zip(FIELDS, values, strict=True)), ""


def _unjudged(run: QualificationRun) -> Iterator[tuple[Mapping[str, Any], str]]:
    """The run's prospects without a verdict, and why they have none; a statement for each 500 of them."""
    jobs = _missing(run).order_by("subject_id").values_list("subject_id", "state", "error").iterator(chunk_size=CHUNK)
    while some := list(islice(jobs, CHUNK)):
        known = _plain(run, [prospect_id for prospect_id, _, _ in some])
        for prospect_id, state, error in some:
            if prospect_id in known:
                yield known[prospect_id], error or UNJUDGED[state]


def _missing(run: QualificationRun) -> QuerySet[Job]:
    judged = Qualification.objects.filter(run=run, prospect=OuterRef("subject_id"))
    return Job.objects.filter(~Exists(judged), batch=run.pk)


def _plain(run: QualificationRun, ids: Sequence[int]) -> Mapping[int, Mapping[str, Any]]:
    """What is known of prospects besides any verdict, by id and named as in FIELDS."""
    named = {name: F(name.removeprefix("prospect__")) for name in FIELDS if name.startswith("prospect__")}
    shown = Prospect.objects.filter(pk__in=ids).annotate(original_cells=_cells_of(run, prospect="pk"))
    rows = shown.values("pk", "original_cells", **named)
    return {row["pk"]: {"prospect_id": row["pk"], **row} for row in rows}


def _headers(run: QualificationRun) -> list[str]:
    """Every header that a prospect of this run came with, in alphabetical order."""
    keys = RawSQL('json_object_keys("prospects_prospect"."original")', [])
    judged = Qualification.objects.filter(run=run, prospect__original__isnull=False)
    return sorted(set(judged.annotate(header=keys).values_list("header", flat=True)))


def _row(rank: int, values: Mapping[str, Any], *, headers: Sequence[str], why: str = "") -> ResultRow:
    values = {**NO_VERDICT, **values}
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
        reasoning=why or values["reasoning"],
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
