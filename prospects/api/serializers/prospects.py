"""Shapes of prospects and of the verdicts on them."""

from collections.abc import Mapping
from typing import Any

from django.db.models import BigIntegerField, Expression, F, Func, JSONField, Q
from django.db.models.lookups import IsNull
from rest_framework import serializers

from performance.api.examples import asked_as
from performance.api.lists.derived import shape_like
from performance.api.lists.expressions import Carried
from prospects.api.serializers.named import NamedField
from prospects.companies.models import Company, Prospect
from prospects.companies.querysets import ProspectFilter
from prospects.icp.models import IdealCustomerProfile
from prospects.qualification.models import Fit, FitLevel, Qualification

# A bigint of PostgreSQL ends here.
MAX_ID = 2**63 - 1


class ProspectQuerySerializer(serializers.Serializer[Any]):
    """What a list of prospects, or a run, can be narrowed to."""

    q = serializers.CharField(max_length=200, required=False, help_text="In the name, the domain or the person's name")
    icp = NamedField(
        slug_field="slug",
        queryset=IdealCustomerProfile.objects.all(),
        required=False,
        help_text="Slug of a profile: only prospects with a fit for it",
    )
    level = serializers.ChoiceField(choices=FitLevel.choices, required=False, help_text="Level of the fit")
    country = serializers.RegexField(r"^[A-Za-z]{2}$", required=False, help_text="ISO 3166-1 alpha-2")
    industry = serializers.CharField(max_length=200, required=False, help_text="In the industry")
    source = serializers.CharField(max_length=120, required=False, help_text="The source, exactly")  # type: ignore[assignment]  # a field by the name of DRF's own attribute
    import_run = serializers.IntegerField(min_value=1, max_value=MAX_ID, required=False, help_text="Id of an import")


def filter_of(asked: Mapping[str, Any]) -> ProspectFilter:
    """The filter of a validated ProspectQuerySerializer."""
    icp = asked.get("icp")
    return ProspectFilter(
        search=asked.get("q", ""),
        icp=icp.pk if icp else None,
        level=asked.get("level", ""),
        country=asked.get("country", "").upper(),
        industry=asked.get("industry", ""),
        source=asked.get("source", ""),
        import_run=asked.get("import_run"),
    )


class FitSerializer(serializers.ModelSerializer[Fit]):
    """The current verdict for one profile; `score` is what counts."""

    icp = serializers.CharField(source="icp.slug", help_text="Slug of the profile")
    qualification_id = serializers.IntegerField()

    class Meta:
        model = Fit
        fields = [
            "icp",
            "score",
            "level",
            "override_score",
            "override_reason",
            "override_at",
            "qualification_id",
            "updated_at",
        ]


COMPANY_LIST_FIELDS = [
    "id",
    "name",
    "domain",
    "industry",
    "employees_min",
    "employees_max",
    "revenue_min",
    "revenue_max",
    "city",
    "region",
    "country",
]
COMPANY_EDITABLE = [
    "name",
    "industry",
    "description",
    "employees_min",
    "employees_max",
    "revenue_min",
    "revenue_max",
    "stage",
    "funding",
    "technologies",
    "founded_year",
    "street",
    "city",
    "region",
    "postal_code",
    "country",
    "phone",
    "email",
    "linkedin_url",
]


class CompanyInListSerializer(serializers.ModelSerializer[Company]):
    """A company, in short."""

    class Meta:
        model = Company
        fields = COMPANY_LIST_FIELDS


class CompanySerializer(serializers.ModelSerializer[Company]):
    """A company; `provenance` says of each value where it comes from, and whether it is locked."""

    technologies = serializers.ListField(child=serializers.CharField())
    provenance = serializers.DictField()

    class Meta:
        model = Company
        fields = ["id", "domain", "registry_number", *COMPANY_EDITABLE, "provenance", "updated_at"]


class ProspectInListSerializer(serializers.ModelSerializer[Prospect]):
    """A prospect as lists show it: its company, and its fits, best first."""

    company = CompanyInListSerializer()
    fits = FitSerializer(many=True)

    class Meta:
        model = Prospect
        fields = ["id", "company", "person_name", "person_title", "source", "created_at", "fits"]


class ProspectSerializer(serializers.ModelSerializer[Prospect]):
    """A prospect with all that is known; `original` are the columns it came with."""

    company = CompanySerializer()
    fits = FitSerializer(many=True)
    original = serializers.DictField()

    class Meta:
        model = Prospect
        fields = [
            "id",
            "company",
            "person_name",
            "person_title",
            "person_email",
            "person_phone",
            "notes",
            "source",
            "original",
            "fits",
            "archived_at",
            "edited_at",
            "created_at",
            "updated_at",
        ]


