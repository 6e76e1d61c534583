"""`manage.py pump`: keeps durable work moving, and does the installation's duties."""

import signal
from typing import Any

from performance.jobs.duties import DutyThread
from performance.jobs.pump import Pump
from performance.management.unchecked import UncheckedCommand


class Command(UncheckedCommand):
    help = "Re-publishes lost wake-ups, takes back what dead workers held and looks after things, until told to end."

    def handle(self, *args: Any, **options: Any) -> None:
        pump, duties = Pump(), DutyThread()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: pump.stop())
        duties.start()
        pump.run()
        duties.stop()
