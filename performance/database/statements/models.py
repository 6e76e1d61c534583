"""Statements as pg_stat_statements knows them, and what each took by the minute, the hour and the day."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q


def reads(text: str) -> bool:
    """Whether a statement begins as one that only reads."""
    return text.lstrip("( \n").upper().startswith(("SELECT", "WITH", "VALUES"))


class Statement(models.Model):
    """A statement without its values, of one role in one database.

    `shape` is what PostgreSQL's grammar makes of it whatever its values are ("" where the text can't be read): the
    application's own measurements name it too. `p95_ms` is what the application saw in the last hour, `p95_before_ms`
    in the day before that.
    """

    queryid = models.BigIntegerField()
    dbid = models.BigIntegerField()
    userid = models.BigIntegerField()
    role = models.CharField(max_length=63, blank=True)
    text = models.TextField()
    shape = models.CharField(max_length=16, blank=True)
    # What stores measurements would be measured for ever, with nobody there.
    is_own = models.BooleanField(default=False)
    first_seen_at = models.DateTimeField()
    p95_ms = models.FloatField(null=True)
    p95_before_ms = models.FloatField(null=True)

    class Meta:
        constraints: ClassVar = [
            # Serves the snapshot, which joins what PostgreSQL has with what is known.
            models.UniqueConstraint(fields=["queryid", "dbid", "userid"], name="statement_identity_unique")
        ]
        indexes: ClassVar = [
            # Which statements a fingerprint of the application is.
            models.Index(fields=["shape"], name="statement_shape", condition=~Q(shape=""))
        ]

    def __str__(self) -> str:
        return self.text[:80]

    @property
    def is_select(self) -> bool:
        """Whether a plan can be had of it."""
        return reads(self.text)


class StatementCounters(models.Model):
    """What pg_stat_statements said of a statement the last time: the next figures are held against these."""

    statement = models.OneToOneField(Statement, models.CASCADE, primary_key=True, related_name="counters")
    counted_since = models.DateTimeField(null=True, help_text="Null before PostgreSQL 17, which doesn't say")
    seen_at = models.DateTimeField(help_text="When it last was found to have been called")
    calls = models.BigIntegerField()
    total_ms = models.FloatField()
    plan_ms = models.FloatField()
    min_ms = models.FloatField()
    max_ms = models.FloatField()
    rows = models.BigIntegerField()
    shared_hit = models.BigIntegerField()
    shared_read = models.BigIntegerField()
    temp_blocks = models.BigIntegerField()
    wal_bytes = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.calls} calls of {self.statement_id}"


class StatementDelta(models.Model):
    """What a statement took in one minute, hour or day. All three are written at once, so nothing is rolled up later.

    `min_ms` and `max_ms` are of the calls whose time is known: PostgreSQL tells only when a new extreme is reached.
    """

    class Period(models.IntegerChoices):
        MINUTE = 60
        HOUR = 3600
        DAY = 86_400

    # In this order for the list, which asks for all statements over some time, and for expiry.
    pk = models.CompositePrimaryKey("period_s", "bucket", "statement_id")
    period_s = models.IntegerField(choices=Period.choices)
    bucket = models.DateTimeField(help_text="When the minute, hour or day (UTC) began")
    # No foreign key, which would be checked for each of thousands of rows a minute: who writes them joins the
    # statements, and who forgets those forgets these in the same transaction, under the same lock.
    statement_id = models.BigIntegerField()
    calls = models.BigIntegerField()
    total_ms = models.FloatField()
    plan_ms = models.FloatField()
    min_ms = models.FloatField(null=True)
    max_ms = models.FloatField(null=True)
    rows = models.BigIntegerField()
    shared_hit = models.BigIntegerField(help_text="Blocks that were in the buffers")
    shared_read = models.BigIntegerField(help_text="Blocks that had to be read")
    temp_blocks = models.BigIntegerField(help_text="Blocks of temporary files, read and written")
    wal_bytes = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(calls__gt=0), name="statementdelta_was_called"),
            models.CheckConstraint(
                condition=Q(min_ms=None) | Q(max_ms=None) | Q(min_ms__lte=F("max_ms")), name="statementdelta_extremes"
            ),
        ]
        indexes: ClassVar = [
            # One statement's history, and the trends of those on a page.
            models.Index(fields=["statement_id", "period_s", "bucket"], name="statementdelta_history")
        ]

    def __str__(self) -> str:
        return f"{self.calls} calls at {self.bucket:%Y-%m-%d %H:%M}"


class StatementSnapshot(models.Model):
    """A look at pg_stat_statements: when its counters began, how often it had to throw entries away since, and what all
    statements together took since the look before.
    """

    at = models.DateTimeField(primary_key=True)
    stats_reset = models.DateTimeField(null=True)
    deallocations = models.BigIntegerField()
    entries = models.IntegerField()
    most_entries = models.IntegerField(help_text="pg_stat_statements.max")
    calls = models.BigIntegerField(default=0)
    total_ms = models.FloatField(default=0.0)

    def __str__(self) -> str:
        return f"{self.entries} statements at {self.at:%Y-%m-%d %H:%M}"
