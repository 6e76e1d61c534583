"""Which prospects a run is started for, as it stands in an address: some, those of a filter, or everybody."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import QueryDict

from prospects.companies.models import Prospect
from prospects.companies.querysets import ProspectFilter, ProspectQuerySet
from prospects.forms.filters import ProspectFilterForm

MOST_IDS = 1000


@dataclass(frozen=True, slots=True)
class Selection:
    """`ids` win; `everything` is the query of a prospect list, by default everybody."""

    ids: tuple[int, ...]
    everything: str

    @classmethod
    def read(cls, query: QueryDict) -> "Selection":
        """What `query` names. `everything` counts only when its button was pressed, which sends it."""
        ids = [int(text) for text in query.getlist("ids") if text.isdecimal() and len(text) < 19]
        everything = query.get("everything")
        return cls(() if everything is not None else tuple(ids[:MOST_IDS]), everything or "")

    @property
    def wanted(self) -> ProspectFilter:
        return ProspectFilterForm(QueryDict(self.everything)).wanted()

    @property
    def import_run(self) -> int | None:
        return None if self.ids else self.wanted.import_run

    def for_list(self) -> ProspectQuerySet:
        """Those present, with their companies and fits, by name."""
        listed: ProspectQuerySet = Prospect.objects.for_list(ProspectFilter() if self.ids else self.wanted)
        listed = listed.filter(pk__in=self.ids) if self.ids else listed
        return listed.order_by("company__name", "pk")

    def prospect_ids(self) -> Sequence[int]:
        """The ids of those present, in no particular order."""
        if self.ids:
            return list(Prospect.objects.present().filter(pk__in=self.ids).values_list("pk", flat=True))
        return list(Prospect.objects.matching(self.wanted).order_by().values_list("pk", flat=True))
