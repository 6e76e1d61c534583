"""Rules, what fired by them, what became of it, who was told, and who asked for silence."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from performance.alerts.querysets import AlertQuerySet, MailQuerySet, SilenceQuerySet


class Severity(models.TextChoices):
    WARNING = "warning"
    CRITICAL = "critical"


class AlertRule(models.Model):
    """A signal and the thresholds beyond which somebody is told (docs/alerts.md).

    With an `objective` the thresholds are burn rates: how many times faster than the error budget allows it is being
    spent, over `window_s` and over `short_window_s` both. `is_builtin` ones are switched off rather than deleted.
    """

    name = models.SlugField(max_length=60, unique=True)
    title = models.CharField(max_length=120)
    signal = models.CharField(max_length=60)
    labels = models.JSONField(default=dict, blank=True, help_text='Only what has these labels, such as {"queue": "io"}')
    split_by = models.CharField(max_length=40, blank=True, help_text="A label: an alert for each of its values")
    is_above = models.BooleanField(default=True, help_text="Bad above the thresholds; else below")
    warning = models.FloatField(null=True, blank=True)
    critical = models.FloatField(null=True, blank=True)
    clear = models.FloatField(null=True, blank=True, help_text="What it must come back to; empty: where it isn't bad")
    window_s = models.PositiveIntegerField(default=300, help_text="Seconds that are looked at")
    short_window_s = models.PositiveIntegerField(null=True, blank=True, help_text="Of a burn rate: seconds, the last")
    objective = models.FloatField(null=True, blank=True, help_text="0.99: one of a hundred may fail; for burn rates")
    least = models.PositiveIntegerField(
        default=0, help_text="Requests, tasks … in the window, below which it's unknown"
    )
    for_s = models.PositiveIntegerField(default=0, help_text="Seconds that it must be bad before it fires")
    clear_s = models.PositiveIntegerField(default=60, help_text="Seconds that it must be well before it is resolved")
    runbook = models.TextField(blank=True, help_text="What to do")
    is_enabled = models.BooleanField(default=True)
    by_email = models.BooleanField(default=True)
    by_webhook = models.BooleanField(default=True)
    is_builtin = models.BooleanField(default=False, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(warning__isnull=False) | Q(critical__isnull=False), name="alertrule_has_a_threshold"
            ),
            models.CheckConstraint(
                condition=Q(objective__isnull=True, short_window_s__isnull=True)
                | Q(objective__gt=0, objective__lt=1, short_window_s__gt=0, short_window_s__lte=F("window_s")),
                name="alertrule_burns_over_two_windows",
            ),
            models.CheckConstraint(condition=Q(window_s__gt=0), name="alertrule_looks_at_some_time"),
        ]

    def __str__(self) -> str:
        return self.title


class AlertReading(models.Model):
    """What the last look at a rule found: of several label sets the worst. `value` null is unknown."""

    rule = models.OneToOneField(AlertRule, on_delete=models.CASCADE, primary_key=True, related_name="reading")
    value = models.FloatField(null=True)
    labels = models.JSONField(default=dict)
    level = models.CharField(max_length=10)
    read_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.rule_id} at {self.read_at:%H:%M:%S}"


class Alert(models.Model):
    """A rule that was broken under some labels, from then until it was well again.

    Rule, signal and area are copied, so that the history stays as it was. The seconds are the state machine's
    (states.py). `told_severity` is what people have been told of it, "" while nobody has.
    """

    class State(models.TextChoices):
        PENDING = "pending"
        FIRING = "firing"
        RESOLVED = "resolved"

    rule = models.ForeignKey(AlertRule, on_delete=models.SET_NULL, null=True, related_name="alerts")
    name = models.CharField(max_length=60, help_text="The rule's")
    title = models.CharField(max_length=120)
    signal = models.CharField(max_length=60)
    area = models.CharField(max_length=20)
    unit = models.CharField(max_length=20)
    labels = models.JSONField(default=dict)
    labels_key = models.CharField(max_length=255, blank=True)
    state = models.CharField(max_length=10, choices=State.choices)
    severity = models.CharField(max_length=10, choices=Severity.choices)
    value = models.FloatField(null=True, help_text="At the last look; null: unknown")
    worst = models.FloatField()
    threshold = models.FloatField()
    bad_s = models.FloatField(null=True)
    critical_s = models.FloatField(null=True)
    clear_s = models.FloatField(null=True)
    unknown_s = models.FloatField(null=True)
    is_flapping = models.BooleanField(default=False)
    pending_at = models.DateTimeField()
    fired_at = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)
    resolved_because = models.CharField(max_length=120, blank=True)
    seen_at = models.DateTimeField(help_text="The last look")
    told_severity = models.CharField(max_length=10, blank=True)
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    acknowledgement = models.CharField(max_length=500, blank=True)

    objects = AlertQuerySet.as_manager()

    class Meta:
        permissions: ClassVar = [("operate_alerts", "Can acknowledge and silence alerts")]
        constraints: ClassVar = [
            # One open alert for a rule and labels, however many look at once.
            models.UniqueConstraint(
                fields=["rule", "labels_key"], condition=Q(state__in=["pending", "firing"]), name="alert_one_open"
            ),
            models.CheckConstraint(
                condition=Q(state="pending", fired_at__isnull=True, resolved_at__isnull=True)
                | Q(state="firing", fired_at__isnull=False, resolved_at__isnull=True)
                | Q(state="resolved", fired_at__isnull=False, resolved_at__isnull=False),
                name="alert_times_fit_its_state",
            ),
        ]
        indexes: ClassVar = [
            # The history, newest first, and what is flapping: WHERE fired_at > now() - 1 h.
            models.Index(fields=["-fired_at"], name="alert_fired", condition=Q(fired_at__isnull=False)),
            # What is open: each look, and the page.
            models.Index(fields=["state"], name="alert_open", condition=Q(state__in=["pending", "firing"])),
        ]

    def __str__(self) -> str:
        return f"{self.title}{f' ({self.labels_key})' if self.labels_key else ''}"


class AlertTransition(models.Model):
    """What became of an alert, and when: its history. Written with it, and what is to be told of it with both."""

    class Kind(models.TextChoices):
        FIRED = "fired"
        ESCALATED = "escalated"
        RESOLVED = "resolved"
        ACKNOWLEDGED = "acknowledged"
        TOLD = "told", "Told late"

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="transitions")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    severity = models.CharField(max_length=10, choices=Severity.choices)
    value = models.FloatField(null=True)
    at = models.DateTimeField()
    note = models.CharField(max_length=500, blank=True)
    webhooks = models.PositiveSmallIntegerField(default=0, help_text="Endpoints that are told")

    class Meta:
        indexes: ClassVar = [
            # The timeline, newest first.
            models.Index(fields=["-at"], name="alerttransition_at"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} at {self.at:%Y-%m-%d %H:%M}"


class AlertMail(models.Model):
    """An e-mail about a transition: written in its transaction, sent by a duty, tried again with back-off."""

    class State(models.TextChoices):
        WAITING = "waiting"
        SENT = "sent"
        FAILED = "failed"

    transition = models.OneToOneField(AlertTransition, on_delete=models.CASCADE, related_name="mail")
    subject = models.CharField(max_length=200)
    body = models.TextField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=500, blank=True)

    objects = MailQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            # The duty: which are due.
            models.Index(fields=["next_attempt_at"], name="alertmail_due", condition=Q(state="waiting")),
        ]

    def __str__(self) -> str:
        return self.subject


class Silence(models.Model):
    """Nobody is told of what fires by this rule, or in this area, until it ends. It is shown all the same."""

    # No index: there are few that haven't ended, and those are looked for by their end.
    rule = models.ForeignKey(AlertRule, on_delete=models.CASCADE, null=True, blank=True, related_name="silences")
    area = models.CharField(max_length=20, blank=True)
    reason = models.CharField(max_length=500)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    objects = SilenceQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(rule__isnull=False, area="") | (Q(rule__isnull=True) & ~Q(area="")),
                name="silence_of_a_rule_or_an_area",
            ),
            models.CheckConstraint(condition=Q(ends_at__gte=F("created_at")), name="silence_ends_after_it_begins"),
        ]
        indexes: ClassVar = [
            # Each look: WHERE ends_at > now().
            models.Index(fields=["ends_at"], name="silence_ends"),
        ]

    def __str__(self) -> str:
        return f"{self.rule or self.area} until {self.ends_at:%Y-%m-%d %H:%M}"
