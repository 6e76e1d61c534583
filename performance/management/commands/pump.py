"""`manage.py pump`: keeps durable work moving."""

import signal
from typing import Any

from django.core.management.base import BaseCommand

from performance.jobs.pump import Pump


class Command(BaseCommand):
    help = "Re-publishes lost wake-ups and takes back what dead workers held, until it is told to end."
    # Checking imports every page; `make check` does it.
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        pump = Pump()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: pump.stop())
        pump.run()
