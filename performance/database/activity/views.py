"""Pools, sessions and locks over the API."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from performance.api.reads.mixin import CachedReads
from performance.database.activity import pools as published_pools
from performance.database.activity import sessions as seen
from performance.database.activity.health import health, utilisation
from performance.database.activity.pools import PoolFigures
from performance.database.activity.serializers import ActivitySerializer, ConnectionPoolSerializer
from performance.database.activity.sessions import Session, by_application
from performance.database.activity.trees import trees

READ = ["performance.view_metricbucket"]
MOST_SESSIONS = 200
_SUMMED = ("max_size", "size", "in_use", "idle", "waiting", "requests", "queued", "wait_ms", "refused", "lost")


class ConnectionPoolView(CachedReads):
    """The pools of all processes together and each by itself, and what the server says of its connections."""

    required_permissions: ClassVar = {"GET": READ}

    @extend_schema(responses=ConnectionPoolSerializer)
    def get(self, request: Request) -> Response:
        pools, connections = published_pools.published(), seen.connections()
        found = health(pools, connections)
        return Response(
            {
                "level": found.level,
                "says": found.says,
                "pools": None if pools is None else together(pools),
                "processes": None if pools is None else [{**asdict(each), "in_use": each.in_use} for each in pools],
                "connections": {**asdict(connections), "share": connections.share},
                "applications": applications(seen.sessions()),
            }
        )


class ActivityView(CachedReads):
    """Who uses the database now, who waits for whom, and what keeps the log from being cut."""

    required_permissions: ClassVar = {"GET": READ}

    @extend_schema(responses=ActivitySerializer)
    def get(self, request: Request) -> Response:
        sessions = seen.sessions()
        return Response(
            {
                "sessions": list(map(asdict, sessions[:MOST_SESSIONS])),
                "session_count": len(sessions),
                "blocking": _blocking(sessions),
                "prepared": list(map(asdict, seen.prepared())),
                "slots": list(map(asdict, seen.slots())),
            }
        )


def together(pools: Sequence[PoolFigures]) -> Mapping[str, Any]:
    """Sums; the utilisation is of all connections together."""
    summed = {name: sum(getattr(each, name) for each in pools) for name in _SUMMED}
    return {"processes": len(pools), **summed, "utilisation": utilisation(pools)}


def applications(sessions: Sequence[Session]) -> list[Mapping[str, Any]]:
    """How many sessions of each application are in which state."""
    return [
        {
            "application": application,
            "state": state,
            "count": len(found),
            "waiting_for_locks": sum(bool(each.blocked_by) for each in found),
            "longest_s": max((each.state_s for each in found if each.state_s is not None), default=None),
        }
        for (application, state), found in by_application(sessions).items()
    ]


def _blocking(sessions: Sequence[Session]) -> list[Mapping[str, Any]]:
    return [
        {
            "pid": each.pid,
            "depth": depth,
            "blocked": each.blocked,
            "waiting_s": each.session.waiting_s if each.session else None,
        }
        for root in trees(sessions)
        for each, depth in root.walk()
    ]
