"""Servers for the tests, started before anything reads Django's settings.

It happens at import, since conftests further down import models, and pytest-django must not load the settings
first: that is why the settings' module is named here and not in pyproject.toml.
"""

import contextlib
import gc
import importlib
import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path

import django
import pytest
import pytest_django
from django.conf import settings
from hypothesis import HealthCheck
from hypothesis import settings as examples

from tests import database, stack
from tests.dealing import WAITING, Dealer

# Until all is imported and gathered nothing is garbage, and each look for it goes through everything. Later looks are
# rare: the tests' own processes live for minutes, and most of what they drop goes without one.
gc.disable()
gc.set_threshold(10_000, 20, 50)
# What takes long on a busy machine is no fault of what is tried.
examples.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
examples.load_profile("patient")
# A shell that puts the tests in the background has them ignore Ctrl-C, and what they start would inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)
stack.begin(os.environ)
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
django.setup()
# Django's own hasher is slow on purpose: a third of a second for each user that a test makes.
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Each client of a test has the middleware made for it, and WhiteNoise would read the whole of static/ each time.
settings.WHITENOISE_AUTOREFRESH = True
from performance.limits import services as limits  # noqa: E402 - it needs the settings

_numbers = count(1)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> Dealer | None:
    return Dealer(config, log) if config.getvalue("dist") == "loadscope" else None


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes() -> None:
    """Each xdist worker names the settings itself, once it has a Valkey of its own."""
    gc.enable()
    del os.environ["DJANGO_SETTINGS_MODULE"]
    database.begin_template(os.environ)


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session: pytest.Session) -> None:
    """Of all the tests' modules, each xdist worker first loads its own share: pytest has to rewrite those that are new,
    which takes seconds. Side by side through the same list, each worker would do that for all of them.
    """
    worker = getattr(session.config, "workerinput", None)
    if worker is None or [Path(each).name for each in session.config.args] != ["tests"]:
        return
    modules = sorted(Path(__file__).parent.rglob("test_*.py"))
    for path in modules[int(worker["workerid"].removeprefix("gw")) :: worker["workercount"]]:
        # What can't be loaded is told where it is gathered.
        with contextlib.suppress(Exception):
            importlib.import_module(".".join(path.relative_to(session.config.rootpath).with_suffix("").parts))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes seconds comes first, so that no worker is left alone with it at the end."""
    items.sort(key=lambda item: not item.nodeid.startswith(WAITING))


def pytest_collection_finish() -> None:
    """What is loaded by now stays: no collection has to look through it."""
    gc.freeze()
    gc.enable()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    database.use_template()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: pytest_django.DjangoDbBlocker) -> Iterator[None]:
    with ExitStack() as inside:
        with django_db_blocker.unblock():
            inside.enter_context(database.remembered())
        yield


@pytest.fixture(autouse=True)
def _flags_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """Flags are read again every second, which would add a statement to whatever request comes next."""
    monkeypatch.setattr("performance.flags.services._kept", (float("inf"), {}))


@pytest.fixture(autouse=True)
def _nobody_is_limited_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test counts in buckets of its own. Allowances would be read by a thread, beside the test's transaction."""
    monkeypatch.setattr("performance.limits.shared.PREFIX", f"test-limits-{next(_numbers)}")
    monkeypatch.setattr("performance.limits.allowances._kept", (float("inf"), {}))
    limits.forget()
