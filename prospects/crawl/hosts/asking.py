"""One request to a site at a time, in its turn, told in the words of a crawl."""

import email.utils
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from django.utils import timezone

from performance.outbound.client import Outbound, Reply, Request
from performance.outbound.errors import OutboundError
from prospects.crawl.hosts.faults import told
from prospects.crawl.hosts.leases import Lease
from prospects.crawl.hosts.pace import Pace

# A Retry-After beyond this is a way of saying never; who comes back is told the same again.
MOST_REST_S = 3600.0
_USUAL_REST_S = 10.0
_IMPOLITE = frozenset({429, 503})


@dataclass(frozen=True, slots=True)
class Asker:
    """Asks on behalf of one visit."""

    outbound: Outbound
    pace: Pace
    lease: Lease
    slots: AbstractAsyncContextManager[object]

    async def ask(self, request: Request) -> Reply:
        """The reply. Raises NotFetched."""
        async with self.pace.turn(), self.slots:
            self.lease.check()
            try:
                reply = await self.outbound.send(request)
            except OutboundError as error:
                raise told(error) from error
        if reply.status in _IMPOLITE:
            self.pace.rest(rest_s(reply.headers))
        return reply


def rest_s(headers: Mapping[str, str]) -> float:
    """How long Retry-After asks us to stay away: seconds or a date (RFC 9110, 10.2.3)."""
    asked = headers.get("Retry-After", "").strip()
    if asked.isascii() and asked.isdigit():
        return min(float(asked[:9]), MOST_REST_S)
    try:
        at = email.utils.parsedate_to_datetime(asked)
    except (TypeError, ValueError, OverflowError):
        return _USUAL_REST_S
    if at.tzinfo is None:
        return _USUAL_REST_S
    return min(max((at - timezone.now()).total_seconds(), 0.0), MOST_REST_S)
