"""A real browser, a real server, and a worker's slice of real work."""

import asyncio
import os
import shutil
import threading
from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from django.db import connections
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from config.roles import ADMINISTRATOR
from performance.jobs.runner.slice import Slice
from tests.factories import make_user

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
# As root, and in a container's small /dev/shm.
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
PASSWORD = "s3cret-enough"
PHONE = {"width": 375, "height": 812}
DESK = {"width": 1440, "height": 900}


# Ended with its folder: while Playwright runs there is an event loop in this thread, and other tests start their own.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    # Playwright keeps an event loop in this thread, which Django takes for asynchronous code; it isn't.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    if CHROMIUM is None and "CI" not in os.environ:
        pytest.skip("no Chromium is installed: apt-get install chromium")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(params=[DESK, PHONE], ids=["desk", "phone"])
def context(request: pytest.FixtureRequest, browser: Browser) -> Iterator[BrowserContext]:
    """A browser at a desk, and one in a hand."""
    context = browser.new_context(viewport=request.param)
    context.set_default_timeout(20_000)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext, live_server: LiveServer) -> Iterator[Page]:
    """Signed in as an administrator. Whatever the browser complains of, a refused script above all, fails the test."""
    user = make_user(username="mira", password=PASSWORD)
    user.groups.add(Group.objects.get(name=ADMINISTRATOR))
    complaints: list[str] = []
    page = context.new_page()
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    # By a session, since nobody may sign in at the door more often than ten times a minute.
    client = Client()
    client.force_login(user)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    page.goto(f"{live_server.url}/")
    yield page
    assert complaints == []


@pytest.fixture
def work() -> Callable[[str], None]:
    """What a worker does with a queue until nothing is left, in a thread that has no loop yet."""

    def run_slice(queue: str) -> None:
        thread = threading.Thread(target=_slice, args=[queue])
        thread.start()
        thread.join(timeout=60)
        assert not thread.is_alive()

    return run_slice


def _slice(queue: str) -> None:
    try:
        asyncio.run(Slice(queue).run())
    finally:
        connections.close_all()
