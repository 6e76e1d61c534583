"""T2 and T3: the ledger of paid calls. An answer is replayed, or its price is reserved and the call marked sent, both
by T2 where nothing is waited for in between.

Both are idempotent, for a commit whose answer was lost: what is reserved or sent under our own fence is ours.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from django.db import connection, transaction

from performance.jobs.asks import Answer, Ask, Bought, Newest, Refusal, Replay, Step, Wait, next_step
from performance.jobs.batches import Changes
from performance.jobs.budgets import Funds, reserve_funds
from performance.jobs.kinds import ClaimedJob, Reply

# A sent call is given up this long after its own time-out: its holder has certainly stopped waiting for it.
DEADLINE_GRACE_S = 2.0

_LOOK = """
SELECT a.n, held.ok, hit.*, newest.*
FROM unnest(%(keys)s::text[], %(batches)s::bigint[], %(jobs)s::bigint[], %(fences)s::int[], %(ttls)s::float8[])
    WITH ORDINALITY AS a(key, batch_id, job_id, fence, ttl_s, n)
LEFT JOIN LATERAL (SELECT true AS ok FROM performance_job j
    WHERE j.id = a.job_id AND j.fence = a.fence AND j.state = 'leased' AND j.lease_until > now()) held ON true
LEFT JOIN LATERAL (SELECT c.response::text, c.cost_micros, c.input_tokens, c.output_tokens, c.latency_ms
    FROM performance_paidcall c WHERE c.key = a.key AND c.state = 'succeeded'
      AND (c.batch_id = a.batch_id OR c.finished_at > now() - make_interval(secs => a.ttl_s))
    ORDER BY c.generation DESC LIMIT 1) hit ON true
LEFT JOIN LATERAL (SELECT c.id, c.generation, c.state, c.job_id, c.fence,
      coalesce(extract(epoch FROM c.deadline_at - now()), 0)::float8, c.is_repeatable
    FROM performance_paidcall c WHERE c.key = a.key ORDER BY c.generation DESC LIMIT 1) newest ON true
ORDER BY a.n
"""
_INSERT = """
INSERT INTO performance_paidcall (key, generation, state, batch_id, job_id, fence, is_repeatable, purpose, model, error,
    estimate_micros, cost_micros, input_tokens, output_tokens, attempts, reserved_at, sent_at, deadline_at)
SELECT a.key, a.generation, CASE WHEN a.sends THEN 'sent' ELSE 'reserved' END, a.batch_id, a.job_id, a.fence, false,
    a.purpose, a.model, '', a.estimate, 0, 0, 0, a.sends::int, now(), CASE WHEN a.sends THEN now() END,
    CASE WHEN a.sends THEN now() + make_interval(secs => a.timeout_s) END
FROM unnest(%(keys)s::text[], %(generations)s::int[], %(batches)s::bigint[], %(jobs)s::bigint[], %(fences)s::int[],
    %(purposes)s::text[], %(models)s::text[], %(estimates)s::bigint[], %(sends)s::bool[], %(timeouts)s::float8[])
    AS a(key, generation, batch_id, job_id, fence, purpose, model, estimate, sends, timeout_s)
ORDER BY a.key
ON CONFLICT (key, generation) DO NOTHING RETURNING id, key
"""
_TAKE_OVER = """
UPDATE performance_paidcall c SET state = CASE WHEN a.sends THEN 'sent' ELSE 'reserved' END, batch_id = a.batch_id,
    job_id = a.job_id, fence = a.fence, estimate_micros = a.estimate, error = '', reserved_at = now(),
    sent_at = CASE WHEN a.sends THEN now() END, attempts = c.attempts + a.sends::int,
    deadline_at = CASE WHEN a.sends THEN now() + make_interval(secs => a.timeout_s) END, finished_at = NULL
FROM unnest(%(ids)s::bigint[], %(batches)s::bigint[], %(jobs)s::bigint[], %(fences)s::int[], %(estimates)s::bigint[],
    %(sends)s::bool[], %(timeouts)s::float8[]) AS a(id, batch_id, job_id, fence, estimate, sends, timeout_s)
WHERE c.id = a.id AND c.state = 'failed' RETURNING c.id
"""
# Job and batch are asked for row by row, by their keys: as joins, and before a growing table's first ANALYZE, the
# planner went through all calls of the batch for each one (124 ms a statement at 2,000 jobs; now 1).
_MARK_SENT = """
UPDATE performance_paidcall c SET state = 'sent', sent_at = now(), attempts = c.attempts + 1,
    deadline_at = now() + make_interval(secs => a.timeout_s)
