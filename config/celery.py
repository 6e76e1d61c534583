"""The Celery application: the wake-up for durable jobs, and what spreads them over machines."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
# Else a worker imports all pages and the whole API at its start, to check them. `make check` does that once.
os.environ.setdefault("CELERY_SKIP_CHECKS", "true")

app = Celery("assay")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
