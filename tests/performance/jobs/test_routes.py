"""A wake-up goes to the queue of the work that it is about, by CELERY_TASK_ROUTES."""

import pytest
from django.conf import settings

from config.celery import app
from performance.jobs import wake


@pytest.mark.parametrize("queue", settings.QUEUES)
def test_a_wake_up_is_routed_by_the_queue_it_names(queue: str) -> None:
    routed = app.amqp.router.route({}, wake.WORK, args=(), kwargs={"queue": queue})

    assert routed["queue"].name == queue


def test_other_tasks_have_their_place() -> None:
    routed = app.amqp.router.route({}, "performance.tasks.expire_rows", args=(), kwargs={})

    assert routed["queue"].name == "maintenance"
