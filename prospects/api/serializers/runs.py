"""Shapes of runs, what is asked for them, and their exports. Money in micro-dollars, times in ms or s as named."""

from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from performance.jobs.models import Batch, Job, Priority
from performance.jobs.progress import progress
from performance.jobs.timings import timings
from prospects.api.serializers.prospects import ProspectQuerySerializer, QualificationSerializer
from prospects.exports.models import Export
from prospects.icp.models import IdealCustomerProfile
from prospects.prompts.models import PromptVersion
from prospects.qualification.models import Qualification, QualificationRun, Qualifier

PRIORITY_NAMES = {"low": Priority.LOW, "normal": Priority.NORMAL, "high": Priority.HIGH, "urgent": Priority.URGENT}
MOST_DOMAINS = 10_000
MOST_PROSPECTS = 100_000


def priority_of(asked: str | int) -> Priority:
    """low, normal, high, urgent; or 1-10, where 10 is the most urgent (1-3, 4-6, 7-8, 9-10). Raises ValueError."""
    if isinstance(asked, str) and asked in PRIORITY_NAMES:
        return PRIORITY_NAMES[asked]
    number = int(asked)
    if not 1 <= number <= 10:
        raise ValueError(asked)
    if number >= 9:
        return Priority.URGENT
    if number >= 7:
        return Priority.HIGH
    return Priority.NORMAL if number >= 4 else Priority.LOW


class PriorityField(serializers.Field[Priority, Any, str, Any]):
    """A word or a number from 1 to 10."""

    def to_internal_value(self, data: Any) -> Priority:
        try:
            if not isinstance(data, str | int) or isinstance(data, bool):
                raise ValueError(data)
            return priority_of(data)
        except ValueError as error:
            raise serializers.ValidationError("It must be low, normal, high, urgent, or 1 to 10.") from error

    def to_representation(self, value: Priority) -> str:
        return Priority(value).name.lower()


class QualifyLimitsSerializer(serializers.Serializer[Any]):
    """How a run is worked; each has a default of the installation."""

    qualifier = serializers.ChoiceField(
        choices=[Qualifier.LLM.value, Qualifier.RUBRIC.value],
        required=False,
        help_text="Unless said: the LLM if set up",
    )
    model = serializers.CharField(max_length=120, required=False, help_text="Unless said: OPENAI_MODEL")
    prompt_version = serializers.PrimaryKeyRelatedField(
        queryset=PromptVersion.objects.all(), required=False, help_text="Id; unless said: the active one"
    )
    batch_size = serializers.IntegerField(
        min_value=1, max_value=20, required=False, help_text=f"Prospects at once ({settings.BATCH_SIZE})"
    )
    max_concurrent_batches = serializers.IntegerField(
        min_value=1, max_value=1000, required=False, help_text=f"Batches at once ({settings.BATCH_PARALLEL})"
    )
    max_retries = serializers.IntegerField(min_value=0, max_value=10, required=False)
    delay_ms = serializers.IntegerField(min_value=0, max_value=60_000, default=0, help_text="Rest after each prospect")
    priority = PriorityField(default=Priority.NORMAL, help_text="low, normal, high, urgent, or 1 to 10 (most urgent)")
    concurrency = serializers.IntegerField(
        min_value=1, max_value=1000, required=False, help_text="In flight; wins over batch_size by batches"
    )
    budget = serializers.FloatField(
        min_value=0, max_value=1_000_000, required=False, help_text=f"Hard cap (${settings.RUN_BUDGET_USD:g})"
    )
    on_unknown = serializers.ChoiceField(
        choices=Batch.OnUnknown.choices,
        default=Batch.OnUnknown.PARK,
        help_text="A call that may have been charged without a reply: park it (never charged twice) or retry it",
    )
    title = serializers.CharField(max_length=255, default="", allow_blank=True)


