"""How Assay is put together. Celery's application is made here, so that every process can wake workers."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
