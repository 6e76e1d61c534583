"""Corrections by hand to many prospects at once: each as `correcting.edit_prospect` makes it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from performance.access.models import User
from performance.bulk import services as bulk
from performance.bulk.errors import RowError
from prospects.companies.bulk.changes import Change, Refused, fitting
from prospects.companies.bulk.results import Report, RowOutcome
from prospects.companies.correcting import place_of
from prospects.companies.editing import mark_by_hand
from prospects.companies.models import Company, Prospect


@dataclass(slots=True)
class Changing:
    """Makes the changes of one call, within its transaction."""

    report: Report
    by: User
    at: datetime

    def change(self, changes: Sequence[Change]) -> None:
        prospects, companies = _locked([change.prospect_id for change in changes])
        people: list[dict[str, Any]] = []
        named: dict[int, set[str]] = {}
        for change in changes:
            prospect = prospects.get(change.prospect_id)
            if prospect is None:
                self._refuse(RowError(change.place, "id", f"there is no prospect {change.prospect_id}"))
                continue
            company = companies[prospect.company_id]
            try:
                kept = fitting(change, company=company, place_of=place_of)
            except Refused as refused:
                self._refuse(refused.error)
                continue
            people += self._made(kept, company, named)
        self._store(people, [companies[pk] for pk in named], named)

    def _made(self, change: Change, company: Company, named: dict[int, set[str]]) -> list[dict[str, Any]]:
        """The row of the prospect, if there is anything to write. The company is changed, and stored later."""
        if not (change.person or change.company):
            self.report.settle(change.place, change.prospect_id, RowOutcome.UNCHANGED)
            return []
        if change.company:
            for name, value in change.company.items():
                setattr(company, name, value)
            mark_by_hand(company, columns=change.company, by=self.by, at=self.at)
            named.setdefault(company.pk, set()).update(change.company)
        self.report.settle(change.place, change.prospect_id, RowOutcome.UPDATED)
        return [{"id": change.prospect_id, "edited_at": self.at, **change.person}]

    def _store(self, people: list[dict[str, Any]], companies: list[Company], named: dict[int, set[str]]) -> None:
        rows = [
            {"id": company.pk, "provenance": company.provenance}
            | {name: getattr(company, name) for name in named[company.pk]}
            for company in companies
        ]
        bulk.update(Company, rows)
        bulk.update(Prospect, people)
        Prospect.objects.filter(company__in=companies).update(edited_at=self.at)

    def _refuse(self, error: RowError) -> None:
        self.report.refuse([error])


def _locked(ids: Sequence[int]) -> tuple[dict[int, Prospect], dict[int, Company]]:
    rows = Prospect.objects.select_for_update(no_key=True).order_by("pk")
    prospects = {prospect.pk: prospect for prospect in rows.filter(pk__in=ids).only("pk", "company_id")}
    wanted = {prospect.company_id for prospect in prospects.values()}
    companies = Company.objects.select_for_update(no_key=True).order_by("pk").filter(pk__in=wanted)
    return prospects, {company.pk: company for company in companies}
