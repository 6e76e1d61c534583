"""Shapes of crawls. Times in seconds, sizes in bytes unless named otherwise."""

from typing import Any

from django.conf import settings
from rest_framework import serializers

from performance.api.lists.derived import shape_like
from performance.jobs.models import Priority
from prospects.api.serializers.priorities import PriorityField
from prospects.crawl.models import CrawlJob
from prospects.crawl.options import MOST_DEPTH, MOST_S, MOST_TTL_S
from prospects.crawl.patterns import LONGEST_GLOB, MOST_GLOBS
from prospects.crawl.services import MOST_SITES

_GLOB = "Of a path, where * is any characters: /blog/*"


class CrawlRequestSerializer(serializers.Serializer[Any]):
    """Which sites to crawl, and how far. What isn't said is as the installation has it."""

    sites = serializers.ListField(
        child=serializers.CharField(max_length=2000),
        min_length=1,
        max_length=10 * MOST_SITES,
        help_text=f"Domains or web addresses of up to {MOST_SITES:,} sites; an address is where its crawl begins",
    )
    max_pages = serializers.IntegerField(
        min_value=1, required=False, help_text=f"Of each site, at most and unless said {settings.CRAWL_MAX_PAGES}"
    )
    max_mb = serializers.IntegerField(
        min_value=1, required=False, help_text=f"Read of each site, at most and unless said {settings.CRAWL_MAX_MB}"
    )
    max_seconds = serializers.IntegerField(min_value=1, max_value=MOST_S, default=120, help_text="For each site")
    max_depth = serializers.IntegerField(min_value=0, max_value=MOST_DEPTH, default=3, help_text="Links from the start")
    include = serializers.ListField(
        child=serializers.CharField(max_length=LONGEST_GLOB),
        max_length=MOST_GLOBS,
        default=list,
        help_text=f"Only these pages. {_GLOB}",
    )
    exclude = serializers.ListField(
        child=serializers.CharField(max_length=LONGEST_GLOB),
        max_length=MOST_GLOBS,
        default=list,
        help_text=f"None of these pages. {_GLOB}",
    )
    include_subdomains = serializers.BooleanField(default=False)
    max_age_seconds = serializers.IntegerField(
        min_value=0,
        max_value=MOST_TTL_S,
        required=False,
        help_text=f"Pages that were read since then aren't fetched again; unless said {settings.COMPANY_TTL}",
    )
    force = serializers.BooleanField(default=False, help_text="Fetch every page again, however young it is")
    priority = PriorityField(default=Priority.NORMAL, help_text="low, normal, high, urgent, or 1 to 10 (most urgent)")


class RefusalSerializer(serializers.Serializer[Any]):
    """A URL that wasn't read."""

    url = serializers.CharField()
    code = serializers.CharField(help_text="robots, address_refused, timed_out, wrong_type, http_404, …")
    says = serializers.CharField()


class CrawlInListSerializer(serializers.ModelSerializer[CrawlJob]):
    """A crawl as lists show it. Counts are of pages."""

    batch_id = serializers.IntegerField(allow_null=True)
    company_id = serializers.IntegerField(allow_null=True)
    owner = serializers.CharField(source="owner.username", default=None, allow_null=True)

    class Meta:
        model = CrawlJob
        fields = [
            "id",
            "batch_id",
            "company_id",
            "site",
            "state",
            "stop_reason",
            "says",
            "fetched",
            "new",
            "same",
            "changed",
            "removed",
            "refused",
            "failed",
            "byte_count",
            "took_ms",
            "owner",
            "created_at",
            "finished_at",
        ]


class CrawlSerializer(CrawlInListSerializer):
    """A crawl with what was asked of it, and its first 50 refusals."""

    seeds = serializers.ListField(child=serializers.CharField())
    options = serializers.DictField()
    refusals = serializers.ListField(child=RefusalSerializer())

    class Meta(CrawlInListSerializer.Meta):
        fields = [*CrawlInListSerializer.Meta.fields, "seeds", "options", "refusals"]


class CrawlsStartedSerializer(serializers.Serializer[Any]):
    """The crawls, one for each site, and the batch that does them."""

    batch_id = serializers.IntegerField()
    jobs = CrawlInListSerializer(many=True)


CRAWL_IN_LIST = shape_like(CrawlInListSerializer)
CRAWL = shape_like(CrawlSerializer, seeds="seeds", options="options", refusals="refusals")
