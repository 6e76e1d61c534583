"""manage.py archive: look at what a policy would do, or run it here and now."""

import getpass
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from performance.api.errors import DomainError
from performance.audit.services import COMMAND, audited
from performance.database.archival import policies
from performance.database.archival.dry_run import DryRun, dry_run
from performance.database.archival.models import ArchivalPolicy
from performance.database.archival.runs import Wish


class Command(BaseCommand):
    help = "Shows what archival policies would do; with --run, has a worker do one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("policy", nargs="?", help="a policy's name; all of them by default")
        parser.add_argument("--run", action="store_true", help="start it, instead of only looking")
        parser.add_argument("--confirm", default="", metavar="NAME", help="its name once more, if it deletes")

    def handle(self, *_: Any, **options: Any) -> None:
        try:
            if options["run"]:
                self._start(options["policy"] or "", confirm=options["confirm"])
            else:
                self._look(options["policy"])
        except DomainError as error:
            raise CommandError(str(error), returncode=error.exit_status) from error

    def _look(self, name: str | None) -> None:
        found = [policies.policy_named(name)] if name else ArchivalPolicy.objects.order_by("name")
        for policy in found:
            self.stdout.write(f"{policy.name}: {_told(dry_run(Wish.of(policy), at=timezone.now()))}")

    def _start(self, name: str, *, confirm: str) -> None:
        with audited("archival.run", subject=name, by=COMMAND, details={"account": getpass.getuser()}):
            run = policies.start(policies.policy_named(name), by=COMMAND, at=timezone.now(), confirm=confirm)
        self.stdout.write(f"{name}: run {run.pk} begins as soon as a worker is free.")


def _told(found: DryRun) -> str:
    counted = found.counted
    if counted is None:
        return "too many rows to be counted or estimated in time."
    about = "" if counted.is_exact else "about "
    freed, archived = (f"{(each or 0) / 2**20:,.1f} MiB" for each in (found.freed_bytes, found.archive_bytes))
    days = found.gained.says if found.gained.days is None else f"{found.gained.days:,.1f} days ({found.gained.says})"
    return (
        f"would {found.wish.action} {about}{counted.rows:,} rows from before {found.cutoff:%Y-%m-%d}, "
        f"{counted.held:,} are on hold, {counted.kept:,} are pointed to; frees about {freed}, the archive takes about "
        f"{archived}; runway: {days}."
    )
