"""The platform alone, with the kinds of job that the fault tests work on: it needs neither the domain nor pages."""

from config.settings import *  # noqa: F403

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.postgres",
    "knox",
    "silk",
    "performance",
    "tests.faults",
]
ROOT_URLCONF = "tests.faults.urls"
CELERY_BEAT_SCHEDULE = {}
ROLES = {}
MIDDLEWARE = []
