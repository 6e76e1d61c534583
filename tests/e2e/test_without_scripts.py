"""What reads and acts needs no script: the admin's theme hides everything until its own has begun."""

import pytest
from django.contrib.auth.models import Group
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from config.roles import ADMINISTRATOR
from performance.queues.models import QueueState
from tests.e2e.conftest import DESK, PASSWORD
from tests.factories import make_user

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


def test_a_queue_is_paused_without_scripts(browser: Browser, live_server: LiveServer) -> None:
    make_user(username="mira", password=PASSWORD, is_staff=True).groups.add(Group.objects.get(name=ADMINISTRATOR))
    context = browser.new_context(viewport=DESK, java_script_enabled=False)
    page = context.new_page()

    page.goto(f"{live_server.url}/login/?next=/admin/performance/queues/")
    page.fill("input[name=username]", "mira")
    page.fill("input[name=password]", PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name="imports", exact=True).click()
    page.get_by_role("button", name="Pause").click()

    expect(page.get_by_text("paused").first).to_be_visible()
    assert QueueState.objects.get(queue="imports").paused_at is not None
    context.close()
