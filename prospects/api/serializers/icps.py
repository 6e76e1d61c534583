"""Shapes of ideal customer profiles. What a profile says is checked by `prospects.icp.profile`."""

from typing import Any

from django.db.models import Count, Expression, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from rest_framework import serializers

from performance.api.examples import asked_as
from performance.api.lists.derived import shape_like
from performance.api.lists.shape import Make
from performance.api.money import DollarsField
from prospects.icp.generate import LONGEST_DESCRIPTION, SHORTEST_DESCRIPTION
from prospects.icp.models import ICPVersion, IdealCustomerProfile
from prospects.qualification.models import Fit


class ICPVersionSerializer(serializers.ModelSerializer[ICPVersion]):
    """An immutable version; `completeness` is 0-100, `warnings` say what would make it better."""

    icp = serializers.CharField(source="icp.slug")
    content = serializers.DictField(help_text="title, description, criteria, personas")
    warnings = serializers.ListField(child=serializers.CharField())

    class Meta:
        model = ICPVersion
        fields = ["icp", "number", "content", "content_hash", "origin", "completeness", "warnings", "created_at"]


class ICPInListSerializer(serializers.ModelSerializer[IdealCustomerProfile]):
    """A profile as lists show it."""

    current_version = serializers.IntegerField(source="current.number", default=None, allow_null=True)
    completeness = serializers.IntegerField(source="current.completeness", default=None, allow_null=True)
    version_count = serializers.IntegerField()
    fit_count = serializers.IntegerField(help_text="Prospects with a verdict for it")

    class Meta:
        model = IdealCustomerProfile
        fields = ["slug", "title", "current_version", "completeness", "version_count", "fit_count", "updated_at"]


class ICPSerializer(serializers.ModelSerializer[IdealCustomerProfile]):
    """A profile and the version that new runs use."""

    current = ICPVersionSerializer()

    class Meta:
        model = IdealCustomerProfile
        fields = ["slug", "title", "current", "archived_at", "created_at", "updated_at"]


def _number(rows: QuerySet[Any]) -> Make:
    """How many of these name the profile."""

    def make(prefix: str) -> Expression:
        named = rows.filter(icp=OuterRef(f"{prefix}pk")).order_by().values("icp")
        return Coalesce(Subquery(named.annotate(n=Count("pk")).values("n")), 0)

    return make


ICP_VERSION = shape_like(ICPVersionSerializer)
ICP = shape_like(ICPSerializer)
ICP_IN_LIST = shape_like(
    ICPInListSerializer, version_count=_number(ICPVersion.objects.all()), fit_count=_number(Fit.objects.all())
)


class CriterionSerializer(serializers.Serializer[Any]):
    """One criterion of a profile, as in the TOML file; which fields it needs follows from its kind."""

    kind = serializers.ChoiceField(
        choices=[
            "industry",
            "employees",
            "revenue",
            "stage",
            "region",
            "funding",
            "technology",
            "persona",
            "indicator",
        ]
    )
    label = serializers.CharField(required=False)  # type: ignore[assignment]  # a field by the name of DRF's own attribute
    weight = serializers.IntegerField(required=False)
    must = serializers.BooleanField(required=False)
    any_of = serializers.ListField(child=serializers.CharField(), required=False)
    min = serializers.IntegerField(required=False)
    max = serializers.IntegerField(required=False)
    text = serializers.CharField(required=False)


class ProfileSerializer(serializers.Serializer[Any]):
    """A profile as JSON; the same as the TOML file."""

    title = serializers.CharField()
    description = serializers.CharField(required=False)
    criteria = CriterionSerializer(many=True)


@asked_as(
    "From a description",
    {
        "name": "Midwest food",
        "description": "We insure food manufacturers in the Midwest with 50 to 500 employees.",
        "budget": 0.1,
    },
)
class GenerateSerializer(serializers.Serializer[Any]):
    """The company that sells, in its own words."""

    name = serializers.CharField(max_length=150, help_text="The company that sells")
    description = serializers.CharField(
        min_length=SHORTEST_DESCRIPTION, max_length=LONGEST_DESCRIPTION, help_text="What it sells, to whom"
    )
    budget = DollarsField(required=False, help_text="Hard cap in US dollars")


class DraftRequestedSerializer(serializers.Serializer[Any]):
    """The batch that makes the draft."""

    batch_id = serializers.IntegerField()
