"""`manage.py first_start`: the first account, its password printed once."""

from typing import Any

from django.db import transaction

from performance.access.services import make_first_account
from performance.management.unchecked import UncheckedCommand


class Command(UncheckedCommand):
    help = "Makes a staff superuser with a random password and prints it once; nothing where there is a superuser."

    def handle(self, *args: Any, **options: Any) -> None:
        with transaction.atomic():
            account = make_first_account()
            if account:
                # Before the commit: see make_first_account.
                self.stdout.write(f"Sign in as {account.username} with the password {account.password}")
                self.stdout.write("It is shown only now; `manage.py changepassword` sets another.")
                self.stdout.flush()
