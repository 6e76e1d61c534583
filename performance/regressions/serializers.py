"""Shapes of regressions and deploys."""

from rest_framework import serializers

from performance.regressions.models import Deploy, Regression


class DeploySerializer(serializers.ModelSerializer[Deploy]):
    """The code's version changed; `host` is where it was first seen."""

    class Meta:
        model = Deploy
        fields = ["id", "version", "host", "at"]


class RegressionSerializer(serializers.ModelSerializer[Regression]):
    """The time of an endpoint, a query or a statement changed and stayed so. `change` 0.5 is half as much again,
    negative is faster; `p` is how likely so much is by chance. It changed within `step_s` of `changed_at`.
    """

    deploy = serializers.CharField(source="deploy.version", default=None, allow_null=True, help_text="Before it")
    acknowledged_by = serializers.CharField(source="acknowledged_by.username", default=None, allow_null=True)

    class Meta:
        model = Regression
        fields = [
            "id",
            "kind",
            "subject",
            "title",
            "changed_at",
            "step_s",
            "before_ms",
            "after_ms",
            "change",
            "p",
            "calls_per_hour",
            "deploy",
            "found_at",
            "ended_at",
            "acknowledged_at",
            "acknowledged_by",
        ]
