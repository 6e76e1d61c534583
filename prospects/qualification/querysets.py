"""What readers of runs and qualifications ask for, each in one statement."""

from typing import Any, Self

from django.db import models
from django.db.models import Case, Count, Exists, F, FilteredRelation, OuterRef, Q, Value, When
from django.db.models.functions import Coalesce


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

    def recent(self, *, limit: int = 20) -> Self:
        """The runs that ended last."""
        ended = self.with_names().filter(batch__finished_at__isnull=False)
        return ended.order_by("-batch__finished_at")[:limit]

    def for_detail(self) -> Self:
        """With everything a run's own page says about it."""
        return self.with_names().select_related("prompt_version__prompt", "import_run")


class QualificationQuerySet(models.QuerySet[Any]):
    """Verdicts. `for_display` decides which of a prospect's verdicts in a run counts."""

    def for_display(self) -> Self:
        """Without the rubric's stand-in verdicts where the LLM's arrived after all."""
        answered = self.model._default_manager.filter(
            run=OuterRef("run"), prospect=OuterRef("prospect"), qualifier="llm"
        )
        return self.exclude(Q(qualifier="rubric_fallback") & Exists(answered))

    def of_run(self, run: Any) -> Self:
        """One verdict per prospect of a run, with `counted_score` and `counted_fit`: a person's override of the same
        profile where there is one (then `override_reason` isn't empty), else the verdict's own.

        Takes a statement more when `run.icp_version` isn't loaded.
        """
        shown = self.filter(run=run).for_display()
        return shown.annotate(
            current=FilteredRelation("prospect__fits", condition=Q(prospect__fits__icp=run.icp_version.icp_id)),
            counted_score=Coalesce(F("current__override_score"), F("score")),
            counted_fit=Case(
                When(current__override_score__isnull=False, then=F("current__level")),
                default=F("fit"),
                output_field=models.CharField(),
            ),
            override_reason=Coalesce(F("current__override_reason"), Value(""), output_field=models.TextField()),
        )

    def ranking(self, run: Any) -> Self:
        """A run's verdicts, one per prospect, best first; equal scores by name."""
        shown = self.of_run(run).select_related("prospect__company")
        return shown.order_by("-counted_score", "prospect__company__name", "prospect_id")

    def history(self, prospect_id: int) -> Self:
        """A prospect's verdicts over all runs, newest first."""
        shown = self.filter(prospect=prospect_id).select_related("run__icp_version__icp", "run__batch")
        return shown.order_by("-created_at", "-id")

    def fit_counts(self, run: Any) -> dict[str, int]:
        """How many prospects of a run have each fit level, overrides counted."""
        counted = self.of_run(run).values("counted_fit").annotate(n=Count("pk"))
        return dict(counted.values_list("counted_fit", "n"))

    def qualifier_counts(self, run: Any) -> dict[str, int]:
        """How many prospects of a run each qualifier judged, stand-ins replaced by the LLM left out."""
        shown = self.filter(run=run).for_display()
        return dict(shown.values("qualifier").annotate(n=Count("pk")).values_list("qualifier", "n"))


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
