#!/usr/bin/env python
"""Django's commands. Those that need a database run with the stack held: it is started and stopped around them."""

import atexit
import gc
import os
import sys
from contextlib import nullcontext
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management import BaseCommand, ManagementUtility
from django.db import OperationalError, connection

from config import stack
from config.env import BadVariable, env

# What works without PostgreSQL and Valkey. `makemigrations` only warns that it can't ask the database.
NEED_NOTHING = frozenset(
    {
        *("help", "version", "check", "makemigrations", "makemessages", "compilemessages"),
        *("collectstatic", "findstatic", "diffsettings", "spectacular", "settings_table"),
    }
)


class Commands(ManagementUtility):
    """Until its command is loaded a process has next to no garbage, and each look for some goes through everything; so
    would the last one, when it ends.
    """

    def __init__(self, arguments: list[str]) -> None:
        super().__init__(arguments)
        gc.disable()
        atexit.register(gc.freeze)

    def fetch_command(self, subcommand: str) -> BaseCommand:
        command = super().fetch_command(subcommand)
        gc.freeze()
        gc.enable()
        return command


def main(arguments: list[str]) -> int:
    """The exit status; a bad variable or a server that can't start is one sentence."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        _ = settings.DEBUG  # a bad variable is told before a server is started
        with stack.ends_orderly(), stack.hold() if needs_stack(arguments) else nullcontext():
            Commands(arguments).execute()
    except (BadVariable, stack.StackError) as error:
        print(error, file=sys.stderr)
        return error.exit_status
    except OperationalError:
        if can_reach_database():
            raise
        print(f"PostgreSQL can't be reached at {where(settings.DATABASE_URL)}: {what_to_do()}.", file=sys.stderr)
        return os.EX_UNAVAILABLE
    except KeyboardInterrupt:
        return 130
    return 0


def can_reach_database() -> bool:
    try:
        connection.close()
        connection.ensure_connection()
    except OperationalError:
        return False
    return True


def what_to_do() -> str:
    if env.str("DATABASE_URL", None):
        return "check DATABASE_URL"
    return (
        f"it was ended, and starts again with the next command; why stands in {settings.RECORD.data_dir}/postgres.log"
    )


def where(url: str) -> str:
    """Host and port: nothing of the user, the password and the parameters."""
    return urlsplit(url).netloc.rpartition("@")[2] or "its socket"


def needs_stack(arguments: list[str]) -> bool:
    command = arguments[1] if len(arguments) > 1 else "help"
    asks_for_help = not {"-h", "--help", "--version"}.isdisjoint(arguments)
    asks_database = any(each.startswith("--database") for each in arguments)
    return not asks_for_help and (asks_database or command not in NEED_NOTHING)


if __name__ == "__main__":
    sys.exit(main(sys.argv))
