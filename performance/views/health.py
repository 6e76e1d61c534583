"""Is this process alive, and can it serve?"""

from collections.abc import Callable
from functools import cache

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe


class HealthMiddleware:
    """Answers before any other middleware asks the database something and fails. First in MIDDLEWARE."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        answer = {"/livez": livez, "/readyz": readyz}.get(request.path, self.get_response)
        return answer(request)


@require_safe
@never_cache
def livez(request: HttpRequest) -> HttpResponse:
    """The process answers. Nothing else is asked: a restart doesn't mend a database."""
    return HttpResponse("ok", content_type="text/plain")


@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when the database answers and is migrated. Without Valkey work goes on, slower: degraded, and still 200."""
    checks = {"database": _database(), "valkey": _valkey()}
    if checks["database"] != "ok":
        return JsonResponse({"status": "unavailable", "checks": checks}, status=503)
    return JsonResponse({"status": "ok" if checks["valkey"] == "ok" else "degraded", "checks": checks})


def _database() -> str:
    try:
        missing = _newest_migrations() - MigrationRecorder(connection).applied_migrations().keys()
    except DatabaseError:
        return "unreachable"
    return f"{len(missing)} apps need `manage.py migrate`" if missing else "ok"


@cache
def _newest_migrations() -> frozenset[tuple[str, str]]:
    """The last migration of each app as its files say; they don't change while a process lives."""
    return frozenset(MigrationLoader(None).graph.leaf_nodes())


def _valkey() -> str:
    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1) as client:
            client.ping()
    except redis.RedisError:
        return "unreachable"
    return "ok"
