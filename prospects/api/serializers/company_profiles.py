"""Shapes of what research found: profiles, values with their sources, and conflicts."""

from typing import Any

from rest_framework import serializers

from performance.api.examples import asked_as
from performance.api.lists.derived import shape_like
from prospects.api.serializers.prospects import MAX_ID
from prospects.company_profiles.deciding import MOST_AT_ONCE
from prospects.company_profiles.models import CompanyProfile, ProfileConflict, ProfileValue


class DegradedSerializer(serializers.Serializer[Any]):
    """What a result lacks because something was not to be had."""

    code = serializers.CharField()
    says = serializers.CharField()


class CompanyProfileSerializer(serializers.ModelSerializer[CompanyProfile]):
    """What the last research of a company came to. Scores are 0-100."""

    id = serializers.IntegerField(source="company_id", help_text="Id of the company")
    name = serializers.CharField(source="company.name")
    domain = serializers.CharField(source="company.domain")
    degraded = DegradedSerializer(many=True)

    class Meta:
        model = CompanyProfile
        fields = [
            "id",
            "name",
            "domain",
            "mode",
            "site",
            "identity",
            "identity_says",
            "quality",
            "completeness",
            "confidence",
            "degraded",
            "fault_code",
            "fault",
            "page_count",
            "language",
            "cost_micros",
            "researched_at",
            "changed_at",
        ]


class ProfileValueSerializer(serializers.ModelSerializer[ProfileValue]):
    """A value and where it stands: characters `begins` to before `ends` of the text with that hash are its quote."""

    page_hash = serializers.UUIDField(source="text_id", allow_null=True)
    extra = serializers.DictField(child=serializers.CharField())

    class Meta:
        model = ProfileValue
        fields = [
            "id",
            "field",
            "value",
            "extra",
            "confidence",
            "method",
            "url",
            "page_hash",
            "begins",
            "ends",
            "is_current",
            "found_at",
            "last_seen_at",
        ]


class ProfileConflictSerializer(serializers.ModelSerializer[ProfileConflict]):
    """A value that research found and that may not take another's place."""

    company_id = serializers.IntegerField()
    company_name = serializers.CharField(source="company.name")
    confidence = serializers.IntegerField(source="value.confidence", default=None, allow_null=True)
    method = serializers.CharField(source="value.method", default=None, allow_null=True)
    url = serializers.CharField(source="value.url", default=None, allow_null=True, help_text="The page that says it")

    class Meta:
        model = ProfileConflict
        fields = [
            "id",
            "company_id",
            "company_name",
            "field",
            "current",
            "current_method",
            "offered",
            "confidence",
            "method",
            "url",
            "reason",
            "state",
            "created_at",
            "decided_at",
        ]


@asked_as("Take what research offers", {"accept": True})
class DecisionSerializer(serializers.Serializer[Any]):
    """Whether what research offers is taken; otherwise the company keeps what it has."""

    accept = serializers.BooleanField()


@asked_as("Keep what there is", {"accept": False, "ids": [31, 32]})
class DecisionsSerializer(DecisionSerializer):
    """The same decision on many conflicts."""

    ids = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=MAX_ID), allow_empty=False, max_length=MOST_AT_ONCE
    )


class NotDecidedSerializer(serializers.Serializer[Any]):
    """A conflict that was left as it was."""

    id = serializers.IntegerField()
    detail = serializers.CharField()


class DecidedSerializer(serializers.Serializer[Any]):
    """How many were decided, and why the others weren't."""

    decided = serializers.IntegerField()
    refused = NotDecidedSerializer(many=True)


PROFILE = shape_like(CompanyProfileSerializer, degraded="degraded")
VALUE = shape_like(ProfileValueSerializer, extra="extra")
CONFLICT = shape_like(ProfileConflictSerializer)
