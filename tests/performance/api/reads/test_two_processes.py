"""What one process changes, another one's kept pages and tokens follow within 50 ms."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.contrib.auth.models import Group
from django.db import connection

from config.env import ROOT
from performance.access.services import issue_token, revoke_tokens
from performance.cache.tags import bump
from performance.flags.models import Flag
from performance.flags.services import change_flag
from tests.factories import make_user

pytestmark = pytest.mark.django_db(transaction=True)
FLAGS = "/api/v1/read/flags"
# Read at most 40 ms ago, and a little to be told and to answer in.
WITHIN_S = 0.05
Ask = Callable[[str, str], Any]


@pytest.fixture(scope="module")
def ask(django_db_setup: None) -> Iterator[Ask]:
    """Asks the other process, which all tests share; the reply is (status, body, when)."""
    url = urlsplit(os.environ["DATABASE_URL"])
    database = urlunsplit(url._replace(path=f"/{connection.settings_dict['NAME']}"))
    environ = {**os.environ, "DATABASE_URL": database, "RATE_LIMIT_ENABLED": "false", "LOG_LEVEL": "ERROR"}
    command = [sys.executable, "-m", "tests.performance.api.reads.reader"]
    with subprocess.Popen(
        command, cwd=ROOT, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    ) as reader:
        assert reader.stdin is not None
        assert reader.stdout is not None

        def asked(path: str, token: str) -> Any:
            print(path, token, file=reader.stdin)
            return json.loads(reader.stdout.readline())  # type: ignore[union-attr]

        try:
            yield asked
        finally:
            reader.stdin.close()
            reader.wait(timeout=20)


@pytest.mark.parametrize("change", ["revoked", "disabled", "role"])
def test_what_one_may_no_more_is_refused_by_the_other_process(ask: Ask, change: str) -> None:
    user = make_user()
    user.groups.add(Group.objects.get(name="operator"))
    issued = issue_token(user=user, name="")
    assert [ask(FLAGS, issued.text)[0] for _ in range(3)] == [200, 200, 200]

    if change == "revoked":
        revoke_tokens(user_id=user.pk, token_key=issued.token.token_key)
    elif change == "disabled":
        user.is_active = False
        user.save()
    else:
        user.groups.set([Group.objects.get(name="viewer")])
    time.sleep(WITHIN_S)

    assert ask(FLAGS, issued.text)[0] == (403 if change == "role" else 401)


def test_no_answer_is_older_than_50_ms(ask: Ask) -> None:
    Flag.objects.create(name="a-flag", rollout="percentage")
    bump("flags")
    user = make_user()
    user.groups.add(Group.objects.get(name="operator"))
    token = issue_token(user=user, name="").text
    ask(FLAGS, token)
    committed: list[tuple[int, float]] = [(0, 0.0)]
    done = threading.Event()

    def write() -> None:
        for percentage in range(1, 41):
            change_flag("a-flag", rollout="percentage", percentage=percentage)
            bump("flags")
            committed.append((percentage, time.time()))
            time.sleep(0.03)
        connection.close()
        done.set()

    writer = threading.Thread(target=write)
    writer.start()
    seen = []
    while not done.is_set():
        asked_at = time.time()
        seen.append((asked_at, ask(FLAGS, token)[1][0]["percentage"]))
    writer.join()

    stale = [
        (asked_at, percentage, newest)
        for asked_at, percentage in seen
        if percentage < (newest := max(each for each, at in committed if at <= asked_at - WITHIN_S))
    ]
    assert stale == []
    assert len({percentage for _, percentage in seen}) > 5
