"""The project's settings, with the views that its API is measured against beside its own addresses."""

from config.settings import *  # noqa: F403

ROOT_URLCONF = "prospects.benchmarks.api.urls"
