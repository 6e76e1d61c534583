"""Batches over the API: how far background work is, whatever it is."""

from dataclasses import asdict
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from performance.api.reads.mixin import CachedReads
from performance.jobs.models import Batch
from performance.jobs.progress import progress


class ProgressSerializer(serializers.Serializer[Any]):
    """Where a batch stands. `per_minute` is that of the last minute; `eta_s` null while nothing moves.

    Money in micro-dollars.
    """

    state = serializers.ChoiceField(choices=Batch.State.choices)
    pause_code = serializers.CharField(allow_blank=True)
    pause_reason = serializers.CharField(allow_blank=True)
    total = serializers.IntegerField()
    done = serializers.IntegerField()
    ready = serializers.IntegerField()
    leased = serializers.IntegerField()
    succeeded = serializers.IntegerField()
    dead = serializers.IntegerField()
    parked = serializers.IntegerField()
    cancelled = serializers.IntegerField()
    per_minute = serializers.FloatField()
    eta_s = serializers.FloatField(allow_null=True)
    elapsed_s = serializers.FloatField()
    spent_micros = serializers.IntegerField()
    reserved_micros = serializers.IntegerField()
    budget_micros = serializers.IntegerField()
    saved_micros = serializers.IntegerField()
    calls = serializers.IntegerField(help_text="Paid calls")
    ledger_hits = serializers.IntegerField(help_text="Calls that the ledger answered for nothing")
    peak_memory_mb = serializers.IntegerField()


class BatchView(CachedReads):
    """One batch."""

    required_permissions = {"GET": ["performance.view_batch"]}

    @extend_schema(responses=ProgressSerializer)
    def get(self, request: Request, batch_id: int) -> Response:
        return Response(ProgressSerializer(asdict(progress(batch_id))).data)
