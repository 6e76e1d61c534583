"""Samples as the flusher would have written them."""

from collections.abc import Callable
from datetime import datetime, timedelta

from performance.system.models import ProcessSample


def make_samples(
    minutes: int,
    *,
    at: datetime,
    pid: int = 1,
    role: str = "worker",
    mb_at: Callable[[int], float] = lambda _minute: 100.0,
    cpu: float = 0.1,
) -> None:
    """Of a process that began so many minutes before `at` and has just spoken."""
    began_at = at - timedelta(minutes=minutes - 1)
    ProcessSample.objects.bulk_create(
        ProcessSample(
            at=began_at + timedelta(minutes=minute),
            host="h",
            pid=pid,
            began_at=began_at,
            role=role,
            memory_low_mb=mb_at(minute),
            memory_high_mb=mb_at(minute),
            cpu_n=4,
            cpu_total=4 * cpu,
        )
        for minute in range(minutes)
    )
