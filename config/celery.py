"""The Celery application: the wake-up for durable jobs, and what spreads them over machines."""

import os

from celery import Celery

from performance.metrics.celery import connect

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
# Else a worker imports all pages and the whole API at its start, to check them. `make check` does that once.
os.environ.setdefault("CELERY_SKIP_CHECKS", "true")

app = Celery("assay", task_cls="performance.metrics.celery:MeasuredTask")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
connect()
