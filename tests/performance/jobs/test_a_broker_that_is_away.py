"""A Valkey of one's own that can't be reached: said with its address, without its password, and without waiting."""

import os
import subprocess
import sys
from typing import Any

import pytest
from django.conf import settings as live

from config.celery import app
from performance.jobs import wake
from performance.jobs.errors import BrokerAway

AWAY = "redis://:secret@127.0.0.1:9/0"
PUBLISH = """
import time, django
django.setup()
from performance.jobs import wake
began = time.monotonic()
print(wake.publish("qualification", priority=6), time.monotonic() - began < 3)
"""


def test_a_command_that_needs_workers_is_told_which_server_and_what_to_do(
    settings: Any, request: pytest.FixtureRequest
) -> None:
    settings.CELERY_BROKER_URL = AWAY
    wake._broker.cache_clear()
    request.addfinalizer(wake._broker.cache_clear)

    with pytest.raises(BrokerAway) as refused:
        wake.check_broker()

    assert str(refused.value).startswith("Valkey can't be used at 127.0.0.1:9, check REDIS_URL: ")
    assert "secret" not in str(refused.value)
    assert refused.value.exit_status == os.EX_UNAVAILABLE


def test_one_that_answers_is_not_complained_about() -> None:
    wake.check_broker()


def test_who_asks_for_work_does_not_wait_for_it() -> None:
    environ = {**os.environ, "REDIS_URL": AWAY, "DJANGO_SETTINGS_MODULE": "tests.faults.settings"}

    done = subprocess.run(
        [sys.executable, "-c", PUBLISH], cwd=live.BASE_DIR, env=environ, capture_output=True, text=True, check=True
    )

    assert done.stdout == "False True\n"
    assert "Valkey can't be used at 127.0.0.1:9, check REDIS_URL" in done.stderr
    assert "secret" not in done.stderr


def test_workers_wait_for_it_for_ever() -> None:
    """Celery's own hundred attempts are over within the hour."""
    assert app.conf.broker_connection_max_retries is None