FROM unnest(%(ids)s::bigint[], %(jobs)s::bigint[], %(fences)s::int[], %(timeouts)s::float8[])
    AS a(id, job_id, fence, timeout_s)
WHERE c.id = a.id AND c.job_id = a.job_id AND c.fence = a.fence AND c.state IN ('reserved', 'sent')
  AND (SELECT j.fence = a.fence AND j.state = 'leased' AND j.lease_until > now()
       FROM performance_job j WHERE j.id = a.job_id)
  AND (SELECT b.state = 'running' AND b.cancel_requested_at IS NULL FROM performance_batch b WHERE b.id = c.batch_id)
RETURNING c.id
"""
_INHERIT = """
UPDATE performance_paidcall SET fence = %s WHERE id = %s AND state = 'reserved' AND job_id = %s RETURNING id
"""
_FAIL = """
UPDATE performance_paidcall SET state = 'failed', attempts = attempts - (state = 'sent')::int, sent_at = NULL,
    deadline_at = NULL, finished_at = now()
WHERE id = ANY(%s)
"""
UNRESERVE = """
UPDATE performance_paidcall SET state = 'failed', error = 'never sent', finished_at = now()
WHERE job_id = ANY(%s) AND state = 'reserved' RETURNING batch_id, estimate_micros
"""


@dataclass(frozen=True, slots=True)
class _Purchase:
    """An ask that goes through: by a new row of this generation, or by taking over the row `call_id`."""

    n: int
    ask: Ask
    generation: int
    call_id: int | None


def reserve(asks: Sequence[Ask]) -> list[Answer]:
    """T2 for a chunk: the answers in the order of the asks. Each key may stand in it once."""
    with transaction.atomic():
        answers: dict[int, Answer] = {}
        wanted: list[_Purchase] = []
        for n, found in _look(asks):
            if isinstance(found, _Purchase):
                wanted.append(found)
            else:
                answers[n] = found
        answers.update(_buy(wanted))
    return [answers[n] for n in range(len(asks))]


def mark_sent(calls: Sequence[tuple[int, ClaimedJob, float]]) -> set[int]:
    """T3 for (call id, its job, time-out in s): the calls that may be launched, once this has committed.

    Not those whose job was lost or whose batch was paused or cancelled since T2. Fences alone don't tell who asks: they
    are counted by job, so two jobs that want one call often have the same.
    """
    ordered = sorted(calls, key=lambda call: call[0])
    with connection.cursor() as cursor:
        cursor.execute(
            _MARK_SENT,
            {
                "ids": [call_id for call_id, _, _ in ordered],
                "jobs": [job.id for _, job, _ in ordered],
                "fences": [job.fence for _, job, _ in ordered],
                "timeouts": [timeout_s + DEADLINE_GRACE_S for _, _, timeout_s in ordered],
            },
        )
        return {call_id for (call_id,) in cursor.fetchall()}


def release_reserved(job_ids: Sequence[int], *, changes: Changes) -> None:
    """The jobs lost their holder: what it had reserved and not sent was never charged."""
    if not job_ids:
        return
    with connection.cursor() as cursor:
        cursor.execute(UNRESERVE, [list(job_ids)])
        for batch_id, estimate in cursor.fetchall():
            changes[batch_id].reserved_micros -= estimate


def _look(asks: Sequence[Ask]) -> Iterable[tuple[int, Answer | _Purchase]]:
    with connection.cursor() as cursor:
        cursor.execute(
            _LOOK,
            {
                "keys": [ask.request.key for ask in asks],
                "batches": [ask.batch_id for ask in asks],
                "jobs": [ask.job_id for ask in asks],
                "fences": [ask.fence for ask in asks],
                "ttls": [float(ask.request.ttl_s) for ask in asks],
            },
        )
        rows = cursor.fetchall()
    for ask, (ordinal, is_held, *found) in zip(asks, rows, strict=True):
        yield ordinal - 1, _judge(ordinal - 1, ask, is_held=bool(is_held), found=found)


def _judge(n: int, ask: Ask, *, is_held: bool, found: Sequence[Any]) -> Answer | _Purchase:
    response, cost, input_tokens, output_tokens, latency_ms = found[:5]
    if not is_held:
        return Refusal.LOST
    if response is not None:
        reply = Reply(orjson.loads(response), 0, input_tokens, output_tokens, latency_ms or 0, is_from_ledger=True)
        return Replay(reply, cost)
    return _plan(n, ask, newest=Newest(*found[5:]) if found[5] is not None else None)


def _plan(n: int, ask: Ask, *, newest: Newest | None) -> Answer | _Purchase:
    step = next_step(ask, newest)
    if not isinstance(step, Step):
        return step
    if newest is None or step is Step.BUY:
        return _Purchase(n, ask, newest.generation + 1 if newest else 1, None)
    if step is Step.TAKE_OVER:
        return _Purchase(n, ask, newest.generation, newest.id)
    return _inherited(ask, newest) if step is Step.INHERIT else Bought(newest.id)


def _inherited(ask: Ask, newest: Newest) -> Answer:
    """The money is reserved already, by this very job: only the fence is new."""
    with connection.cursor() as cursor:
        cursor.execute(_INHERIT, [ask.fence, newest.id, ask.job_id])
        return Bought(newest.id) if cursor.fetchone() else Wait(0.1)


def _buy(wanted: Sequence[_Purchase]) -> Mapping[int, Answer]:
    """Take the rows first, then the money (calls before batches: the order of all locks)."""
    rows = {**_insert([each for each in wanted if each.call_id is None])}
    rows |= _take_over([each for each in wanted if each.call_id is not None])
    answers: dict[int, Answer] = {each.n: Wait(0.1) for each in wanted if each.n not in rows}
    taken = [each for each in wanted if each.n in rows]
    funds = reserve_funds([Funds(each.n, each.ask.batch_id, each.ask.request.estimate_micros) for each in taken])
    _undo([each for each in taken if funds[each.n] is not None], rows=rows)
    for each in taken:
        answers[each.n] = funds[each.n] or Bought(rows[each.n], is_sent=each.ask.sends_at_once)
    return answers


def _insert(purchases: Sequence[_Purchase]) -> dict[int, int]:
    if not purchases:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            _INSERT,
            {
                "keys": [each.ask.request.key for each in purchases],
                "generations": [each.generation for each in purchases],
                "batches": [each.ask.batch_id for each in purchases],
                "jobs": [each.ask.job_id for each in purchases],
                "fences": [each.ask.fence for each in purchases],
                "purposes": [each.ask.request.purpose for each in purchases],
                "models": [each.ask.request.model for each in purchases],
                "estimates": [each.ask.request.estimate_micros for each in purchases],
                **_sending(purchases),
            },
        )
        made = {key: call_id for call_id, key in cursor.fetchall()}
    return {each.n: made[each.ask.request.key] for each in purchases if each.ask.request.key in made}


def _take_over(purchases: Sequence[_Purchase]) -> dict[int, int]:
    if not purchases:
        return {}
    ordered = sorted(purchases, key=lambda each: each.call_id or 0)
    with connection.cursor() as cursor:
        cursor.execute(
            _TAKE_OVER,
            {
                "ids": [each.call_id for each in ordered],
                "batches": [each.ask.batch_id for each in ordered],
                "jobs": [each.ask.job_id for each in ordered],
                "fences": [each.ask.fence for each in ordered],
                "estimates": [each.ask.request.estimate_micros for each in ordered],
                **_sending(ordered),
            },
        )
        taken = {call_id for (call_id,) in cursor.fetchall()}
    return {each.n: each.call_id for each in ordered if each.call_id is not None and each.call_id in taken}


def _sending(purchases: Sequence[_Purchase]) -> dict[str, list[Any]]:
    return {
        "sends": [each.ask.sends_at_once for each in purchases],
        "timeouts": [each.ask.request.timeout_s + DEADLINE_GRACE_S for each in purchases],
    }


def _undo(refused: Sequence[_Purchase], *, rows: Mapping[int, int]) -> None:
    """No money for these: a row made just now goes, one taken over is failed as it was."""
    made = [rows[each.n] for each in refused if each.call_id is None]
    taken = [rows[each.n] for each in refused if each.call_id is not None]
    with connection.cursor() as cursor:
        if made:
            cursor.execute("DELETE FROM performance_paidcall WHERE id = ANY(%s)", [made])
        if taken:
            cursor.execute(_FAIL, [taken])
