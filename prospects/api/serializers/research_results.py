"""Shapes of what research found, and of what it came to. Money in micro-dollars, times in ms."""

from typing import Any

from rest_framework import serializers

from prospects.research.models import ResearchItem


class FoundValueSerializer(serializers.Serializer[Any]):
    """A value that research found, and where: `quote` are the first and the character after the last of the text of
    the page `page_hash`."""

    value = serializers.CharField()
    confidence = serializers.IntegerField(min_value=0, max_value=100)
    method = serializers.CharField()
    url = serializers.CharField()
    page_hash = serializers.UUIDField(allow_null=True)
    quote = serializers.ListField(child=serializers.IntegerField(), allow_null=True, min_length=2, max_length=2)
    extra = serializers.DictField()
    found_at = serializers.DateTimeField()
    last_seen_at = serializers.DateTimeField()


class SaidSerializer(serializers.Serializer[Any]):
    """A code for programs, and a sentence for people."""

    code = serializers.CharField()
    says = serializers.CharField()


class AskedSerializer(serializers.Serializer[Any]):
    """As the company was named."""

    name = serializers.CharField(allow_null=True)
    domain = serializers.CharField(allow_null=True)


class IdentitySerializer(serializers.Serializer[Any]):
    """Whether the site is the company's."""

    verdict = serializers.ChoiceField(choices=["confirmed", "likely", "unsure", "another"])
    says = serializers.CharField()


class CompanyResultSerializer(serializers.Serializer[Any]):
    """What research found of a company. `degraded` says what it lacks and what was done instead; scores are 0-100."""

    company_id = serializers.IntegerField()
    asked = AskedSerializer(allow_null=True)
    name = serializers.CharField()
    domain = serializers.CharField()
    site = serializers.CharField()
    outcome = serializers.ChoiceField(choices=ResearchItem.Outcome.choices)
    error = SaidSerializer(allow_null=True)
    degraded = SaidSerializer(many=True)
    identity = IdentitySerializer(allow_null=True)
    quality = serializers.IntegerField(allow_null=True)
    completeness = serializers.IntegerField(allow_null=True)
    confidence = serializers.IntegerField(allow_null=True)
    page_count = serializers.IntegerField()
    is_cached = serializers.BooleanField()
    is_changed = serializers.BooleanField()
    cost_micros = serializers.IntegerField()
    researched_at = serializers.DateTimeField(allow_null=True)
    values = serializers.DictField(child=FoundValueSerializer(many=True), help_text="By field, the best first")


class IndustrySerializer(serializers.Serializer[Any]):
    """The companies of an industry; "" those of which none is known. Shares are 0 to 1."""

    industry = serializers.CharField(allow_blank=True)
    companies = serializers.IntegerField()
    median_quality = serializers.IntegerField(allow_null=True)
    median_completeness = serializers.IntegerField(allow_null=True)
    median_employees = serializers.IntegerField(allow_null=True)
    median_founded_year = serializers.IntegerField(allow_null=True)
    with_email = serializers.FloatField()
    with_phone = serializers.FloatField()


class LackingSerializer(serializers.Serializer[Any]):
    """How many companies lack something for the same reason."""

    code = serializers.CharField()
    companies = serializers.IntegerField()


class StatisticsSerializer(serializers.Serializer[Any]):
    """What research came to, each company by what came of it last. `coverage` is the share of those that didn't fail
    and have a value, by field."""

    companies = serializers.IntegerField()
    done = serializers.IntegerField()
    partial = serializers.IntegerField()  # type: ignore[assignment]  # a field by the name of DRF's own attribute
    failed = serializers.IntegerField()
    cached = serializers.IntegerField()
    changed = serializers.IntegerField()
    median_quality = serializers.IntegerField(allow_null=True)
    median_completeness = serializers.IntegerField(allow_null=True)
    median_confidence = serializers.IntegerField(allow_null=True)
    median_values = serializers.IntegerField(allow_null=True)
    median_ms = serializers.IntegerField(allow_null=True)
    p95_ms = serializers.IntegerField(allow_null=True)
    pages = serializers.IntegerField()
    new_pages = serializers.IntegerField()
    cost_micros = serializers.IntegerField()
    coverage = serializers.DictField(child=serializers.FloatField())
    lacking = LackingSerializer(many=True)
    industries = IndustrySerializer(many=True)
