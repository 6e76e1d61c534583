"""`manage.py bench`: measure on a throw-away database, print the table, write var/bench.json."""

import subprocess
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError, CommandParser
from django.utils import timezone
from rich.console import Console

from performance.api.errors import DomainError
from performance.benchmarks import areas, report
from performance.benchmarks.figures import Figure
from performance.benchmarks.throwaway import environment
from performance.management.unchecked import UncheckedCommand

WIDTH_IN_A_FILE = 160


class Command(UncheckedCommand):
    help = "Measure this installation's speed and durability on this machine; nothing of yours is touched."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--only", default="", help="one area: qualify, import, jobs, …")
        parser.add_argument("--out", type=Path, default=settings.RECORD.directory / "bench.json")
        # Set by the command itself, for the process that has the throw-away database.
        parser.add_argument(
            "--inside", action="store_true", help="measure in the database that is set, which is spoilt"
        )

    def handle(self, **options: Any) -> None:
        if options["only"] and options["only"] not in areas.NAMES:
            raise CommandError(f"No area is called {options['only']!r}; there are {', '.join(areas.NAMES)}.")
        areas.load()
        status = self._measure(options) if options["inside"] else self._outside(options)
        if status:
            raise SystemExit(status)

    def _outside(self, options: dict[str, Any]) -> int:
        """Settings are read once a process, so another one measures, with the throw-away database as its own."""
        command = [sys.executable, "manage.py", "bench", "--inside", "--only", options["only"], "--out", options["out"]]
        try:
            with environment() as variables:
                return subprocess.run(command, cwd=settings.BASE_DIR, env=variables, check=False).returncode
        except DomainError as error:
            raise CommandError(str(error)) from error

    def _measure(self, options: dict[str, Any]) -> int:
        console = Console(highlight=False)
        if not console.is_terminal:
            console = Console(highlight=False, width=WIDTH_IN_A_FILE)
        call_command("migrate", verbosity=0, interactive=False)
        figures: list[Figure] = []
        for measure in areas.measures(options["only"]):
            for figure in measure():
                figures.append(figure)
                console.print(f"[dim]{figure.name} = {report.number(figure.value)} {figure.unit}[/dim]")
        report.show(console, figures)
        report.write(options["out"], figures, at=timezone.now())
        console.print(f"Written to {options['out']}")
        return 0
