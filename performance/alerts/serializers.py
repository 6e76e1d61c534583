"""Shapes of alerts, rules and silences."""

from typing import Any

from rest_framework import serializers

from performance.alerts.models import Alert, AlertRule, AlertTransition, Silence
from performance.alerts.services import LONGEST_SILENCE, NOTE_LENGTH
from performance.api.examples import asked_as

MOST_MINUTES = int(LONGEST_SILENCE.total_seconds()) // 60


class AlertSerializer(serializers.ModelSerializer[Alert]):
    """A broken rule under some labels. `value` is that of the last look (null: unknown), in the signal's `unit`: ms, a
    share from 0 to 1, what is counted; "burn" is times the pace that an error budget allows.
    """

    rule = serializers.CharField(source="name", help_text="Its name")
    labels = serializers.JSONField(help_text="An object")
    acknowledged_by = serializers.CharField(source="acknowledged_by.username", default=None, allow_null=True)

    class Meta:
        model = Alert
        fields = [
            "id",
            "rule",
            "title",
            "signal",
            "area",
            "labels",
            "state",
            "severity",
            "value",
            "worst",
            "threshold",
            "unit",
            "is_flapping",
            "pending_at",
            "fired_at",
            "resolved_at",
            "resolved_because",
            "acknowledged_at",
            "acknowledged_by",
            "acknowledgement",
        ]


class TransitionSerializer(serializers.ModelSerializer[AlertTransition]):
    """What became of it. `webhooks` is how many endpoints are told; `mail` the e-mail's state, null without one."""

    mail = serializers.CharField(source="mail.state", default=None, allow_null=True)

    class Meta:
        model = AlertTransition
        fields = ["id", "kind", "severity", "value", "at", "note", "webhooks", "mail"]


class AlertInFullSerializer(AlertSerializer):
    """With what became of it, oldest first."""

    transitions = TransitionSerializer(many=True)

    class Meta(AlertSerializer.Meta):
        fields = [*AlertSerializer.Meta.fields, "transitions"]


@asked_as("With a note", {"note": "The disk is being replaced."})
class AcknowledgementSerializer(serializers.Serializer[Any]):
    note = serializers.CharField(max_length=NOTE_LENGTH, allow_blank=True, default="")


class RuleSerializer(serializers.ModelSerializer[AlertRule]):
    """A rule, and what the last look at its signal found; `level` and `value` are null before the first look."""

    labels = serializers.JSONField(help_text="An object: only what has these labels")
    value = serializers.FloatField(source="reading.value", default=None, allow_null=True)
    level = serializers.CharField(source="reading.level", default=None, allow_null=True)
    read_at = serializers.DateTimeField(source="reading.read_at", default=None, allow_null=True)

    class Meta:
        model = AlertRule
        fields = [
            "name",
            "title",
            "signal",
            "labels",
            "split_by",
            "is_above",
            "warning",
            "critical",
            "clear",
            "window_s",
            "short_window_s",
            "objective",
            "least",
            "for_s",
            "clear_s",
            "runbook",
            "is_enabled",
            "by_email",
            "by_webhook",
            "value",
            "level",
            "read_at",
        ]


class SilenceSerializer(serializers.ModelSerializer[Silence]):
    """Nobody is told of one rule, or of one area, until it ends."""

    rule = serializers.CharField(source="rule.name", default=None, allow_null=True)
    by = serializers.CharField(source="by.username", default=None, allow_null=True)

    class Meta:
        model = Silence
        fields = ["id", "rule", "area", "reason", "by", "created_at", "ends_at"]


@asked_as("An area", {"area": "database", "reason": "The server is moved tonight.", "minutes": 120})
class SilenceRequestSerializer(serializers.Serializer[Any]):
    """Either a rule's name or an area; from now on, for so many minutes."""

    rule = serializers.CharField(max_length=60, default="", allow_blank=True)
    area = serializers.CharField(max_length=20, default="", allow_blank=True)
    reason = serializers.CharField(max_length=NOTE_LENGTH)
    minutes = serializers.IntegerField(min_value=1, max_value=MOST_MINUTES, default=60)
