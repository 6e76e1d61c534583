"""`manage.py create_token USER`: an API token from the command line."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.db import transaction

from performance.access.services import MAX_TOKEN_LIFE, NewToken, issue_token, user_named
from performance.api.errors import DomainError
from performance.limits.models import MOST_TOKENS, Allowance
from performance.management.unchecked import UncheckedCommand


class Command(UncheckedCommand):
    help = "Issues an API token, printed once: send it as `Authorization: Token …`."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--name", default="", help="What it is for")
        parser.add_argument(
            "--scope",
            action="append",
            default=[],
            metavar="APP.PERMISSION",
            help="Narrows it to this permission; may be repeated. Without it: all the user may do",
        )
        parser.add_argument(
            "--limit",
            action="append",
            default=[],
            metavar="POLICY=REQUESTS",
            help="Requests a minute instead of what everybody may; may be repeated",
        )
        parser.add_argument("--days", type=int, default=90, help="Life in days, 1 to 366 (default 90)")

    def handle(self, *args: Any, **options: Any) -> None:
        if not 1 <= options["days"] <= MAX_TOKEN_LIFE.days:
            raise CommandError(f"--days is {options['days']}, but it must be from 1 to {MAX_TOKEN_LIFE.days}.")
        try:
            issued = _issued(options)
        except DomainError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(issued.text)
        self.stderr.write(f"Good until {issued.token.expiry:%Y-%m-%d}; it can't be shown again.")


@transaction.atomic
def _issued(options: dict[str, Any]) -> NewToken:
    issued = issue_token(
        user=user_named(options["username"]),
        name=options["name"],
        scopes=options["scope"],
        life=timedelta(days=options["days"]),
    )
    for policy, requests in dict(map(_limit, options["limit"])).items():
        Allowance.objects.create(policy=policy, token=issued.token, tokens=requests)
    return issued


def _limit(text: str) -> tuple[str, int]:
    policy, _, number = text.partition("=")
    if policy not in settings.RATE_LIMITS:
        raise CommandError(f"There is no limit {policy!r}; there are {', '.join(sorted(settings.RATE_LIMITS))}.")
    if not (number.isascii() and number.isdecimal() and 1 <= int(number[:8]) <= MOST_TOKENS):
        raise CommandError(f"--limit {text}: {number!r} is no whole number from 1 to {MOST_TOKENS}.")
    return policy, int(number)
