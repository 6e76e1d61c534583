"""Webhooks in an installation under test: every batch of probes that ends is an event.

`python -m tests.faults.webhooks URL…` makes endpoints and prints their secrets, one a line.
"""

import sys

import django
from django.apps import apps
from django.utils import timezone

if not apps.apps_ready:
    django.setup()

from performance.jobs import listeners
from performance.webhooks import events
from performance.webhooks.emitting import emit
from performance.webhooks.services import create_endpoint

ENDED = events.EventType("faults.ended", "A batch of probes has ended.", {"batch": 1})
SWITCH = "FAULTS_WEBHOOKS"


def tell_of_ends(kind: str) -> None:
    events.register(ENDED)
    listeners.on_end(kind, _tell)


def _tell(batch_id: int) -> None:
    emit(ENDED.name, lambda: {"batch": batch_id}, at=timezone.now())


def main() -> None:
    for url in sys.argv[1:]:
        print(create_endpoint(url=url, events=[ENDED.name], description="", owner=None).text)


if __name__ == "__main__":
    main()