class CompanyEditSerializer(serializers.ModelSerializer[Company]):
    """What a person may correct; each value given is locked against later imports."""

    technologies = serializers.ListField(child=serializers.CharField(max_length=200), max_length=500)
    # As people write them; `companies.typed` makes them what is kept.
    country = serializers.CharField(max_length=100, allow_blank=True, help_text="A code or a name")
    phone = serializers.CharField(max_length=60, allow_blank=True, help_text="Kept as E.164")

    class Meta:
        model = Company
        fields = COMPANY_EDITABLE


@asked_as(
    "A correction", {"notes": "Called; asked for an offer.", "company": {"employees_min": 51, "employees_max": 200}}
)
class ProspectEditSerializer(serializers.ModelSerializer[Prospect]):
    """The fields to change; those left out stay as they are."""

    company = CompanyEditSerializer(required=False, partial=True)
    person_phone = serializers.CharField(max_length=60, allow_blank=True, help_text="Kept as E.164")

    class Meta:
        model = Prospect
        fields = ["person_name", "person_title", "person_email", "person_phone", "notes", "company"]


@asked_as("A person's own score", {"score": 85, "reason": "Met them at the fair."})
class OverrideSerializer(serializers.Serializer[Any]):
    """A person's own score, with the reason; null takes it back."""

    score = serializers.IntegerField(min_value=0, max_value=100, allow_null=True)
    reason = serializers.CharField(max_length=2000, allow_blank=True, default="")


class VerdictSerializer(serializers.Serializer[Any]):
    """The verdict on one criterion; `quote` is verbatim from `source`, or empty."""

    criterion = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field by the name of DRF's own attribute
    kind = serializers.CharField()
    weight = serializers.IntegerField()
    must = serializers.BooleanField()
    outcome = serializers.ChoiceField(choices=["met", "unmet", "unknown"])
    confidence = serializers.FloatField()
    quote = serializers.CharField(allow_blank=True)
    source = serializers.CharField(allow_blank=True)  # type: ignore[assignment]  # a field by the name of DRF's own attribute
    note = serializers.CharField(allow_blank=True)


class QualificationSerializer(serializers.ModelSerializer[Qualification]):
    """One verdict on a prospect, as it was given. Money in micro-dollars."""

    run_id = serializers.IntegerField()
    prospect_id = serializers.IntegerField()
    verdicts = VerdictSerializer(many=True)
    gaps = serializers.ListField(child=serializers.CharField())

    class Meta:
        model = Qualification
        fields = [
            "id",
            "run_id",
            "prospect_id",
            "qualifier",
            "score",
            "fit",
            "verdicts",
            "gaps",
            "reasoning",
            "recommendation",
            "model",
            "input_tokens",
            "output_tokens",
            "cost_micros",
            "latency_ms",
            "attempts",
            "is_from_ledger",
            "fallback_reason",
            "created_at",
        ]


class _Provenance(Func):
    """{field: entry} of what is kept as entries with the fields they stand beside (`companies.provenance`)."""

    template = (
        "(SELECT CASE jsonb_typeof(kept) WHEN 'array' THEN (SELECT coalesce(jsonb_object_agg(field, entry - 'fields'"
        "), '{}') FROM jsonb_array_elements(kept) entry, jsonb_array_elements_text(entry -> 'fields') field)"
        " ELSE kept END FROM (SELECT (%(expressions)s)::jsonb AS kept) stored)"
    )
    output_field = JSONField()


def _provenance(prefix: str) -> Expression:
    return _Provenance(F(f"{prefix}provenance"))


# A list annotates it: only the fits for this profile, or all where it is null.
ASKED_ICP = Carried("asked_icp", BigIntegerField())
FIT = shape_like(FitSerializer)
COMPANY = shape_like(CompanySerializer, provenance=_provenance)
BEST_FIRST = ("-score", "pk")
PROSPECT_IN_LIST = shape_like(
    ProspectInListSerializer,
    fits=FIT.each("fits", order_by=BEST_FIRST, only=Q(icp=ASKED_ICP) | Q(IsNull(ASKED_ICP, True))),
)
PROSPECT = shape_like(ProspectSerializer, company=COMPANY.at("company"), fits=FIT.each("fits", order_by=BEST_FIRST))
QUALIFICATION = shape_like(QualificationSerializer, verdicts="verdicts")
