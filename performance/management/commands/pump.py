"""`manage.py pump`: keeps durable work moving."""

import signal
from typing import Any

from performance.jobs.pump import Pump
from performance.management.unchecked import UncheckedCommand


class Command(UncheckedCommand):
    help = "Re-publishes lost wake-ups and takes back what dead workers held, until it is told to end."

    def handle(self, *args: Any, **options: Any) -> None:
        pump = Pump()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: pump.stop())
        pump.run()
