"""A run as it goes: a live bar on a terminal, a line every few seconds elsewhere."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, TextColumn
from rich.progress import Progress as Bar

from performance.jobs.fleet import Fleet
from performance.jobs.progress import Progress, progress
from prospects.qualification.errors import dollars

POLL_S = 0.2
LINE_EVERY_S = 5.0


class Shown(Protocol):
    """Where progress goes."""

    def __call__(self, now: Progress) -> None: ...


def watch(batch_id: int, *, fleet: Fleet, console: Console, verb: str = "Qualifying") -> Progress:
    """Show the batch until it is finished, cancelled or paused, and return how it then stands."""
    can_redraw = console.is_terminal and not console.is_dumb_terminal
    with (_bar if can_redraw else _lines)(console, verb) as show:
        while True:
            now = progress(batch_id)
            show(now)
            if now.state != "running":
                return now
            fleet.ensure()
            time.sleep(POLL_S)


def figures(now: Progress) -> str:
    """Rate, time left and money, as far as they are known."""
    parts = [f"{now.per_minute:,.0f}/min"] if now.per_minute else []
    if now.eta_s is not None and now.done < now.total:
        parts.append(f"{duration(now.eta_s)} left")
    if now.budget_micros:
        parts.append(f"{dollars(now.spent_micros)} of {dollars(now.budget_micros)}")
    return " · ".join(parts)


def duration(seconds: float) -> str:
    """2.4 s, 48 s, 3 min 20 s, 2 h 5 min."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


@contextmanager
def _bar(console: Console, verb: str) -> Iterator[Shown]:
    columns = (
        TextColumn(f"[bold]{verb}"),
        BarColumn(bar_width=None, complete_style="green", finished_style="green"),
        TextColumn("{task.completed:,.0f}/{task.total:,.0f}"),
        TextColumn("[dim]{task.fields[figures]}"),
    )
    with Bar(*columns, console=console, expand=True) as bar:
        task = bar.add_task("", total=1, figures="starting the workers")

        def show(now: Progress) -> None:
            said = figures(now) if now.done else "waiting for the first answers"
            bar.update(task, completed=now.done, total=now.total, figures=said)

        yield show


@contextmanager
def _lines(console: Console, verb: str) -> Iterator[Shown]:
    last_at, last_done = -LINE_EVERY_S, -1

    def show(now: Progress) -> None:
        nonlocal last_at, last_done
        is_due = time.monotonic() - last_at >= LINE_EVERY_S and now.done != last_done
        if is_due or (now.state != "running" and now.done != last_done):
            last_at, last_done = time.monotonic(), now.done
            said = figures(now)
            console.print(f"{verb}  {now.done:,}/{now.total:,}" + (f" · {said}" if said else ""), highlight=False)

    yield show
