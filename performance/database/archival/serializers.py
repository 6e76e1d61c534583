"""How archival is asked for and answered over the API."""

from typing import Any

from rest_framework import serializers

from performance.api.examples import asked_as
from performance.database.archival.models import MOST_DAYS, Action, ArchivalHold, ArchivalPolicy, ArchivalRun
from performance.database.archival.runway import Basis

NAME_LENGTH, REASON_LENGTH = 60, 500


@asked_as(
    "What would be moved",
    {"target": "jobs", "action": "move", "older_than_days": 365, "condition": "succeeded", "is_dry_run": True},
)
class ArchiveRequestSerializer(serializers.Serializer[Any]):
    """Either `policy`, or what it would say: `target`, `action`, `older_than_days`, `condition`."""

    policy = serializers.CharField(max_length=NAME_LENGTH, required=False)
    target = serializers.CharField(max_length=NAME_LENGTH, required=False)
    action = serializers.CharField(max_length=NAME_LENGTH, required=False, help_text="move, copy or delete")
    older_than_days = serializers.IntegerField(min_value=1, max_value=MOST_DAYS, required=False)
    condition = serializers.CharField(max_length=NAME_LENGTH, required=False, allow_blank=True)
    is_dry_run = serializers.BooleanField(default=True)
    confirm = serializers.CharField(
        max_length=NAME_LENGTH,
        default="",
        allow_blank=True,
        help_text="To delete: the name of the policy, or of the target where no policy is named",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        inline = {"target", "action", "older_than_days"}
        given = inline & attrs.keys()
        if "policy" in attrs and (given or "condition" in attrs):
            raise serializers.ValidationError("Name a policy, or say what is to be done; not both.")
        if "policy" not in attrs and given != inline:
            raise serializers.ValidationError(f"Name a policy, or give {', '.join(sorted(inline - given))} as well.")
        return attrs


class RunwaySerializer(serializers.Serializer[Any]):
    """`days` null: `says` why, such as "insufficient history"."""

    days = serializers.FloatField(allow_null=True)
    says = serializers.CharField()


class PaceSerializer(serializers.Serializer[Any]):
    """Bytes a day: of the database as measured, else of the target by the ages of its rows."""

    per_day = serializers.FloatField()
    basis = serializers.ChoiceField(choices=[each.value for each in Basis])


class DryRunSerializer(serializers.Serializer[Any]):
    """What would be done now. Rows are of the target's own table; null where not even an estimate could be had."""

    is_dry_run = serializers.BooleanField(default=True)
    target = serializers.CharField()
    action = serializers.ChoiceField(choices=Action.choices)
    condition = serializers.CharField(allow_blank=True)
    cutoff = serializers.DateTimeField(help_text="Rows from before it")
    is_exact = serializers.BooleanField(help_text="Counted; else estimated from a sample of the table")
    rows = serializers.IntegerField(allow_null=True)
    held_rows = serializers.IntegerField(allow_null=True, help_text="Old enough, but under a legal hold")
    kept_rows = serializers.IntegerField(allow_null=True, help_text="Old enough, but other rows point to them")
    child_rows = serializers.DictField(
        child=serializers.IntegerField(allow_null=True),
        help_text="What goes along, by table; null: not counted in time",
    )
    oldest_at = serializers.DateTimeField(allow_null=True)
    newest_at = serializers.DateTimeField(allow_null=True)
    freed_bytes = serializers.IntegerField(allow_null=True, help_text="By estimate; the tables may fill them again")
    archive_bytes = serializers.IntegerField(allow_null=True, help_text="By estimate, compressed")
    growth = PaceSerializer()
    gained = RunwaySerializer(help_text="What the bytes that are freed last for, less those of the archive")
    left = RunwaySerializer(help_text="Until the disk is full, as it is")


class ArchivalRunSerializer(serializers.ModelSerializer[ArchivalRun]):
    """A run, and how far it is. `expected_rows` null: not counted in time."""

    is_dry_run = serializers.BooleanField(default=False, read_only=True)
    restores = serializers.IntegerField(source="restores_id", allow_null=True)
    batch = serializers.IntegerField(source="batch_id", allow_null=True, help_text="Its job, among the batches")
    action = serializers.ChoiceField(source="work", choices=ArchivalRun.Work.choices)
    freed_bytes = serializers.IntegerField(help_text="By estimate; the tables may fill them again")

    class Meta:
        model = ArchivalRun
        fields = (
            "is_dry_run",
            "id",
            "policy_name",
            "action",
            "target",
            "condition",
            "older_than_days",
            "cutoff",
            "state",
            "is_scheduled",
            "restores",
            "chunks",
            "rows",
            "child_rows",
            "expected_rows",
            "freed_bytes",
            "raw_bytes",
            "stored_bytes",
            "error",
            "batch",
            "created_at",
            "started_at",
            "finished_at",
        )


class RunsSerializer(serializers.Serializer[Any]):
    """The newest."""

    results = ArchivalRunSerializer(many=True)


class TargetSerializer(serializers.Serializer[Any]):
    """What may be archived; `conditions` and `subjects` are what policies and legal holds may name."""

    name = serializers.CharField()
    title = serializers.CharField()
    says = serializers.CharField()
    guard_says = serializers.CharField()
    least_days = serializers.IntegerField()
    tables = serializers.ListField(child=serializers.CharField())
    conditions = serializers.DictField(child=serializers.CharField())
    subjects = serializers.ListField(child=serializers.CharField())


class ArchivalPolicySerializer(serializers.ModelSerializer[ArchivalPolicy]):
    next_at = serializers.DateTimeField(allow_null=True, help_text="When its schedule fires next")

    class Meta:
        model = ArchivalPolicy
        fields = (
            "name",
            "target",
            "action",
            "older_than_days",
            "condition",
            "cron",
            "time_zone",
            "is_enabled",
            "next_at",
            "created_at",
            "updated_at",
        )


@asked_as(
    "Every night",
    {
        "target": "jobs",
        "action": "move",
        "older_than_days": 365,
        "condition": "succeeded",
        "cron": "0 3 * * *",
        "time_zone": "Europe/Berlin",
    },
)
class PolicyRequestSerializer(serializers.Serializer[Any]):
    """A policy as it is to be."""

    target = serializers.CharField(max_length=NAME_LENGTH)
    action = serializers.CharField(max_length=NAME_LENGTH, help_text="move, copy or delete")
    older_than_days = serializers.IntegerField(min_value=1, max_value=MOST_DAYS)
    condition = serializers.CharField(max_length=NAME_LENGTH, default="", allow_blank=True)
    cron = serializers.CharField(max_length=100, default="", allow_blank=True, help_text="Such as 30 3 * * *")
    time_zone = serializers.CharField(max_length=60, default="", allow_blank=True, help_text="Empty: TIME_ZONE")
    is_enabled = serializers.BooleanField(default=True)
    confirm = serializers.CharField(
        max_length=NAME_LENGTH, default="", allow_blank=True, help_text="Of a policy that deletes: its name once more"
    )


class HoldSerializer(serializers.ModelSerializer[ArchivalHold]):
    placed_by = serializers.CharField(source="placed_by.username", default="")
    lifted_by = serializers.CharField(source="lifted_by.username", default="")

    class Meta:
        model = ArchivalHold
        fields = (
            "id",
            "target",
            "subject_kind",
            "subject_id",
            "condition",
            "reason",
            "placed_by",
            "placed_at",
            "lifted_by",
            "lifted_at",
            "lift_reason",
        )


@asked_as(
    "One batch",
    {"target": "jobs", "subject_kind": "batch", "subject_id": "42", "reason": "A lawsuit, see the contract."},
)
class HoldRequestSerializer(serializers.Serializer[Any]):
    """Rows of a target: those of a subject, of a condition, or (neither) all."""

    target = serializers.CharField(max_length=NAME_LENGTH)
    subject_kind = serializers.CharField(max_length=NAME_LENGTH, default="", allow_blank=True)
    subject_id = serializers.CharField(max_length=200, default="", allow_blank=True)
    condition = serializers.CharField(max_length=NAME_LENGTH, default="", allow_blank=True)
    reason = serializers.CharField(max_length=REASON_LENGTH)


@asked_as("With its reason", {"reason": "The lawsuit is settled."})
class LiftSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=REASON_LENGTH)


class ArchivalSerializer(serializers.Serializer[Any]):
    """What may be archived, by which policies it is, and what is on hold."""

    targets = TargetSerializer(many=True)
    policies = ArchivalPolicySerializer(many=True)
    holds = HoldSerializer(many=True)
