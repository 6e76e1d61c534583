"""Which queues there are."""

from collections.abc import Sequence

from django.conf import settings

from performance.jobs.kinds import queues_by_kind
from performance.queues.errors import UnknownQueue


def known() -> Sequence[str]:
    """The installation's queues, those of its kinds of job among them."""
    return list(dict.fromkeys([*settings.QUEUES, *queues_by_kind().values()]))


def checked(queue: str) -> str:
    """The name, if it is a queue's. Raises UnknownQueue, which names them."""
    if queue not in known():
        raise UnknownQueue(f"There is no queue {queue!r}; there are {', '.join(known())}.")
    return queue


def kinds_of(queue: str) -> Sequence[str]:
    """The kinds of job whose queue it is."""
    return [kind for kind, of_kind in queues_by_kind().items() if of_kind == queue]
