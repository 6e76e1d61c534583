"""Hosts, as they want to be asked, and crawls of sites."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from performance.cache.declared import invalidates
from performance.database.plain_json import PlainJSONField
from performance.jobs.models import Batch
from prospects.companies.models import Company
from prospects.crawl.querysets import CrawlJobQuerySet


class CrawlHost(models.Model):
    """An origin: its robots.txt, who may ask it now, and when again."""

    origin = models.CharField(max_length=270, primary_key=True)  # "https://www.acme.com", the port if not the scheme's
    robots = models.BinaryField(null=True)  # as read, ≤ 512 KiB, zstd
    robots_code = models.CharField(max_length=12, blank=True)  # read, none, denied or broken
    robots_at = models.DateTimeField(null=True)
    delay_ms = models.PositiveIntegerField(default=0)  # Crawl-delay, at most 30 s
    sitemaps = PlainJSONField(default=list)
    holder = models.CharField(max_length=100, blank=True)
    leased_until = models.DateTimeField(null=True)
    next_at = models.DateTimeField(null=True)
    failures = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)
    updated_at = models.DateTimeField(auto_now=True, db_default=Now())

    def __str__(self) -> str:
        return self.origin


class CrawlJob(models.Model):
    """One crawl of one site, asked for by a person or made by research.

    `refusals` are the first 50: [{url, code, says}].
    """

    class State(models.TextChoices):
        QUEUED = "queued"
        DONE = "done"
        FAILED = "failed"
        CANCELLED = "cancelled"

    batch = models.ForeignKey(Batch, on_delete=models.SET_NULL, null=True, related_name="+")
    company = models.ForeignKey(Company, on_delete=models.CASCADE, null=True, related_name="crawls")
    site = models.CharField(max_length=253)
    seeds = PlainJSONField(default=list)
    options = PlainJSONField(default=dict)
    state = models.CharField(max_length=9, choices=State.choices, default=State.QUEUED)
    # done, fields, pages, bytes, time, money, refused, unreachable, parked or cancelled
    stop_reason = models.CharField(max_length=20, blank=True)
    says = models.CharField(max_length=300, blank=True)
    fetched = models.PositiveIntegerField(default=0)
    new = models.PositiveIntegerField(default=0)
    same = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    removed = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    byte_count = models.BigIntegerField(default=0)
    took_ms = models.PositiveIntegerField(default=0)
    refusals = PlainJSONField(default=list)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True, db_default=Now())
    finished_at = models.DateTimeField(null=True)

    objects = CrawlJobQuerySet.as_manager()

    class Meta:
        indexes = [
            # Lists by state, newest first.
            models.Index(fields=["state", "-created_at", "-id"], name="crawljob_state"),
            # Lists by site, newest first.
            models.Index(fields=["site", "-id"], name="crawljob_site"),
        ]

    def __str__(self) -> str:
        return f"crawl {self.pk} of {self.site}"


invalidates(CrawlJob, "crawls", "crawl:{pk}", hears_deletes=False)
