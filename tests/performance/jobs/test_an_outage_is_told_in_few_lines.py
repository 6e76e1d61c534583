"""Whoever is on call reads the log of an outage: what is met twice a second is not told twice a second."""

import logging
import time
from datetime import datetime

import pytest
import redis
from django.utils import timezone

from performance.jobs import duties, pump
from performance.jobs.pump import Pump
from performance.queues.errors import BrokerOut

pytestmark = pytest.mark.django_db(transaction=True)


class Cut(Pump):
    """The broker is away for a while, and then back."""

    rounds = 0

    def tick(self) -> None:
        self.rounds += 1
        if self.rounds < 20:
            raise redis.ConnectionError("Connection refused")
        self.stop()


def look(*, at: datetime) -> None:
    raise BrokerOut("Valkey can't be used")


def test_the_pump_says_when_it_begins_and_when_it_is_over(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(pump, "TICK_S", 0.001)

    with caplog.at_level(logging.INFO, logger="performance.jobs.pump"):
        Cut().run()

    first, last = [record.getMessage() for record in caplog.records if record.name == "performance.jobs.pump"]
    assert first.startswith("the pump waits for the broker: ")
    assert last == "the pump has the broker again"


def test_it_says_so_once_more_where_it_lasts(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(pump, "TICK_S", 0.01)
    monkeypatch.setattr(pump, "COMPLAIN_EVERY_S", 0.05)

    began = time.monotonic()
    Cut().run()

    told = caplog.text.count("the pump waits for the broker")
    assert 2 <= told <= 1 + (time.monotonic() - began) / 0.05


def test_a_duty_that_waits_for_a_server_is_a_line(caplog: pytest.LogCaptureFixture) -> None:
    duties._do(duties.Duty(name="queues", every_s=10, path=f"{__name__}.look"), at=timezone.now())

    [record] = caplog.records
    assert record.getMessage() == "the duty queues has to wait, and is tried again in 10 s: Valkey can't be used"
    assert record.exc_info is None
