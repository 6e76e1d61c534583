"""What became of attempts, written in the transaction that completes or postpones their jobs.

Deliveries are locked first, then endpoints, each by id; a delivery that was deleted meanwhile is left out.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from performance.cache.tags import bump
from performance.webhooks.delivering import Attempt
from performance.webhooks.models import WebhookAttempt, WebhookEndpoint
from performance.webhooks.schedule import GONE, is_hopeless

_SETTLE = """
WITH given AS MATERIALIZED (
    SELECT * FROM unnest(%(ids)s::bigint[], %(states)s::text[], %(tries)s::int[], %(errors)s::text[],
        %(nexts)s::timestamptz[]) AS g(id, state, tries, error, next_at)
), old AS MATERIALIZED (
    SELECT d.id FROM performance_webhookdelivery d WHERE d.id = ANY(%(ids)s::bigint[]) ORDER BY d.id FOR UPDATE
)
UPDATE performance_webhookdelivery d SET state = g.state, attempts = d.attempts + g.tries, error = g.error,
    next_attempt_at = g.next_at, finished_at = CASE WHEN g.state = 'pending' THEN NULL ELSE %(at)s END
FROM given g JOIN old ON old.id = g.id WHERE d.id = g.id
RETURNING d.id, d.endpoint_id, d.attempts
"""
_WORKED = """
WITH c AS MATERIALIZED (
    SELECT id FROM performance_webhookendpoint WHERE id = ANY(%s) AND failures > 0 ORDER BY id FOR NO KEY UPDATE
)
UPDATE performance_webhookendpoint e SET failures = 0, failing_since = NULL, updated_at = now()
FROM c WHERE e.id = c.id RETURNING e.id
"""
_FAILED = """
WITH given AS MATERIALIZED (
    SELECT * FROM unnest(%(ids)s::bigint[], %(counts)s::int[]) AS g(id, failed)
), c AS MATERIALIZED (
    SELECT id FROM performance_webhookendpoint WHERE id = ANY(%(ids)s::bigint[]) ORDER BY id FOR NO KEY UPDATE
)
UPDATE performance_webhookendpoint e SET failures = e.failures + g.failed,
    failing_since = coalesce(e.failing_since, %(at)s), updated_at = now()
FROM given g JOIN c ON c.id = g.id WHERE e.id = g.id RETURNING e.id, e.failures, e.failing_since
"""


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of a delivery: `state`, and the attempt, where there was one. `wait_s` until the next."""

    delivery_id: int
    state: str
    attempt: Attempt | None
    error: str = ""
    wait_s: float | None = None


def settle(settled: Sequence[Settled], *, at: datetime) -> None:
    """Write deliveries, their attempts, and how their endpoints do. Tests of an endpoint don't count against it."""
    written = _settle(settled, at=at)
    tried = [(each, *written[each.delivery_id]) for each in settled if each.attempt and each.delivery_id in written]
    WebhookAttempt.objects.bulk_create(
        [_row(each.attempt, each.delivery_id, number) for each, _, number in tried if each.attempt]
    )
    _note_worked([endpoint for each, endpoint, _ in tried if each.attempt and each.attempt.is_delivered])
    failed = [(endpoint, each.attempt) for each, endpoint, _ in tried if each.attempt and not each.attempt.is_delivered]
    _note_failed(failed, at=at)


def disable(endpoint_id: int, *, reason: str, at: datetime) -> bool:
    """Send nothing more there; False if it is disabled already: the first reason stays."""
    return bool(
        WebhookEndpoint.objects.filter(pk=endpoint_id, is_active=True).update(
            is_active=False, disabled_at=at, disabled_reason=reason[:500], updated_at=at
        )
    )


def keep_attempt(delivery_id: int, attempt: Attempt, *, number: int) -> WebhookAttempt:
    """An attempt that no job made."""
    row = _row(attempt, delivery_id, number)
    row.save(force_insert=True)
    return row


def _settle(settled: Sequence[Settled], *, at: datetime) -> Mapping[int, tuple[int, int]]:
    """By delivery: its endpoint, and how many attempts there were now."""
    with connection.cursor() as cursor:
        cursor.execute(
            _SETTLE,
            {
                "ids": [each.delivery_id for each in settled],
                "states": [each.state for each in settled],
                "tries": [int(each.attempt is not None) for each in settled],
                "errors": [each.error[:500] for each in settled],
                "nexts": [None if each.wait_s is None else at + timedelta(seconds=each.wait_s) for each in settled],
                "at": at,
            },
        )
        return {delivery: (endpoint, attempts) for delivery, endpoint, attempts in cursor.fetchall()}


def _row(attempt: Attempt, delivery_id: int, number: int) -> WebhookAttempt:
    return WebhookAttempt(
        delivery_id=delivery_id,
        number=number,
        sent_at=attempt.sent_at,
        status=attempt.status,
        elapsed_ms=attempt.elapsed_ms,
        code=attempt.code[:40],
        error=attempt.error[:500],
        reply=attempt.reply,
    )


def _note_worked(endpoints: Sequence[int]) -> None:
    if not endpoints:
        return
    with connection.cursor() as cursor:
        cursor.execute(_WORKED, [sorted(set(endpoints))])
        if cursor.fetchall():
            bump("webhooks")


def _note_failed(failed: Sequence[tuple[int, Attempt]], *, at: datetime) -> None:
    if not failed:
        return
    counts = Counter(endpoint for endpoint, _ in failed)
    with connection.cursor() as cursor:
        cursor.execute(_FAILED, {"ids": list(counts), "counts": list(counts.values()), "at": at})
        now = cursor.fetchall()
    gone = {endpoint for endpoint, attempt in failed if attempt.status == GONE}
    last = {endpoint: attempt.error for endpoint, attempt in failed}
    for endpoint, failures, since in now:
        if endpoint in gone:
            disable(endpoint, reason="It answered 410 Gone, which says that it wants no more.", at=at)
        elif is_hopeless(failures=failures, failing_since=since, at=at):
            why = f"{failures} attempts in a row failed since {since:%Y-%m-%d %H:%M} UTC. The last: {last[endpoint]}"
            disable(endpoint, reason=why, at=at)
    bump("webhooks")
