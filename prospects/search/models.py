"""Web searches: sessions, their queries and what each brought."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from performance.cache.declared import invalidates
from performance.database.plain_json import PlainJSONField
from performance.jobs.models import Batch
from prospects.companies.models import Company
from prospects.search.querysets import ResultQuerySet, SessionQuerySet


class SearchSession(models.Model):
    """Queries that were asked for together. `allow` and `deny` are domains."""

    title = models.CharField(max_length=255, blank=True)
    engine = models.CharField(max_length=20)
    country = models.CharField(max_length=2, blank=True)
    language = models.CharField(max_length=3, blank=True)
    per_query = models.PositiveSmallIntegerField(default=10)
    allow = PlainJSONField(default=list)
    deny = PlainJSONField(default=list)
    batch = models.ForeignKey(Batch, on_delete=models.SET_NULL, null=True, related_name="+")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    created_at = models.DateTimeField(auto_now_add=True, db_default=Now())

    objects = SessionQuerySet.as_manager()

    class Meta:
        indexes = [
            # One's own, newest first.
            models.Index(fields=["owner", "-created_at"], name="searchsession_owner"),
            # All, newest first.
            models.Index(fields=["-created_at", "-id"], name="searchsession_created"),
        ]

    def __str__(self) -> str:
        return self.title or f"search {self.pk}"


class SearchQuery(models.Model):
    """One question of a session to its engine, and what it cost."""

    class State(models.TextChoices):
        QUEUED = "queued"
        DONE = "done"
        FAILED = "failed"

    session = models.ForeignKey(SearchSession, on_delete=models.CASCADE, related_name="queries", db_index=False)
    position = models.PositiveIntegerField()
    text = models.CharField(max_length=400)
    company = models.ForeignKey(Company, on_delete=models.SET_NULL, null=True, related_name="+")
    state = models.CharField(max_length=6, choices=State.choices, default=State.QUEUED)
    key = models.CharField(max_length=64)  # of the call: engine, text, country, language, number
    is_cached = models.BooleanField(default=False)
    cost_micros = models.BigIntegerField(default=0)
    result_count = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)
    searched_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "search queries"
        constraints = [
            # A session's queries, in order.
            models.UniqueConstraint(fields=["session", "position"], name="searchquery_position"),
        ]
        indexes = [
            # What the same question brought before.
            models.Index(fields=["key", "-searched_at"], name="searchquery_key", condition=Q(state="done")),
        ]

    def __str__(self) -> str:
        return self.text


class SearchResult(models.Model):
    """A page that an engine named."""

    query = models.ForeignKey(SearchQuery, on_delete=models.CASCADE, related_name="results", db_index=False)
    session = models.ForeignKey(SearchSession, on_delete=models.CASCADE, related_name="results", db_index=False)
    rank = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=300, blank=True)
    snippet = models.TextField(blank=True)
    url = models.CharField(max_length=2000)
    domain = models.CharField(max_length=253)  # registrable
    is_denied = models.BooleanField(default=False)

    objects = ResultQuerySet.as_manager()

    class Meta:
        constraints = [
            # A query's results, in order.
            models.UniqueConstraint(fields=["query", "rank"], name="searchresult_rank"),
        ]
        indexes = [
            # The sites a session found, once each.
            models.Index(fields=["session", "domain", "rank"], name="searchresult_session"),
            # Where a site was found.
            models.Index(fields=["domain", "-id"], name="searchresult_domain"),
        ]

    def __str__(self) -> str:
        return self.url


invalidates(SearchSession, "searches", "search:{pk}")
# Results are stored in bulk, with their query's end: whoever does so raises the tags.
invalidates(SearchQuery, "searches", "search:{session_id}", hears_deletes=False)
