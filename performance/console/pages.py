"""The pages of the console, one line a noun. Their addresses are /admin/performance/<slug>/…

The sidebar's lines are in config/admin_site.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import URLPattern

from performance.alerts import pages as alerts
from performance.benchmark_runs import pages as benchmark_runs
from performance.cache import console_page as cache
from performance.console.bottlenecks import pages as bottlenecks
from performance.database.activity import pages as activity
from performance.database.archival import pages as archival
from performance.database.indexes import pages as indexes
from performance.database.plans import pages as plans
from performance.database.statements import pages as statements
from performance.database.tables import pages as tables
from performance.database.tuning import pages as tuning
from performance.metrics import pages as requests
from performance.queues.pages import letters, queues, schedules, workers
from performance.regressions import pages as regressions
from performance.system import pages as system


@dataclass(frozen=True, slots=True)
class Page:
    """`addresses` are the noun's own; the first is named "console-<slug>" and is its front."""

    slug: str
    title: str
    addresses: Sequence[URLPattern]


PAGES: tuple[Page, ...] = (
    Page("alerts", "Alerts", alerts.addresses),
    Page("regressions", "Regressions", regressions.addresses),
    Page("bottlenecks", "Bottlenecks", bottlenecks.addresses),
    Page("requests", "Requests", requests.addresses),
    Page("statements", "Statements", statements.addresses),
    Page("indexes", "Indexes", indexes.addresses),
    Page("tables", "Tables", tables.addresses),
    Page("activity", "Activity", activity.addresses),
    Page("settings", "Settings", tuning.addresses),
    Page("archival", "Archival", archival.addresses),
    Page("plans", "Explain", plans.addresses),
    Page("cache", "Cache", cache.addresses),
    Page("queues", "Queues", queues.addresses),
    Page("dead-letters", "Dead letters", letters.addresses),
    Page("schedules", "Schedules", schedules.addresses),
    Page("workers", "Workers", workers.addresses),
    Page("system", "System", system.addresses),
    Page("benchmark", "Benchmark", benchmark_runs.addresses),
)
