"""One request to an endpoint, signed, and what became of it."""

import time
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from performance.outbound.client import Outbound, Request
from performance.outbound.errors import OutboundError
from performance.outbound.limits import Limits
from performance.webhooks.schedule import is_delivered, retry_after_s
from performance.webhooks.signing import signed_headers

# The specification asks for 15 to 30 s. Of the reply only the beginning is kept, so no more is read.
LIMITS = Limits(total_s=15.0, connect_s=5.0, most_bytes=4096, most_redirects=0, connections_per_host=0)
REPLY_CHARACTERS = 1000


@dataclass(frozen=True, slots=True)
class Parcel:
    """What is sent where. `keys` sign it, the newest first."""

    url: str
    message_id: str
    type: str
    body: bytes
    keys: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request and what came back; `status` None where nothing did. `error` is a sentence, empty if delivered."""

    sent_at: datetime
    status: int | None
    elapsed_ms: int
    code: str = ""
    error: str = ""
    reply: str = ""
    asked_s: float | None = None

    @property
    def is_delivered(self) -> bool:
        return is_delivered(self.status)


async def deliver(parcel: Parcel, *, outbound: Outbound, total_s: float = LIMITS.total_s) -> Attempt:
    """Send it once. Whatever the endpoint does is told in the answer and not raised."""
    at, began = timezone.now(), time.monotonic()
    try:
        reply = await outbound.send(_request(parcel, at=at, total_s=total_s))
    except OutboundError as error:
        elapsed_ms = round((time.monotonic() - began) * 1000)
        return Attempt(at, None, elapsed_ms, code=error.code, error=str(error)[:500])
    return Attempt(
        at,
        reply.status,
        reply.elapsed_ms,
        code="" if is_delivered(reply.status) else f"status_{reply.status}",
        error="" if is_delivered(reply.status) else refusal_of(reply.status),
        reply=_beginning(reply.body),
        asked_s=retry_after_s(reply.headers.get("Retry-After"), at=timezone.now()),
    )


def refusal_of(status: int) -> str:
    if 300 <= status < 400:
        return f"The endpoint answered {status}: redirects aren't followed, give its new address."
    if status == 410:
        return "The endpoint answered 410 Gone: it wants no more."
    return f"The endpoint answered {status}, which is no 2xx."


def headers_of(parcel: Parcel, *, at: datetime) -> dict[str, str]:
    signed = signed_headers(parcel.keys, message_id=parcel.message_id, timestamp=int(at.timestamp()), body=parcel.body)
    return {"Content-Type": "application/json", "User-Agent": "Assay-Webhooks", **signed}


def _request(parcel: Parcel, *, at: datetime, total_s: float) -> Request:
    return Request("POST", parcel.url, headers=headers_of(parcel, at=at), body=parcel.body, total_s=total_s)


def _beginning(body: bytes) -> str:
    """Text that PostgreSQL takes: no NUL; what is no UTF-8 is replaced."""
    return body[: 4 * REPLY_CHARACTERS].decode("utf-8", "replace").replace("\x00", "\ufffd")[:REPLY_CHARACTERS]
