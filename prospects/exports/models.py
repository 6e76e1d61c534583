"""Exports: files of a run's results, made by jobs."""

from django.conf import settings
from django.db import models

from performance.cache.declared import invalidates
from performance.files.models import StoredFile
from performance.jobs.models import Batch
from prospects.qualification.models import QualificationRun


class Export(models.Model):
    """A file of a run's ranking in one format; `file` is complete when its `sha256` is set."""

    class Format(models.TextChoices):
        CSV = "csv"
        XLSX = "xlsx"
        JSONL = "jsonl"
        JSON = "json"

    run = models.ForeignKey(QualificationRun, on_delete=models.CASCADE, related_name="exports")
    format = models.CharField(max_length=5, choices=Format.choices)
    batch = models.ForeignKey(Batch, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    file = models.ForeignKey(StoredFile, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    row_count = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [
            # A run's exports, newest first.
            models.Index(fields=["run", "-created_at"], name="export_run_created"),
        ]

    def __str__(self) -> str:
        return f"{self.run_id}.{self.format}"


invalidates(Export, "exports", "export:{pk}")
