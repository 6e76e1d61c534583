import re
from io import StringIO
from threading import Barrier, Thread

import pytest
from django.core.management import call_command
from django.db import connections

from performance.access.models import User


def first_start() -> str:
    out = StringIO()
    call_command("first_start", stdout=out)
    return out.getvalue()


@pytest.mark.django_db
def test_the_first_account_gets_a_random_password_that_opens_it() -> None:
    said = first_start()

    found = re.search(r"Sign in as (\S+) with the password (\S+)", said)
    assert found
    account = User.objects.get(username=found[1])
    assert account.check_password(found[2])
    assert account.is_staff
    assert account.is_superuser


@pytest.mark.django_db
def test_a_second_start_makes_and_says_nothing() -> None:
    first_start()

    assert first_start() == ""
    assert User.objects.count() == 1


@pytest.mark.django_db
def test_an_ordinary_user_called_admin_is_not_promoted() -> None:
    User.objects.create_user("admin")

    said = first_start()

    assert not User.objects.get(username="admin").is_superuser
    assert "Sign in as admin-" in said


@pytest.mark.django_db(transaction=True)
def test_of_several_starts_at_once_one_makes_the_account() -> None:
    barrier, said = Barrier(4), list[str]()

    def start() -> None:
        barrier.wait()
        said.append(first_start())
        connections.close_all()

    threads = [Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert User.objects.count() == 1
    assert sorted(bool(text) for text in said) == [False, False, False, True]
