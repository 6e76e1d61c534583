"""Shapes of runs. Money in micro-dollars, times in ms or s as named."""

from dataclasses import asdict
from typing import Any

from django.db.models import Case, CharField, Expression, F, Field, SmallIntegerField, TextField, Value, When
from django.db.models.functions import Concat
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from performance.api.examples import asked_as
from performance.api.lists.derived import shape_like
from performance.api.lists.expressions import Carried
from performance.api.lists.shape import Computed, Make
from performance.api.money import DollarsField
from performance.jobs.models import Job
from performance.jobs.progress import progress
from performance.jobs.timings import timings
from performance.jobs.views import ProgressSerializer
from prospects.api.serializers.priorities import PRIORITY_NAMES, PriorityField
from prospects.api.serializers.prospects import QualificationSerializer
from prospects.prompts.models import PromptVersion
from prospects.qualification.models import Qualification, QualificationRun


class RunInListSerializer(serializers.ModelSerializer[QualificationRun]):
    """A run as lists show it."""

    id = serializers.IntegerField(source="batch_id")
    title = serializers.CharField(source="batch.title")
    state = serializers.CharField(source="batch.state")
    pause_reason = serializers.CharField(source="batch.pause_reason")
    priority = PriorityField(source="batch.priority")
    owner = serializers.CharField(source="batch.owner.username", default=None, allow_null=True)
    icp = serializers.CharField(source="icp_version.icp.slug")
    icp_version = serializers.IntegerField(source="icp_version.number")
    total = serializers.IntegerField(source="batch.total")
    succeeded = serializers.IntegerField(source="batch.succeeded")
    dead = serializers.IntegerField(source="batch.dead")
    parked = serializers.IntegerField(source="batch.parked")
    cancelled = serializers.IntegerField(source="batch.cancelled")
    spent_micros = serializers.IntegerField(source="batch.spent_micros")
    budget_micros = serializers.IntegerField(source="batch.budget_micros")
    created_at = serializers.DateTimeField(source="batch.created_at")
    finished_at = serializers.DateTimeField(source="batch.finished_at", allow_null=True)

    class Meta:
        model = QualificationRun
        fields = [
            "id",
            "title",
            "state",
            "pause_reason",
            "priority",
            "owner",
            "icp",
            "icp_version",
            "qualifier",
            "model",
            "total",
            "succeeded",
            "dead",
            "parked",
            "cancelled",
            "spent_micros",
            "budget_micros",
            "created_at",
            "finished_at",
        ]


class TimingsSerializer(serializers.Serializer[Any]):
    """Attempts of all jobs, and a job's own time; null before one has finished."""

    attempts = serializers.IntegerField()
    interruptions = serializers.IntegerField(help_text="Times that a job's worker was lost")
    mean_ms = serializers.FloatField(allow_null=True)
    p50_ms = serializers.FloatField(allow_null=True)
    p95_ms = serializers.FloatField(allow_null=True)
    max_ms = serializers.IntegerField(allow_null=True)


class RunSerializer(RunInListSerializer):
    """A run with its progress (rate, ETA, spend, ledger hits, peak memory) and its timings."""

    prompt_version = serializers.StringRelatedField[PromptVersion](allow_null=True)
    import_id = serializers.IntegerField(source="import_run_id", allow_null=True)
    settings = serializers.DictField()
    started_at = serializers.DateTimeField(source="batch.started_at", allow_null=True)
    progress = serializers.SerializerMethodField()
    timings = serializers.SerializerMethodField()

    class Meta(RunInListSerializer.Meta):
        fields = [
            *RunInListSerializer.Meta.fields,
            "started_at",
            "prompt_version",
            "import_id",
            "settings",
            "estimate_micros",
            "progress",
            "timings",
        ]

    @extend_schema_field(ProgressSerializer)
    def get_progress(self, run: QualificationRun) -> dict[str, Any]:
        return dict(ProgressSerializer(progress(run.batch_id)).data)

    @extend_schema_field(TimingsSerializer)
    def get_timings(self, run: QualificationRun) -> dict[str, Any]:
        return dict(TimingsSerializer(timings(run.batch_id)).data)


class RunStartedSerializer(serializers.Serializer[Any]):
    """The run; `is_new` is false where the same work was already under way."""

    run = RunInListSerializer()
    is_new = serializers.BooleanField()


class RunResultSerializer(QualificationSerializer):
    """A line of a run's ranking; `counted_score` and `counted_fit` follow a person's override."""

    name = serializers.CharField(source="prospect.company.name")
    domain = serializers.CharField(source="prospect.company.domain")
    counted_score = serializers.IntegerField()
    counted_fit = serializers.CharField()
    override_reason = serializers.CharField(allow_blank=True)

    class Meta(QualificationSerializer.Meta):
        model = Qualification
        fields = [
            "name",
            "domain",
            "counted_score",
            "counted_fit",
            "override_reason",
            *QualificationSerializer.Meta.fields,
        ]


class JobErrorSerializer(serializers.ModelSerializer[Job]):
    """A prospect that couldn't be qualified, or waits for another try."""

    prospect_id = serializers.IntegerField(source="subject_id")

    class Meta:
        model = Job
        fields = [
            "id",
            "prospect_id",
            "state",
            "error_code",
            "error",
            "attempts",
            "interruptions",
            "cost_micros",
            "ledger_hits",
            "run_ms",
            "available_at",
            "started_at",
            "finished_at",
        ]


class CountSerializer(serializers.Serializer[Any]):
    """How many jobs were sent back to work."""

    count = serializers.IntegerField()


@asked_as("With another budget", {"budget": 5.0})
class ResumeSerializer(serializers.Serializer[Any]):
    """A paused run goes on, with another budget if one is given."""

    budget = DollarsField(required=False, help_text="Hard cap in US dollars")


def _priority(prefix: str) -> Expression:
    """As `PriorityField`."""
    named = (When(**{f"{prefix}batch__priority": value}, then=Value(name)) for name, value in PRIORITY_NAMES.items())
    return Case(*named, output_field=CharField())


def _prompt_version(prefix: str) -> Expression:
    """As a prompt's version is called."""
    path = f"{prefix}prompt_version"
    called = Concat(F(f"{path}__prompt__name"), Value(" v"), F(f"{path}__number"), output_field=CharField())
    return Case(When(**{f"{path}__isnull": False}, then=called), output_field=CharField())


def _counted(name: str, field: "Field[Any, Any]") -> Make:
    return lambda _prefix: Carried(name, field)


RUN_IN_LIST = shape_like(RunInListSerializer, priority=_priority)
RUN = shape_like(
    RunSerializer,
    priority=_priority,
    prompt_version=_prompt_version,
    progress=Computed(tuple(ProgressSerializer().fields), lambda run_id: asdict(progress(run_id))),
    timings=Computed(tuple(TimingsSerializer().fields), lambda run_id: asdict(timings(run_id))),
)
# Of the ranking's querysets (`QualificationQuerySet.ranked`).
COUNTED = ("counted_score", "counted_fit", "override_reason")
RUN_RESULT = shape_like(
    RunResultSerializer,
    verdicts="verdicts",
    counted_score=_counted("counted_score", SmallIntegerField()),
    counted_fit=_counted("counted_fit", CharField()),
    override_reason=_counted("override_reason", TextField()),
)
JOB_ERROR = shape_like(JobErrorSerializer)
