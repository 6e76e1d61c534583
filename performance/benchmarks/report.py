"""The figures as a table for people and as JSON for programs."""

import platform
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
import psutil
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from performance.benchmarks.figures import Figure


def machine() -> dict[str, Any]:
    """Where the figures come from."""
    return {
        "cpus": psutil.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 1024**3, 1),
        "cpu": _cpu_name(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
    }


def write(path: Path, figures: Sequence[Figure], *, at: datetime) -> None:
    content = {
        "measured_at": at.isoformat(timespec="seconds"),
        "machine": machine(),
        "figures": [figure.as_json() for figure in figures],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(orjson.dumps(content, option=orjson.OPT_INDENT_2))


def show(console: Console, figures: Sequence[Figure]) -> None:
    """The table, with what failed first to be seen: colour is never the only sign."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    table.add_column("Figure", no_wrap=True)
    table.add_column("Value", justify="right", no_wrap=True)
    table.add_column("Unit", no_wrap=True)
    table.add_column("Target", no_wrap=True)
    table.add_column("")
    table.add_column("Beside", overflow="fold")
    for figure in figures:
        mark = {True: Text("met", "green"), False: Text("MISSED", "bold red"), None: Text("")}[figure.passed]
        table.add_row(figure.name, number(figure.value), figure.unit, figure.target, mark, figure.beside)
    console.print(table)


def number(value: float) -> str:
    """1,234 · 12.3 · 1.23 · 0.012: as many digits as say something."""
    if value == int(value) or abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 100 else f"{value:.2f}" if abs(value) >= 1 else f"{value:.3f}"


def _cpu_name() -> str:
    info = Path("/proc/cpuinfo")
    if not info.exists():
        return platform.processor()
    lines = (line for line in info.read_text().splitlines() if line.startswith("model name"))
    return next(lines, ":").partition(":")[2].strip()
