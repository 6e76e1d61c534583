"""A Celery worker that is deaf as soon as it is ready: connected to the broker, and consuming nothing."""

from typing import Any

from celery.signals import celeryd_after_setup, worker_ready
from django.utils.module_loading import import_string

from config.celery import app

__all__ = ["app"]


@celeryd_after_setup.connect
def hurry(**_: object) -> None:
    """By name, since Django isn't set up when this module is imported."""
    import_string("performance.jobs.lifecycle.workers").HEARTBEAT_S = 0.2


@worker_ready.connect
def go_deaf(*, sender: Any, **_: object) -> None:
    sender.task_consumer.cancel()
