"""What workers told of themselves, read back. See performance.queues.reporting."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import orjson
import redis

from performance.jobs.wake import told
from performance.queues import broker
from performance.queues.errors import BrokerOut

KEY = "assay:queues:worker:{node}"
# Of the workers that told something, by when.
NAMES = "assay:queues:workers"
# A report older than this is no report: nothing is known of that worker.
KEPT_S = 15
FORGOTTEN_S = 86_400
# Celery's loop turns many times a second.
WEDGED_AFTER_S = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A task that a worker has taken: it runs (`since`, in the process `pid`) or waits there for its turn."""

    task_id: str
    task: str
    queue: str
    priority: int | None
    is_running: bool
    since: float | None
    pid: int | None
    retries: int
    retry_of: str
    seen_at: float

    def told(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A worker as it last told, at `at`; at `loop_at` Celery's loop last turned.

    `running` and `reserved` count by queue; `held` are the tasks themselves, or the first of very many.
    """

    node: str
    host: str
    pid: int
    at: float
    loop_at: float
    served: Sequence[str]
    taken: Sequence[str]
    running: Mapping[str, int]
    reserved: Mapping[str, int]
    held: Sequence[Held]
    concurrency: int | None
    children: Sequence[Mapping[str, int]]

    @property
    def is_wedged(self) -> bool:
        return self.at - self.loop_at > WEDGED_AFTER_S


def reports() -> list[Report]:
    """Of every worker that told something within the last seconds. Raises BrokerOut."""
    try:
        client: Any = broker.client()
        now = time.time()
        nodes = [node.decode() for node in client.zrangebyscore(NAMES, now - FORGOTTEN_S, "+inf")]
        found = client.mget([KEY.format(node=node) for node in nodes]) if nodes else []
    except redis.RedisError as error:
        raise BrokerOut(told(error)) from error
    return [_report(orjson.loads(each)) for each in found if each]


def forget_old() -> None:
    """The names of workers that haven't told anything for a day."""
    broker.client().zremrangebyscore(NAMES, "-inf", time.time() - FORGOTTEN_S)


def _report(read: dict[str, Any]) -> Report:
    return Report(**{**read, "held": [Held(**each) for each in read["held"]]})
