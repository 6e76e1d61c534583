"""A real worker on a real broker, and the console's users."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.conf import settings
from django.db import connection
from rest_framework.test import APIClient

from performance.audit.models import AuditEntry
from performance.audit.services import COMMAND, Actor
from performance.queues import broker
from tests.factories import make_user
from tests.performance.queues.names import QUEUE

READ = "performance.view_metricbucket"


@pytest.fixture
def by() -> Actor:
    return COMMAND


@pytest.fixture(autouse=True)
def _empty_broker() -> Iterator[None]:
    """What other tests sent to nobody is still there."""
    broker.client().flushdb()
    yield
    broker.client().flushdb()


@pytest.fixture
def operator(db: None) -> APIClient:
    """Who may do all there is to do."""
    return client_with(READ, *(f"performance.{each}" for each in ("operate_queues", "purge_queues", "schedule_tasks")))


@pytest.fixture
def onlooker(db: None) -> APIClient:
    return client_with(READ)


def client_with(*permissions: str) -> APIClient:
    client = APIClient()
    client.force_login(make_user(permissions=list(permissions)))
    return client


def last_entry() -> tuple[str, str, str, str]:
    """Of the audit log."""
    entry = AuditEntry.objects.latest("id")
    return entry.action, entry.subject, entry.outcome, entry.reason


@contextmanager
def worker(log: Path, *, concurrency: int = 1) -> Iterator[subprocess.Popen[bytes]]:
    """A prefork worker of the tests' app, ended at the end."""
    name = str(connection.settings_dict["NAME"])
    environ = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.faults.settings",
        "DATABASE_URL": urlunsplit(urlsplit(settings.DATABASE_URL)._replace(path=f"/{name}")),
        "PROCESS_ROLE": "worker",
    }
    command = [sys.executable, "-m", "celery", "-A", "tests.performance.queues.app:app", "worker", "--queues", QUEUE]
    options = ["--concurrency", str(concurrency), "--without-gossip", "--without-mingle", "--loglevel", "WARNING"]
    with log.open("ab") as file:
        process = subprocess.Popen([*command, *options], cwd=settings.BASE_DIR, env=environ, stdout=file, stderr=file)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(timeout=30)


def await_that(happens: Callable[[], bool], *, within_s: float = 30) -> bool:
    until = time.monotonic() + within_s
    while not happens() and time.monotonic() < until:
        time.sleep(0.1)
    return happens()
