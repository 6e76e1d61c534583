"""`manage.py worker`: does durable work and Celery's tasks."""

import sys
from argparse import ArgumentParser
from typing import Any

from celery.utils.nodenames import NODENAME_DEFAULT, default_nodename, host_format
from django.conf import settings
from django.utils.module_loading import import_string

from performance.management.unchecked import UncheckedCommand


class Command(UncheckedCommand):
    """As `celery -A config.celery worker`, without what Celery's shell loads: a prompt, and a highlighter of syntax."""

    help = "Works on what is in the queues, until it is told to end."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--queues", required=True, help="names with commas between: " + ",".join(settings.QUEUES))
        parser.add_argument("--concurrency", type=int, help="its processes; as set in the environment when left out")
        parser.add_argument("--hostname", default=NODENAME_DEFAULT, help="its name among workers, such as files@%%h")
        parser.add_argument("--alone", action="store_true", help="without getting to know other workers first")

    def handle(self, *, queues: str, concurrency: int | None, hostname: str, alone: bool, **options: Any) -> None:
        worker = import_string(settings.WAKE_UP_APP).Worker(
            queues=queues,
            concurrency=concurrency,
            hostname=host_format(default_nodename(hostname)),
            loglevel="WARNING",
            quiet=True,
            without_gossip=alone,
            without_mingle=alone,
        )
        worker.start()
        sys.exit(worker.exitcode)
