"""Shapes of research. Money in micro-dollars, times in ms or s as named."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from performance.api.lists.derived import shape_like
from performance.api.money import DollarsField
from performance.jobs.models import Priority
from performance.jobs.progress import progress
from performance.jobs.views import ProgressSerializer
from prospects.api.serializers.filters import saved_filter_field
from prospects.api.serializers.named import NamedField
from prospects.api.serializers.priorities import PriorityField
from prospects.api.serializers.prospects import MAX_ID, ProspectQuerySerializer
from prospects.api.serializers.qualify import QualifyLimitsSerializer
from prospects.extraction.modes import DEFAULT_MODE, MODES
from prospects.icp.models import IdealCustomerProfile
from prospects.research.models import ResearchBatch
from prospects.research.plan import FORMATS, MOST_COMPANIES, MOST_CONCURRENT, MOST_TIMEOUT_S
from prospects.research.statistics import outcome_counts
from prospects.search.models import SearchSession

COUNTRY = r"^[A-Za-z]{2}$"
LANGUAGE = r"^[A-Za-z]{2,3}$"
# Whom a batch is for; only hints go with names.
SELECTIONS = ("company_names", "domains", "companies", "prospects", "filter", "saved_filter", "search_session")


class ExtractSerializer(serializers.Serializer[Any]):
    """One company: by its name, its domain, or both."""

    company_name = serializers.CharField(max_length=300, default="", allow_blank=True)
    domain = serializers.CharField(max_length=300, default="", allow_blank=True, help_text="Its own, such as acme.com")
    extraction_mode = serializers.ChoiceField(
        choices=list(MODES), default="basic", help_text="basic is answered at once where the domain is known"
    )
    country = serializers.RegexField(COUNTRY, required=False, help_text="ISO 3166-1 alpha-2: where it is looked for")
    language = serializers.RegexField(LANGUAGE, required=False, help_text="ISO 639: in which it is looked for")
    timeout_seconds = serializers.IntegerField(min_value=5, max_value=MOST_TIMEOUT_S, default=60)
    budget = DollarsField(required=False, help_text="Most to be paid for searches and the LLM, in US dollars")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs["company_name"].strip() and not attrs["domain"].strip():
            raise serializers.ValidationError("Name the company by company_name, domain, or both.")
        return attrs


class ThenSerializer(QualifyLimitsSerializer):
    """The run that follows the research, over the prospects of its companies."""

    icp = NamedField(
        slug_field="slug",
        queryset=IdealCustomerProfile.objects.filter(archived_at__isnull=True, current__isnull=False).select_related(
            "current__icp"
        ),
        help_text="Slug of the profile",
    )


def _ids() -> serializers.ListField:
    return serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=MAX_ID),
        max_length=MOST_COMPANIES,
        allow_empty=False,
        required=False,
    )


def _texts() -> serializers.ListField:
    return serializers.ListField(
        child=serializers.CharField(max_length=300, allow_blank=True),
        max_length=MOST_COMPANIES,
        allow_empty=False,
        required=False,
    )


class _HowSerializer(serializers.Serializer[Any]):
    """How companies are researched, and what follows."""

    extraction_mode = serializers.ChoiceField(choices=list(MODES), default=DEFAULT_MODE)
    priority = PriorityField(default=Priority.NORMAL, help_text="low, normal, high, urgent, or 1 to 10 (most urgent)")
    country = serializers.RegexField(COUNTRY, required=False, help_text="ISO 3166-1 alpha-2: where they are looked for")
    language = serializers.RegexField(LANGUAGE, required=False, help_text="ISO 639: in which they are looked for")
    max_concurrent = serializers.IntegerField(
        min_value=1,
        max_value=MOST_CONCURRENT,
        required=False,
        help_text="At once (MAX_CONCURRENT_EXTRACTIONS)",
    )
    timeout_seconds = serializers.IntegerField(
        min_value=5, max_value=MOST_TIMEOUT_S, default=60, help_text="For each company; what was read by then is kept"
    )
    include_failed_results = serializers.BooleanField(default=True)
    export_format = serializers.ChoiceField(choices=FORMATS, default="json", help_text="Of the results, unless said")
    budget = DollarsField(required=False, help_text="Most to be paid for searches and the LLM, in US dollars")
    force = serializers.BooleanField(default=False, help_text="Research also what was researched within the hour")
    rescore = serializers.BooleanField(default=False, help_text="Judge anew those whose company has changed")
    qualify = ThenSerializer(required=False, help_text="A run that follows")


class BatchSubmitSerializer(_HowSerializer):
    """Whom to research (company_names with or without domain_hints, or exactly one of the others), and how."""

    company_names = _texts()
    domain_hints = _texts()
    domains = _texts()
    companies = _ids()
    prospects = _ids()
    filter = ProspectQuerySerializer(required=False)
    saved_filter = saved_filter_field()
    search_session = serializers.PrimaryKeyRelatedField(
        queryset=SearchSession.objects.all(), required=False, help_text="Id: the sites that it found"
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        named = [name for name in SELECTIONS if name in attrs]
        if "domain_hints" in attrs and named != ["company_names"]:
            raise serializers.ValidationError({"domain_hints": ["Hints go with company_names; else use domains."]})
        if len(named) != 1:
            raise serializers.ValidationError(
                f"Name exactly one of {', '.join(SELECTIONS)}; here are {' and '.join(named) or 'none'}."
            )
        return attrs


class BatchFileSerializer(_HowSerializer):
    """A file of companies: CSV, XLSX or JSON Lines with a column of domains, of names, or both."""

    file = serializers.FileField(max_length=255, help_text=f"Up to {MOST_COMPANIES:,} companies, each on a line")


class ResearchInListSerializer(serializers.ModelSerializer[ResearchBatch]):
    """A batch of research as lists show it. `asked` is how many were named, `total` how many companies that are."""

    id = serializers.IntegerField(source="batch_id")
    title = serializers.CharField(source="batch.title")
    state = serializers.CharField(source="batch.state")
    pause_reason = serializers.CharField(source="batch.pause_reason")
    priority = PriorityField(source="batch.priority")
    owner = serializers.CharField(source="batch.owner.username", default=None, allow_null=True)
    total = serializers.IntegerField(source="batch.total")
    succeeded = serializers.IntegerField(source="batch.succeeded")
    dead = serializers.IntegerField(source="batch.dead")
    cancelled = serializers.IntegerField(source="batch.cancelled")
    spent_micros = serializers.IntegerField(source="batch.spent_micros")
    budget_micros = serializers.IntegerField(source="batch.budget_micros")
    run_id = serializers.IntegerField(source="then_run_id", allow_null=True, help_text="The run that followed")
    created_at = serializers.DateTimeField(source="batch.created_at")
    finished_at = serializers.DateTimeField(source="batch.finished_at", allow_null=True)

    class Meta:
        model = ResearchBatch
        fields = [
            "id",
            "title",
            "state",
            "pause_reason",
            "priority",
            "owner",
            "mode",
            "country",
            "language",
            "source",
            "asked",
            "total",
            "succeeded",
            "dead",
            "cancelled",
            "spent_micros",
            "budget_micros",
            "run_id",
            "created_at",
            "finished_at",
        ]


class OutcomesSerializer(serializers.Serializer[Any]):
    """Companies so far, by what came of them. `cached` ones were fresh enough already."""

    done = serializers.IntegerField()
    partial = serializers.IntegerField()  # type: ignore[assignment]  # a field by the name of DRF's own attribute
    failed = serializers.IntegerField()
    cached = serializers.IntegerField()
    changed = serializers.IntegerField()


class ResearchSerializer(ResearchInListSerializer):
    """A batch of research with its progress: rate, time left, spend."""

    timeout_seconds = serializers.IntegerField(source="timeout_s")
    include_failed_results = serializers.BooleanField(source="includes_failed")
    run_says = serializers.CharField(source="then_says", help_text="Why no run followed, where one was asked for")
    outcomes = serializers.SerializerMethodField()
    progress = serializers.SerializerMethodField()

    class Meta(ResearchInListSerializer.Meta):
        fields = [
            *ResearchInListSerializer.Meta.fields,
            "timeout_seconds",
            "include_failed_results",
            "export_format",
            "run_says",
            "outcomes",
            "progress",
        ]

    @extend_schema_field(OutcomesSerializer)
    def get_outcomes(self, research: ResearchBatch) -> dict[str, int]:
        return outcome_counts(research.pk)

    @extend_schema_field(ProgressSerializer)
    def get_progress(self, research: ResearchBatch) -> dict[str, Any]:
        return dict(ProgressSerializer(progress(research.pk)).data)


class ResearchStartedSerializer(serializers.Serializer[Any]):
    """The batch; `is_new` is false where the same research was already under way."""

    research = ResearchInListSerializer()
    is_new = serializers.BooleanField()


RESEARCH_IN_LIST = shape_like(ResearchInListSerializer)
