"""Who did what to the installation, or was refused it."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from performance.cache.declared import invalidates

# The tag of what is to be made anew once anybody has done something, or may have.
AUDITED = "audited"
SUBJECT_LENGTH, REASON_LENGTH = 300, 500


class AuditEntry(models.Model):
    """Written with the action, in its transaction; or, where its effect is outside the database, before it.

    One that stays "begun" was cut off: nobody knows how far it came. `actor_name` stays when the account is gone; where
    no person asked it is "", and `via` says who did.
    """

    class Via(models.TextChoices):
        API = "api"
        PAGE = "page"
        COMMAND = "command"

    class Outcome(models.TextChoices):
        BEGUN = "begun"
        DONE = "done"
        REFUSED = "refused"

    at = models.DateTimeField(db_default=Now())
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    actor_name = models.CharField(max_length=150, blank=True)
    via = models.CharField(max_length=10, choices=Via.choices)
    action = models.CharField(max_length=60, help_text="noun.verb, such as cache.invalidate")
    subject = models.CharField(max_length=SUBJECT_LENGTH, blank=True, help_text="What it was done to")
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    reason = models.CharField(max_length=REASON_LENGTH, blank=True, help_text="Why it was refused")
    details = models.JSONField(default=dict, blank=True)
    request_id = models.CharField(max_length=100, blank=True)

    class Meta:
        verbose_name_plural = "audit entries"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(outcome__in=["begun", "done"], reason="")
                | (models.Q(outcome="refused") & ~models.Q(reason="")),
                name="auditentry_refused_with_a_reason",
            )
        ]
        indexes: ClassVar = [
            # The log, newest first.
            models.Index(fields=["-at"], name="auditentry_at"),
            # What was done to one thing: a queue's page, a table's.
            models.Index(fields=["subject", "-at"], name="auditentry_subject_at"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.subject}".rstrip()


invalidates(AuditEntry, lambda entry: () if entry.outcome == AuditEntry.Outcome.REFUSED else (AUDITED,))
