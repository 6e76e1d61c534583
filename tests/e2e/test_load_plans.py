"""The plans that `make load` drives ask for what there is, in the form in which it comes."""

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from pytest_django.live_server_helper import LiveServer

from config.roles import ADMINISTRATOR
from performance.access.services import issue_token
from tests.factories import make_prospect, make_user


@pytest.mark.parametrize("plan", ["baseline", "api"])
def test_every_task_of_a_plan_is_answered(live_server: LiveServer, plan: str) -> None:
    user = make_user()
    user.groups.add(Group.objects.get(name=ADMINISTRATOR))
    make_prospect()
    token = issue_token(user=user, name="load").text

    # A process of its own: locust has gevent patch what the rest of the tests run on.
    told = subprocess.run(
        [sys.executable, "-m", "tests.e2e.every_task", plan, live_server.url],
        cwd=settings.BASE_DIR,
        env={**os.environ, "ASSAY_TOKEN": token},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )

    assert told.stdout.strip() == "", told.stderr