class QualifySerializer(QualifyLimitsSerializer):
    """Whom to qualify (exactly one of prospects, filter and domains), against what, and how."""

    icp = serializers.SlugRelatedField(
        slug_field="slug",
        queryset=IdealCustomerProfile.objects.filter(archived_at__isnull=True, current__isnull=False).select_related(
            "current__icp"
        ),
        help_text="Slug of the profile",
    )
    prospects = serializers.ListField(
        child=serializers.IntegerField(min_value=1), max_length=MOST_PROSPECTS, allow_empty=False, required=False
    )
    filter = ProspectQuerySerializer(required=False)
    domains = serializers.ListField(
        child=serializers.CharField(max_length=300), max_length=MOST_DOMAINS, allow_empty=False, required=False,
        help_text="Prospects are made of those that aren't known yet",
    )  # fmt: skip

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        named = [name for name in ("prospects", "filter", "domains") if name in attrs]
        if len(named) != 1:
            raise serializers.ValidationError(
                f"Name exactly one of prospects, filter and domains; here are {' and '.join(named) or 'none'}."
            )
        return attrs


class ProgressSerializer(serializers.Serializer[Any]):
    """Where a batch stands. `per_minute` and `eta_s` are of late; null before anything is done."""

    state = serializers.ChoiceField(choices=Batch.State.choices)
    pause_code = serializers.CharField(allow_blank=True)
    pause_reason = serializers.CharField(allow_blank=True)
    total = serializers.IntegerField()
    done = serializers.IntegerField()
    ready = serializers.IntegerField()
    leased = serializers.IntegerField()
    succeeded = serializers.IntegerField()
    dead = serializers.IntegerField()
    parked = serializers.IntegerField()
    cancelled = serializers.IntegerField()
    per_minute = serializers.FloatField(allow_null=True)
    eta_s = serializers.FloatField(allow_null=True)
    elapsed_s = serializers.FloatField()
    spent_micros = serializers.IntegerField()
    reserved_micros = serializers.IntegerField()
    budget_micros = serializers.IntegerField()
    saved_micros = serializers.IntegerField()
    calls = serializers.IntegerField(help_text="Paid calls")
    ledger_hits = serializers.IntegerField(help_text="Calls that the ledger answered for nothing")
    peak_memory_mb = serializers.IntegerField()


class RunInListSerializer(serializers.ModelSerializer[QualificationRun]):
    """A run as lists show it."""

    id = serializers.IntegerField(source="batch_id")
    title = serializers.CharField(source="batch.title")
    state = serializers.CharField(source="batch.state")
    pause_reason = serializers.CharField(source="batch.pause_reason")
    priority = PriorityField(source="batch.priority")
    owner = serializers.CharField(source="batch.owner.username", default=None)
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
    finished_at = serializers.DateTimeField(source="batch.finished_at")

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

    prompt_version = serializers.StringRelatedField[PromptVersion]()
    import_id = serializers.IntegerField(source="import_run_id")
    settings = serializers.DictField()
    started_at = serializers.DateTimeField(source="batch.started_at")
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


class ResumeSerializer(serializers.Serializer[Any]):
    """A paused run goes on, with another budget if one is given."""

    budget = serializers.FloatField(min_value=0, max_value=1_000_000, required=False)


class ExportRequestSerializer(serializers.Serializer[Any]):
    """The format of the file."""

    format = serializers.ChoiceField(choices=Export.Format.choices)


class ExportSerializer(serializers.ModelSerializer[Export]):
    """An export; `file_url` is there once it is ready."""

    run_id = serializers.IntegerField()
    state = serializers.SerializerMethodField()
    size = serializers.IntegerField(source="file.size", default=None, help_text="Bytes")
    expires_at = serializers.DateTimeField(source="file.expires_at", default=None)
    file_url = serializers.SerializerMethodField()

    class Meta:
        model = Export
        fields = [
            "id",
            "run_id",
            "format",
            "state",
            "row_count",
            "size",
            "error",
            "created_at",
            "expires_at",
            "file_url",
        ]

    def get_state(self, export: Export) -> str:
        """making, ready, failed or expired."""
        if export.error:
            return "failed"
        if export.file:
            return "ready"
        return "expired" if export.row_count else "making"

    def get_file_url(self, export: Export) -> str | None:
        return f"/api/v1/exports/{export.pk}/file" if export.file else None
