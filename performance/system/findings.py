"""What hosts and processes lack, and what to do about it."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse

from performance.console.shapes import Finding, Severity
from performance.system.hosts import HostFigures, hosts
from performance.system.leaks import Verdict
from performance.system.levels import THRESHOLDS, severity_of
from performance.system.processes import ProcessFigures, processes

# A disk that will be full so soon.
SOON, VERY_SOON = timedelta(days=7), timedelta(days=1)
_TITLES = {
    "cpu_share": "The CPU of {host} is {share:.0%} busy",
    "memory_share": "{share:.0%} of {host}'s memory is used",
    "disk_share": "{share:.0%} of {host}'s disk is used",
    "throttled_share": "{host} is stopped for {share:.0%} of the time by its CPU quota",
    "stolen_share": "Other machines take {share:.0%} of {host}'s CPU",
}
_ACTIONS = {
    "cpu_share": "The list of processes says who is busy. Give it more cores, or move workers to another host; fewer "
    "of them (WORKER_CONCURRENCY_IO, WORKER_CONCURRENCY_FILES) leave more to the web.",
    "memory_share": "The list of processes says who has it. Lower MAX_MEMORY_MB or the number of workers, or give it "
    "more: the kernel ends a process when nothing is left.",
    "disk_share": "Tables says what is large, Archival what may go. PostgreSQL stops when the disk is full.",
    "throttled_share": "Raise the container's CPU limit (cpu.max, `--cpus`, resources.limits.cpu), or have fewer "
    "processes in it: what runs is stopped in the middle of an answer.",
    "stolen_share": "The host is oversold: ask whoever runs it, or move.",
}


def findings(*, at: datetime) -> Sequence[Finding]:
    return [
        *(found for host in hosts(at=at) for found in of_host(host)),
        *(found for process in processes(at=at) if (found := of_process(process)) is not None),
    ]


def of_host(host: HostFigures) -> Iterator[Finding]:
    """By its thresholds, and where its disk will be full soon."""
    for name, (warning, critical) in THRESHOLDS.items():
        share = host.used.get(name)
        if share is not None and (severity := severity_of(name, share)):
            yield Finding(
                area="system",
                key=f"{name}:{host.host}",
                severity=severity,
                title=_TITLES[name].format(host=host.host, share=share),
                says=f"On average over the last ten minutes; {warning:.0%} is much, {critical:.0%} too much.",
                action=_ACTIONS[name],
                url=reverse("console-system"),
            )
    if host.disk_full is not None and host.disk_full <= SOON:
        yield Finding(
            area="system",
            key=f"disk_full:{host.host}",
            severity=Severity.CRITICAL if host.disk_full <= VERY_SOON else Severity.WARNING,
            title=f"The disk of {host.host} will be full in {told(host.disk_full)}",
            says=f"It is {host.used.get('disk_share', 0.0):.0%} full and grew steadily over the last day.",
            action=_ACTIONS["disk_share"],
            url=reverse("console-system"),
        )


def of_process(process: ProcessFigures) -> Finding | None:
    """Where it leaks."""
    slope = process.growth.slope
    if process.growth.verdict is not Verdict.LEAKING or slope is None:
        return None
    return Finding(
        area="system",
        key=f"leak:{process.host}:{process.role}:{process.pid}:{process.began_at:%Y%m%dT%H%M%S}",
        severity=Severity.WARNING,
        title=f"The {process.role} process {process.pid} on {process.host} leaks memory",
        says=f"It grows by {slope.estimate:,.0f} MiB an hour ({slope.low:,.0f} to {slope.high:,.0f} with 99 % "
        f"certainty) and has {process.memory_mb or 0.0:,.0f} MiB.",
        action=_of_leaks(process),
        impact=slope.estimate,
        unit="MiB an hour",
        url=reverse("console-system"),
    )


def _of_leaks(process: ProcessFigures) -> str:
    if process.role != "worker":
        return f"Restart the {process.role} until the cause is found; see what changed with the last release."
    left = process.growth.left(settings.MAX_MEMORY_MB - (process.memory_mb or 0.0))
    when = f", in {told(left)} at this pace" if left else ""
    return (
        f"A child is replaced after the task in which it passes MAX_MEMORY_MB ({settings.MAX_MEMORY_MB}{when}); lower "
        "CELERY_WORKER_MAX_TASKS_PER_CHILD until the cause is found."
    )


def told(time: timedelta) -> str:
    """In the unit that people say."""
    hours = time / timedelta(hours=1)
    if hours < 1:
        return f"{max(1, round(60 * hours))} minutes"
    return f"{hours:.0f} hours" if hours < 48 else f"{hours / 24:.0f} days"
