"""Pages, and what they said: each text once, however many pages and visits say it."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from performance.cache.declared import invalidates
from performance.database.plain_json import PlainJSONField
from prospects.pages.querysets import PageQuerySet


class PageText(models.Model):
    """What a page said: visible text, then the appendix (`pages.parsed`). Never changed."""

    id = models.UUIDField(primary_key=True)  # SHA-256 of the text, first 16 bytes: the "page hash"
    body = models.BinaryField()  # zstd level 3 of UTF-8
    visible_length = models.PositiveIntegerField()
    length = models.PositiveIntegerField()
    language = models.CharField(max_length=3, blank=True)  # ISO 639, "" unknown
    blocks = PlainJSONField(default=list)  # [[kind, start, end], …] ≤ 500: with `body` all that extraction needs
    words = SearchVectorField(null=True)  # null until caught up with
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [
            # Full text of pages.
            GinIndex(fields=["words"], name="pagetext_words"),
            # Upkeep: texts whose words aren't there yet.
            models.Index(fields=["created_at", "id"], name="pagetext_unindexed", condition=Q(words__isnull=True)),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Page(models.Model):
    """A URL and what became of it when it was last asked. `text` is the last that was read."""

    class Outcome(models.TextChoices):
        """Robots that say no are REFUSED, a PDF is SKIPPED."""

        READ = "read"
        MOVED = "moved"
        REFUSED = "refused"
        GONE = "gone"
        FAILED = "failed"
        SKIPPED = "skipped"

    class Change(models.TextChoices):
        NEW = "new"
        SAME = "same"
        CHANGED = "changed"
        REMOVED = "removed"

    id = models.UUIDField(primary_key=True)  # SHA-256 of the canonical URL, first 16 bytes
    site = models.CharField(max_length=253)  # registrable domain
    url = models.CharField(max_length=2000)
    final_url = models.CharField(max_length=2000, blank=True)
    outcome = models.CharField(max_length=8, choices=Outcome.choices)
    # robots, address_refused, soft_404, parked, javascript_only, too_large, hostile_markup, …
    code = models.CharField(max_length=40, blank=True)
    reason = models.CharField(max_length=300, blank=True)  # a sentence for people
    status = models.PositiveSmallIntegerField(null=True)
    # home, about, contact, team, imprint, pricing, careers, product, news or other
    kind = models.CharField(max_length=12, blank=True)
    title = models.CharField(max_length=300, blank=True)
    text = models.ForeignKey(PageText, on_delete=models.PROTECT, null=True, related_name="pages")
    links = PlainJSONField(default=list)  # canonical URLs on this site, ≤ 300: for resuming
    # etag, last_modified, content_type, charset, canonical, redirects, flags, externals (≤ 100)
    facts = PlainJSONField(default=dict)
    change = models.CharField(max_length=7, choices=Change.choices, default=Change.NEW)
    depth = models.PositiveSmallIntegerField(default=0)
    byte_count = models.PositiveIntegerField(default=0)
    elapsed_ms = models.PositiveIntegerField(default=0)
    first_seen_at = models.DateTimeField()
    fetched_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    text_at = models.DateTimeField(null=True)  # when `text` was read: "as of"

    objects = PageQuerySet.as_manager()

    class Meta:
        indexes = [
            # A site's pages: resuming, TTL, dossiers.
            models.Index(fields=["site", "fetched_at"], name="page_site"),
            # List of pages read, newest first; retention from its other end.
            models.Index(fields=["-fetched_at", "id"], name="page_recent", condition=Q(outcome="read")),
            # Feed of what changed.
            models.Index(
                fields=["-changed_at", "id"], name="page_changed", condition=Q(change__in=["new", "changed", "removed"])
            ),
        ]

    def __str__(self) -> str:
        return self.url


# Pages are written by COPY, whose writer raises the tag itself.
invalidates(Page, "pages", hears_deletes=False)
