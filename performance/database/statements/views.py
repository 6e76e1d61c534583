"""GET /api/v1/performance/database/slow-queries."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from performance.api.lists.asked import LIMIT, PAGE, PER_PAGE
from performance.api.lists.envelope import head_of
from performance.api.lists.totals import Total
from performance.api.pagination import Page, Place
from performance.api.parsing import validated
from performance.api.reads.mixin import CachedReads
from performance.database.statements.listing import Listed, Question, listed
from performance.database.statements.schema import SlowQueriesSerializer
from performance.database.statements.slow import ORDERINGS, Taken
from performance.database.statements.windows import over_of

# There are never more statements than that: see `retention`.
MOST_PAGES = 100_000
_NAMES = [term for name in ORDERINGS for term in (name, f"-{name}")]


class AskedSerializer(serializers.Serializer[Any]):
    over = serializers.CharField(
        default="1h",
        max_length=6,
        help_text="How far back: 90m, 24h, 7d. The last hour is read by minutes, up to 31 days by hours, more by days.",
    )
    min_ms = serializers.FloatField(default=0.0, min_value=0.0, max_value=1e9, help_text="Slower than that on average")
    view = serializers.CharField(default="", max_length=200, help_text="Only what this view or task sends")
    ordering = serializers.ChoiceField(default="-total_ms", choices=_NAMES, help_text="A minus turns the order round.")
    page = serializers.IntegerField(default=1, min_value=1, max_value=MOST_PAGES)
    limit = serializers.IntegerField(
        required=False, min_value=1, max_value=settings.PAGINATION_MAX_PER_PAGE, help_text="Statements a page"
    )
    per_page = serializers.IntegerField(
        required=False, min_value=1, max_value=settings.PAGINATION_MAX_PER_PAGE, help_text="Another name of `limit`."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs.get(LIMIT, attrs.get(PER_PAGE)) != attrs.get(PER_PAGE, attrs.get(LIMIT)):
            raise serializers.ValidationError({PER_PAGE: "It is another name of `limit`: give one of them."})
        return attrs

    def validate_over(self, text: str) -> timedelta:
        over = over_of(text)
        if over is None:
            raise serializers.ValidationError('Say how far back as "90m", "24h" or "7d"; two years at most.')
        return over


class SlowQueriesView(CachedReads):
    """What PostgreSQL was asked in a time, the costliest first, and who in our code asked it."""

    required_permissions: ClassVar = {"GET": ["performance.view_metricbucket"]}
    parameters = ("over", "min_ms", "view", "ordering", PAGE, LIMIT, PER_PAGE)

    @extend_schema(parameters=[AskedSerializer], responses=SlowQueriesSerializer)
    def get(self, request: Request) -> Response:
        asked = validated(AskedSerializer(data=request.query_params))
        limit = asked.get(LIMIT) or asked.get(PER_PAGE) or settings.PAGINATION_DEFAULT_PER_PAGE
        question = Question(
            over=asked["over"],
            min_ms=asked["min_ms"],
            view=asked["view"],
            ordering=asked["ordering"],
            limit=limit,
            skip=(asked[PAGE] - 1) * limit,
        )
        found = listed(question, at=timezone.now())
        head, link = head_of(_page(found, asked[PAGE], limit), request._request)
        told = {"total_ms": found.slow.total_ms, "since": found.since, "limitation": found.limitation}
        rows = [_row(found, row, request) for row in found.slow.rows]
        return Response({**head, **told, "results": rows}, headers={"Link": link})


def _page(found: Listed, number: int, limit: int) -> Page:
    """Where it leads on to."""
    last = -(-found.slow.found // limit)
    return Page(
        texts=(),
        values=(),
        total=Total(found.slow.found, is_estimate=False),
        limit=limit,
        next=_place(number + 1) if number < last else None,
        previous=_place(number - 1) if number > 1 else None,
        last=_place(last) if last else None,
        number=number,
    )


def _place(number: int) -> Place:
    return {PAGE: str(number)}


def _row(found: Listed, row: Taken, request: Request) -> Mapping[str, Any]:
    history = found.histories[row.id]
    page = request.build_absolute_uri(reverse("console-statement", args=[row.id]))
    repeats = found.repeats.get(row.shape, [])
    return {
        "id": row.id,
        "statement": row.text,
        **{name: getattr(row, name) for name in _PLAIN},
        "is_n_plus_one": bool(repeats),
        "repeats": list(map(asdict, repeats)),
        "askers": list(map(asdict, found.askers.get(row.shape, []))),
        "trend": {
            "start": history.times[0],
            "step_s": history.window.step_s,
            "calls": [point.calls for point in history.points],
            "total_ms": [round(point.total_ms, 3) for point in history.points],
        },
        "url": page,
        "explain_url": f"{page}#explain" if row.is_select else None,
    }


_PLAIN = (
    *("role", "first_seen_at", "calls", "total_ms", "mean_ms", "min_ms", "max_ms", "plan_ms", "share", "rows_per_call"),
    *("hit_rate", "temp_blocks", "wal_bytes", "p95_ms", "p95_before_ms", "p95_change"),
)
