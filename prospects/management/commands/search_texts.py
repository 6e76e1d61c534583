"""`manage.py search_texts`: how fresh the texts are that a search looks through, catching up, and making them anew."""

from typing import Any

from django.core.management.base import CommandParser

from performance.management.unchecked import UncheckedCommand
from prospects.companies.finding import upkeep


class Command(UncheckedCommand):
    help = "Say how far the texts that a search looks through are behind, catch up, or write them anew"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--rebuild", action="store_true", help="forget them all first")

    def handle(self, *_args: Any, rebuild: bool, **_options: Any) -> None:
        before = upkeep.freshness()
        self.stdout.write(f"{before.changes:,} changes behind, the oldest by {before.behind_s:,.0f} s.")
        done = upkeep.rebuild() if rebuild else upkeep.catch_up()
        self.stdout.write(f"Caught up with {done:,} changes.")
