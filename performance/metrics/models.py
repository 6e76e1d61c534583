"""What was measured, by the minute, the hour and the day."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.fields.json import KeyTextTransform


class MetricLabels(models.Model):
    """A set of labels of a metric, once; the buckets name it by its hash."""

    metric = models.CharField(max_length=100)
    labels_hash = models.BigIntegerField()
    labels = models.JSONField()
    seen_at = models.DateTimeField(help_text="Within the hour")

    class Meta:
        constraints: ClassVar = [
            # Serves the flusher, which looks up what it was handed, and readers, who join their buckets' labels.
            models.UniqueConstraint(fields=["metric", "labels_hash"], name="metriclabels_metric_hash_unique")
        ]
        indexes: ClassVar = [
            # The list of slow queries asks who in our code sends the statements of a page.
            models.Index(
                KeyTextTransform("shape", "labels"), name="metriclabels_shape", condition=Q(metric="sql.statement_ms")
            )
        ]

    def __str__(self) -> str:
        return f"{self.metric} {self.labels}"


class Measured(models.Model):
    """What was measured of a metric in one minute, hour or day.

    `n` values of the sum `total`; smallest, largest and histogram only of what was observed, not of what was counted.
    `bins` (ascending) and `counts` are the histogram of `performance.metrics.histogram`.
    """

    class Period(models.IntegerChoices):
        MINUTE = 60
        HOUR = 3600
        DAY = 86_400

    metric = models.CharField(max_length=100)
    period_s = models.IntegerField(choices=Period.choices)
    bucket = models.DateTimeField(help_text="When the minute, hour or day (UTC) began")
    n = models.BigIntegerField()
    total = models.FloatField()
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    bins = ArrayField(models.IntegerField())
    counts = ArrayField(models.BigIntegerField())

    class Meta:
        abstract = True
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(bins__len=models.F("counts__len")), name="%(class)s_bins_have_counts"
            )
        ]

    def __str__(self) -> str:
        return f"{self.metric} at {self.bucket:%Y-%m-%d %H:%M}"


class MetricBucket(Measured):
    """A metric under one set of labels."""

    # In this order for readers, who ask for all labels of a metric over some time; expiry names the metrics.
    pk = models.CompositePrimaryKey("metric", "period_s", "bucket", "labels_hash")
    labels_hash = models.BigIntegerField()


class MetricWhole(Measured):
    """A metric under all its labels together: what its buckets of that time add up to.

    Of thousands of label sets the whole is asked for most; written with them, it needs not be made of them each time.
    """

    # In this order for readers, who ask for a metric over some time.
    pk = models.CompositePrimaryKey("metric", "period_s", "bucket")


class MetricTotal(models.Model):
    """All that was ever measured of a metric under one set of labels: it only grows, whatever is restarted or expires.

    For those who take rates of their own, as Prometheus does; so without the labels of which there are thousands.
    """

    # The order in which it is exported.
    pk = models.CompositePrimaryKey("metric", "labels_hash")
    metric = models.CharField(max_length=100)
    labels_hash = models.BigIntegerField()
    labels = models.JSONField()
    n = models.BigIntegerField()
    total = models.FloatField()
    bins = ArrayField(models.IntegerField())
    counts = ArrayField(models.BigIntegerField())
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.metric} {self.labels}"


class MetricFlush(models.Model):
    """One hand-over from Valkey: its id is stored with its buckets, so that no hand-over is stored twice.

    `oldest` is the first minute it brought something for: roll-ups begin there.
    """

    id = models.UUIDField(primary_key=True)
    oldest = models.DateTimeField()
    is_rolled_up = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return str(self.id)
