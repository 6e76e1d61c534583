"""The real ones, with time-outs that a test can wait for."""

from config.settings import *  # noqa: F403
from config.settings import DATABASES

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.postgres",
    "knox",
    "silk",
    "performance",
]
MIDDLEWARE = [
    "performance.views.health.HealthMiddleware",
    "performance.metrics.middleware.request_metrics",
    "tests.performance.database.web.urls.asking",
    "performance.database.refusals.Outages",
]
ROOT_URLCONF = "tests.performance.database.web.urls"
ROLES: dict[str, list[str]] = {}
OPTIONS = DATABASES["default"]["OPTIONS"]
OPTIONS["options"] = OPTIONS["options"].replace("statement_timeout=15s", "statement_timeout=4500ms")
OPTIONS["options"] = OPTIONS["options"].replace("lock_timeout=3s", "lock_timeout=500ms")
