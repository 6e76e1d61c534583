"""The project's settings for a worker that is led into a web of our own and is to die at an edge."""

from tests.servers.web.settings import *  # noqa: F403
from tests.servers.web.settings import INSTALLED_APPS as _APPS

INSTALLED_APPS = [*_APPS, "tests.faults.research"]
