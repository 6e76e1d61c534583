"""What readers of runs and qualifications ask for, each in one statement."""

from collections import Counter
from collections.abc import Iterable
from typing import Any, Self

from django.db import models
from django.db.models import Case, Count, Exists, F, FilteredRelation, OuterRef, Q, Value, When
from django.db.models.functions import Coalesce

from prospects.qualification.rules.score import fit_level

# A run's verdicts, best first; equal scores in the order in which the prospects came.
RANKING = ("-counted_score", "prospect_id")


class RunQuerySet(models.QuerySet[Any]):
    """Runs, with the batch that does them."""

    def with_names(self) -> Self:
        """With what every face of a run shows: its batch, who started it, and the profile it measures by."""
        return self.select_related("batch__owner", "icp_version__icp")

    def for_list(self) -> Self:
        """All runs, newest first."""
        return self.with_names().order_by("-batch_id")

    def active(self) -> Self:
        """Unfinished runs, the most urgent first."""
        unfinished = self.with_names().filter(batch__state__in=["running", "paused"])
        return unfinished.order_by("batch__priority", "batch_id")

    def ended(self) -> Self:
        """Finished and cancelled runs."""
        return self.filter(batch__finished_at__isnull=False)

    def recent(self, *, limit: int = 20) -> Self:
        """The runs that ended last."""
        return self.with_names().ended().order_by("-batch__finished_at")[:limit]

    def for_detail(self) -> Self:
        """With everything a run's own page says about it."""
        return self.with_names().select_related("prompt_version__prompt", "import_run")


class QualificationQuerySet(models.QuerySet[Any]):
    """Verdicts. `shown_of` decides which of a prospect's verdicts in a run counts."""

    def shown_of(self, run: Any) -> Self:
        """A run's, without the rubric's stand-in verdicts where the LLM's arrived after all."""
        return self.filter(run=run).exclude(self._is_replaced(run))

    def _is_replaced(self, run: Any) -> Q:
        answered = self.model._default_manager.filter(run=run, prospect=OuterRef("prospect"), qualifier="llm")
        return Q(Exists(answered), qualifier="rubric_fallback")

    def of_run(self, run: Any) -> Self:
        """One verdict per prospect of a run, with `counted_score` and `counted_fit`: a person's override of the same
        profile where there is one (then `override_reason` isn't empty), else the verdict's own.

        Takes a statement more when `run.icp_version` isn't loaded.
        """
        override = Q(prospect__fits__icp=run.icp_version.icp_id, prospect__fits__override_score__isnull=False)
        return self.shown_of(run).annotate(
            current=FilteredRelation("prospect__fits", condition=override),
            counted_score=Coalesce(F("current__override_score"), F("score")),
            counted_fit=Case(
                When(current__override_score__isnull=False, then=F("current__level")),
                default=F("fit"),
                output_field=models.CharField(),
            ),
            override_reason=Coalesce(F("current__override_reason"), Value(""), output_field=models.TextField()),
        )

    def ranking(self, run: Any) -> Self:
        """All of a run's verdicts in the order of RANKING, each with its company."""
        return self.of_run(run).select_related("prospect__company").order_by(*RANKING)

    def ranked(self, run: Any) -> list[Self]:
        """The same in two parts, for pages: what the qualifier's score ranks, which an index has in order, and the few
        that a person's score does. `performance.api.keyset.beyond` merges them.
        """
        overrides = self._overrides(run)
        shown = self.shown_of(run).select_related("prospect__company")
        own = shown.filter(~Exists(overrides)).annotate(
            counted_score=F("score"), counted_fit=F("fit"), override_reason=Value("", output_field=models.TextField())
        )
        theirs = self.of_run(run).filter(current__override_score__isnull=False).select_related("prospect__company")
        return [own, theirs]

    def _overrides(self, run: Any) -> models.QuerySet[Any]:
        fits = self.model.prospect.field.related_model.fits.field.model._default_manager
        overridden: models.QuerySet[Any] = fits.filter(
            icp=run.icp_version.icp_id, prospect=OuterRef("prospect"), override_score__isnull=False
        )
        return overridden

    def score_counts(self, run: Any) -> Counter[int]:
        """How many prospects of a run have each score, overrides counted.

        Counts all verdicts, which an index alone can tell, and then mends what the few replaced and overridden ones
        make of it. Three statements, two where no LLM was asked.
        """
        counts = self._numbers(run, "score")
        overridden = self.of_run(run).filter(current__override_score__isnull=False)
        for own, counted in overridden.values_list("score", "counted_score"):
            counts[own] -= 1
            counts[counted] += 1
        return counts

    def _numbers(self, run: Any, field: str) -> Counter[Any]:
        """How many of a run's verdicts that are shown have each value of a field."""
        numbers: Counter[Any] = Counter(dict(_counted(self.filter(run=run), field)))
        if run.qualifier == "llm":
            numbers.subtract(dict(_counted(self.filter(self._is_replaced(run), run=run), field)))
        return numbers

    def fit_counts(self, run: Any) -> dict[str, int]:
        """How many prospects of a run have each fit level, overrides counted."""
        levels: Counter[str] = Counter()
        for score, number in self.score_counts(run).items():
            levels[fit_level(score)] += number
        return dict(+levels)

    def history(self, prospect_id: int) -> Self:
        """A prospect's verdicts over all runs, newest first."""
        shown = self.filter(prospect=prospect_id).select_related("run__icp_version__icp", "run__batch")
        return shown.order_by("-created_at", "-id")

    def qualifier_counts(self, run: Any) -> dict[str, int]:
        """How many prospects of a run each qualifier judged, stand-ins replaced by the LLM left out."""
        return dict(+self._numbers(run, "qualifier"))


class FitQuerySet(models.QuerySet[Any]):
    """The current verdicts."""

    def top(self, icp: int) -> Self:
        """The best prospects of a profile, over all its runs."""
        shown = self.filter(icp=icp, prospect__archived_at__isnull=True)
        return shown.select_related("prospect__company", "qualification").order_by("-score", "prospect_id")

    def for_prospect(self, prospect_id: int) -> Self:
        """A prospect's fit per profile, best first, with the verdict it rests on."""
        shown = self.filter(prospect=prospect_id).select_related("icp", "override_by", "qualification__run__batch")
        return shown.order_by("-score", "icp_id")


def _counted(verdicts: models.QuerySet[Any], field: str) -> Iterable[tuple[Any, int]]:
    # Of rows, not of ids, which the index doesn't hold.
    counted: Iterable[tuple[Any, int]] = verdicts.order_by().values_list(field).annotate(n=Count("*"))
    return counted
