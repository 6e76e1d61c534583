"""An import and its rows: parsed once into rows that last; dry run, commit, error file and undo read one truth."""

from collections.abc import Mapping, Sequence

from django.conf import settings
from django.db import models
from django.db.models import Q

from performance.cache.declared import invalidates
from performance.database.plain_json import PlainJSONField
from performance.files.models import StoredFile
from performance.jobs.models import Batch
from prospects.companies.models import Prospect
from prospects.intake.querysets import ImportQuerySet, ImportRowQuerySet


class SavedMapping(models.Model):
    """Which column means what, for one source. `columns` is {header: field}, `constants` {field: value}."""

    source = models.CharField(max_length=120, unique=True)
    columns = models.JSONField(default=dict)
    constants = models.JSONField(default=dict, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.source


# The states in which a step of each kind finds an import.
_BEGINNINGS: Mapping[str, Sequence[str]] = {
    "import.parse": ("uploaded", "failed"),
    "import.preview": ("parsed",),
    "import.commit": ("parsed", "previewed"),
    "import.undo": ("committed",),
}


class Import(models.Model):
    """An upload on its way: uploaded → parsed → previewed → committed → undone, or failed with a reason."""

    class State(models.TextChoices):
        UPLOADED = "uploaded"
        PARSED = "parsed"
        PREVIEWED = "previewed"
        COMMITTED = "committed"
        UNDONE = "undone"
        FAILED = "failed"

    name = models.CharField(max_length=255)
    source = models.CharField(max_length=120, blank=True)
    format = models.CharField(max_length=10, blank=True)
    file = models.ForeignKey(StoredFile, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    batch = models.ForeignKey(Batch, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="imports"
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.UPLOADED)
    error = models.TextField(blank=True)
    headers = models.JSONField(default=list, blank=True)
    columns = models.JSONField(default=dict, blank=True, help_text="{header: field}")
    constants = models.JSONField(default=dict, blank=True, help_text="{field: value}")
    row_count = models.PositiveIntegerField(default=0)
    created_count = models.PositiveIntegerField(default=0)
    updated_count = models.PositiveIntegerField(default=0)
    skipped_count = models.PositiveIntegerField(default=0)
    refused_count = models.PositiveIntegerField(default=0)
    undone_counts = models.JSONField(
        default=dict, blank=True, help_text="Prospects: {deleted, archived, restored, kept}"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    committed_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    objects = ImportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["uploaded", "parsed", "previewed", "committed", "undone", "failed"]),
                name="import_state_known",
            ),
        ]
        indexes = [
            # List of imports, newest first.
            models.Index(fields=["-created_at"], name="import_created"),
        ]

    @property
    def is_at_work(self) -> bool:
        """Whether a worker has, or will have, it in hand. Its step is done once the state says so, a moment before its
        batch is finished.
        """
        if self.batch is None or self.batch.state not in (Batch.State.RUNNING, Batch.State.PAUSED):
            return False
        return self.state in _BEGINNINGS[self.batch.kind]

    def __str__(self) -> str:
        return self.name


class ImportRow(models.Model):
    """One line of the file. `raw` is the list of cells as text, in the order of the import's headers."""

    class Outcome(models.TextChoices):
        CREATE = "create"
        UPDATE = "update"
        SKIP = "skip"
        REFUSE = "refuse"

    # Named import_run in Python, since `import` is a keyword.
    # No index of its own: the unique constraint begins with it. No foreign keys in the database, which would be
    # checked for each of a million rows: only `parse` and `commit` write rows, and they hold locks on the import and
    # on the prospects that they name until their transaction ends (docs/adr/0007).
    import_run = models.ForeignKey(
        Import,
        on_delete=models.CASCADE,
        related_name="rows",
        db_column="import_id",
        db_index=False,
        db_constraint=False,
    )
    line = models.PositiveIntegerField()
    raw = PlainJSONField()

    objects = ImportRowQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["import_run", "line"], name="importrow_import_line")]

    def __str__(self) -> str:
        return f"{self.import_run_id}:{self.line}"

    @property
    def outcome(self) -> str:
        """Empty until a dry run or a commit. Ask for rows `with_outcome`, or each costs a statement."""
        return self.settled.outcome if hasattr(self, "settled") else ""

    @property
    def reason(self) -> str:
        return self.settled.reason if hasattr(self, "settled") else ""

    @property
    def prospect_id(self) -> int | None:
        return self.settled.prospect_id if hasattr(self, "settled") else None


class RowOutcome(models.Model):
    """What a dry run or a commit made of a row. `before` is what an undo needs to take it back.

    Apart from the row, since to change that is to write all its cells once more: a sixth of an import's time.
    """

    # No foreign keys in the database, as with rows. Outcomes go with their import.
    row = models.OneToOneField(
        ImportRow, on_delete=models.DO_NOTHING, primary_key=True, related_name="settled", db_constraint=False
    )
    import_run = models.ForeignKey(
        Import,
        on_delete=models.CASCADE,
        related_name="outcomes",
        db_column="import_id",
        db_index=False,
        db_constraint=False,
    )
    outcome = models.CharField(max_length=10, choices=ImportRow.Outcome.choices)
    reason = models.CharField(max_length=500, blank=True)
    prospect = models.ForeignKey(
        Prospect,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="row_outcomes",
        db_index=False,
        db_constraint=False,
    )
    before = models.JSONField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=["create", "update", "skip", "refuse"]), name="rowoutcome_known"
            ),
        ]
        indexes = [
            # The lines that a prospect came from.
            models.Index(fields=["prospect"], name="rowoutcome_prospect", condition=Q(prospect__isnull=False)),
            # The refused rows of an import, and the first ones updated or left alone: few, beside those created.
            models.Index(
                fields=["import_run", "outcome", "row"], name="rowoutcome_unusual", condition=~Q(outcome="create")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.import_run_id}: {self.outcome}"


invalidates(Import, "imports", "import:{pk}")
