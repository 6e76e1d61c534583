"""What may be asked for at POST /qualify."""

from typing import Any

from django.conf import settings
from rest_framework import serializers

from performance.api.money import DollarsField
from performance.jobs.models import Batch, Priority
from prospects.api.serializers.filters import saved_filter_field
from prospects.api.serializers.named import NamedField
from prospects.api.serializers.priorities import PriorityField
from prospects.api.serializers.prospects import MAX_ID, ProspectQuerySerializer
from prospects.icp.models import IdealCustomerProfile
from prospects.prompts.models import PromptVersion
from prospects.qualification.models import Qualifier

# What may be asked for; the fallback is only ever fallen back to.
QUALIFIERS = [Qualifier.LLM.value, Qualifier.RUBRIC.value]
SELECTIONS = ("prospects", "filter", "saved_filter", "domains")
MOST_DOMAINS = 10_000
MOST_PROSPECTS = 100_000


class QualifyLimitsSerializer(serializers.Serializer[Any]):
    """How a run is worked; each has a default of the installation."""

    qualifier = serializers.ChoiceField(
        choices=QUALIFIERS,
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
    budget = DollarsField(required=False, help_text=f"Hard cap in US dollars ({settings.RUN_BUDGET_USD:g})")
    on_unknown = serializers.ChoiceField(
        choices=Batch.OnUnknown.choices,
        default=Batch.OnUnknown.PARK,
        help_text="A call that may have been charged without a reply: park it (never charged twice) or retry it",
    )
    title = serializers.CharField(max_length=255, default="", allow_blank=True)


class QualifySerializer(QualifyLimitsSerializer):
    """Whom to qualify (exactly one of prospects, filter, saved_filter and domains), against what, and how."""

    icp = NamedField(
        slug_field="slug",
        queryset=IdealCustomerProfile.objects.filter(archived_at__isnull=True, current__isnull=False).select_related(
            "current__icp"
        ),
        help_text="Slug of the profile",
    )
    prospects = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=MAX_ID),
        max_length=MOST_PROSPECTS,
        allow_empty=False,
        required=False,
    )
    filter = ProspectQuerySerializer(required=False)
    saved_filter = saved_filter_field()
    domains = serializers.ListField(
        child=serializers.CharField(max_length=300), max_length=MOST_DOMAINS, allow_empty=False, required=False,
        help_text="Prospects are made of those that aren't known yet",
    )  # fmt: skip

    research = serializers.BooleanField(
        default=False, help_text="Read the companies' sites first; the run follows by itself"
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        named = [name for name in SELECTIONS if name in attrs]
        if len(named) != 1:
            raise serializers.ValidationError(
                f"Name exactly one of {', '.join(SELECTIONS)}; here are {' and '.join(named) or 'none'}."
            )
        return attrs
