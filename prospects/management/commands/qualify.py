"""`manage.py qualify`: a file of companies in, a ranked and explained list out."""

import logging
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandParser

from performance.api.errors import DomainError
from performance.management.unchecked import UncheckedCommand
from prospects.cli import options
from prospects.cli.qualifying import qualify
from prospects.cli.screen import Screen, make_console


class Command(UncheckedCommand):
    help = "Qualify a file of companies against an ideal customer profile, print the ranking and write it to files."

    def add_arguments(self, parser: CommandParser) -> None:
        options.add_arguments(parser)

    def handle(self, **values: Any) -> None:
        screen = Screen(make_console(), make_console(to_errors=True))
        _log_to_file()
        call_command("migrate", interactive=False, verbosity=0)
        try:
            status = qualify(options.read(values), screen)
        except DomainError as error:
            screen.refuse(str(error))
            status = error.exit_status
        if status:
            raise SystemExit(status)


def _log_to_file() -> None:
    """Log lines would tear the live display apart; they go where the workers' go."""
    directory = settings.RECORD.directory / "log"
    directory.mkdir(parents=True, exist_ok=True)
    handler = logging.FileHandler(directory / "qualify.log", delay=True)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    root = logging.getLogger()
    root.handlers = [handler]
