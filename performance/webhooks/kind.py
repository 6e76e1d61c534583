"""The kind of job "webhook.deliver": one event to one endpoint, at least once, tried for three days."""

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence

from django.utils import timezone

from performance.jobs.kinds import Calls, ClaimedJob, Finished, GiveUp, Kind, Policy, Postponed, Retry, Stuck
from performance.outbound.client import Outbound
from performance.webhooks.delivering import LIMITS, Attempt, Parcel, deliver
from performance.webhooks.emitting import KIND, QUEUE
from performance.webhooks.keys import marked_key
from performance.webhooks.models import WebhookDelivery, WebhookSecret
from performance.webhooks.schedule import GONE, MOST_ATTEMPTS, delay_s
from performance.webhooks.storage import Settled, settle

DELIVERED, FAILED, PENDING = (
    WebhookDelivery.State.DELIVERED.value,
    WebhookDelivery.State.FAILED.value,
    WebhookDelivery.State.PENDING.value,
)


class NotDelivered(Retry):
    """The endpoint didn't take it; it will be asked again."""

    def __init__(self, attempt: Attempt, *, after_s: float) -> None:
        super().__init__(attempt.error, code=attempt.code, after_s=after_s)
        self.attempt = attempt


class NotWanted(GiveUp):
    """The endpoint says that it wants no more."""

    def __init__(self, attempt: Attempt) -> None:
        super().__init__(attempt.error, code="gone")
        self.attempt = attempt


class DeliveryKind(Kind[Attempt]):
    """Each attempt is written with what becomes of its job: the history and the schedule can't differ."""

    name = KIND
    queue = QUEUE
    # The schedule is `delay_s`; these are for what fails before there is an attempt.
    policy = Policy(max_attempts=MOST_ATTEMPTS, base_delay_s=1.0, max_delay_s=3600.0, timeout_s=LIMITS.total_s + 15.0)

    def prepare(self, jobs: Sequence[ClaimedJob]) -> Mapping[int, Parcel | GiveUp]:
        """Two statements for all: the deliveries, and the secrets of their endpoints."""
        found = WebhookDelivery.objects.to_send([job.subject_id for job in jobs]).in_bulk()
        keys = signing_keys({delivery.endpoint_id for delivery in found.values()})
        return {
            job.id: _parcel(found[job.subject_id], keys[found[job.subject_id].endpoint_id])
            for job in jobs
            if job.subject_id in found
        }

    async def run(self, job: ClaimedJob, calls: Calls) -> Attempt:
        if job.prepared is None:
            raise GiveUp("The endpoint was deleted before this was delivered.", code="deleted")
        if isinstance(job.prepared, GiveUp):
            raise job.prepared
        async with Outbound(LIMITS) as outbound:
            attempt = await deliver(job.prepared, outbound=outbound)
        if attempt.is_delivered:
            return attempt
        if attempt.status == GONE:
            raise NotWanted(attempt)
        raise NotDelivered(attempt, after_s=delay_s(job.attempt, draw=random.random, asked_s=attempt.asked_s))

    def store(self, finished: Sequence[Finished[Attempt]]) -> None:
        settle([Settled(each.job.subject_id, DELIVERED, each.result) for each in finished], at=timezone.now())

    def stuck(self, jobs: Sequence[Stuck]) -> None:
        settled = [Settled(each.job.subject_id, FAILED, _attempt_of(each.error), each.reason) for each in jobs]
        settle(settled, at=timezone.now())

    def postponed(self, jobs: Sequence[Postponed]) -> None:
        settled = [
            Settled(each.job.subject_id, PENDING, _attempt_of(each.error), each.error.reason, each.delay_s)
            for each in jobs
        ]
        settle(settled, at=timezone.now())


def signing_keys(endpoints: set[int]) -> Mapping[int, tuple[bytes, ...]]:
    """The keys that sign for each endpoint now, the newest first; none where they can't be had any more."""
    keys: dict[int, tuple[bytes, ...]] = defaultdict(tuple)
    for secret in WebhookSecret.objects.signing(at=timezone.now()).filter(endpoint__in=endpoints):
        key = marked_key(secret.salt, mark=secret.mark)
        keys[secret.endpoint_id] += (key,) if key else ()
    return keys


def _parcel(delivery: WebhookDelivery, keys: tuple[bytes, ...]) -> Parcel | GiveUp:
    endpoint, event = delivery.endpoint, delivery.event
    if not endpoint.is_active:
        return GiveUp(f"The endpoint is disabled: {endpoint.disabled_reason}", code="disabled")
    if not keys:
        return GiveUp("The endpoint's secret was made under another SECRET_KEY: rotate it.", code="no_secret")
    return Parcel(endpoint.url, event.message_id, event.type, event.body.encode(), keys)


def _attempt_of(error: object) -> Attempt | None:
    return error.attempt if isinstance(error, NotDelivered | NotWanted) else None
