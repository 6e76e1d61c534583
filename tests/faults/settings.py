"""The project's settings, with the kinds of job that the fault tests work on, and no pages."""

from config.settings import *  # noqa: F403
from config.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.faults"]
ROOT_URLCONF = "tests.faults.urls"
