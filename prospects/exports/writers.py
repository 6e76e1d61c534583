"""A run's results as files: CSV, XLSX, JSON Lines and JSON, each a stream of bytes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from prospects.companies.normalise.formula import guard
from prospects.exports import table
from prospects.exports.results import ResultRow, Results
from prospects.exports.table import CONTENT_TYPES, Cell

__all__ = ["CONTENT_TYPES", "Ranking", "chunks", "header"]

COLUMNS = ("rank", "name", "domain", "score", "fit", "qualifier", "recommendation", "reasoning")
WIDTHS = {"rank": 6, "name": 30, "domain": 24, "score": 7, "fit": 11, "qualifier": 15, "recommendation": 60}


@dataclass(frozen=True, slots=True)
class Ranking:
    """A run's results as a table."""

    results: Results

    @property
    def widths(self) -> Mapping[str, int]:
        return WIDTHS

    def header(self) -> list[str]:
        return header(self.results)

    def rows(self) -> Iterator[ResultRow]:
        return self.results.rows()

    def cells(self, row: ResultRow) -> Sequence[Cell]:
        return _values(row, criteria=len(self.results.criteria))

    def as_json(self, row: ResultRow) -> dict[str, Any]:
        return as_json(row, headers=self.results.headers)


def chunks(results: Results, format: str) -> Iterator[bytes]:
    """The file in pieces of about 256 kB. Raises UnknownFormat at once, TooManyRows while XLSX is written."""
    return table.chunks(Ranking(results), format)


def header(results: Results) -> list[str]:
    """The first line of CSV and XLSX."""
    criteria = (f"criterion:{label}" for label in results.criteria)
    return [*COLUMNS, *criteria, *(f"original:{name}" for name in results.headers)]


def as_json(row: ResultRow, *, headers: Sequence[str]) -> dict[str, Any]:
    """All that is known of a result, as JSON Lines and JSON say it."""
    return {
        "rank": row.rank,
        "prospect_id": row.prospect_id,
        "name": row.name,
        "person": row.person or None,
        "domain": row.domain,
        "score": row.score,
        "fit": row.fit or None,
        "qualifier": row.qualifier or None,
        "model": row.model or None,
        "recommendation": row.recommendation,
        "reasoning": row.reasoning,
        "gaps": row.gaps,
        "verdicts": row.verdicts,
        "override": {"own_score": row.own_score, "reason": row.override_reason} if row.override_reason else None,
        "fallback_reason": row.fallback_reason or None,
        "original": dict(zip(headers, row.originals, strict=True)),
    }


def _values(row: ResultRow, *, criteria: int) -> list[str | int]:
    """The cells of a line, as CSV and XLSX have them; a prospect without a verdict has none for the criteria."""
    outcomes = [verdict["outcome"] for verdict in row.verdicts] or [""] * criteria
    score = "" if row.score is None else row.score
    first = (row.rank, guard(row.name), guard(row.domain), score, row.fit, row.qualifier)
    return [*first, guard(row.recommendation), guard(_reasoning(row)), *outcomes, *map(guard, row.originals)]


def _reasoning(row: ResultRow) -> str:
    """Where a person's score counts, first that and why: the verdicts and the recommendation speak for another."""
    if not row.override_reason:
        return row.reasoning
    return (
        f"A person set the score, which was {row.own_score}: {row.override_reason.rstrip('.')}. {row.reasoning}".strip()
    )
