"""The platform's own addresses under /api/v1/, the schema, and what answers where nothing else does."""

from django.urls import URLPattern, URLResolver, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView

from performance.access import views as access
from performance.alerts import views as alerts
from performance.api import converters  # noqa: F401  # registers <name:…>
from performance.api.fallback import without_slash
from performance.benchmark_runs import views as benchmark_runs
from performance.cache import views as cache
from performance.console import views as console
from performance.database.activity import views as activity
from performance.database.archival import views as archival
from performance.database.indexes import views as indexes
from performance.database.plans import views as plans
from performance.database.statements import views as statements
from performance.database.tables import views as tables
from performance.database.tuning import views as tuning
from performance.flags import views as flags
from performance.jobs import views as jobs
from performance.limits import views as limits
from performance.metrics import views as metrics
from performance.queues import views as queues
from performance.regressions import views as regressions
from performance.webhooks import views as webhooks

urlpatterns: list[URLPattern | URLResolver] = [
    path("schema", SpectacularAPIView.as_view(), name="api-schema"),
    path("docs", SpectacularSwaggerView.as_view(url_name="api-schema"), name="api-docs"),
    path("me", access.MeView.as_view(), name="api-me"),
    path("tokens", access.TokensView.as_view(), name="api-tokens"),
    path("tokens/sign-in", access.TokenSignInView.as_view(), name="api-token-sign-in"),
    path("tokens/current", access.CurrentTokenView.as_view(), name="api-token-current"),
    path("tokens/<name:token_key>", access.TokenView.as_view(), name="api-token"),
    path("batches/<int:batch_id>", jobs.BatchView.as_view(), name="api-batch"),
    path("flags", flags.FlagsView.as_view(), name="api-flags"),
    path("flags/<slug:name>", flags.FlagView.as_view(), name="api-flag"),
    path("performance/alerts", alerts.AlertsView.as_view(), name="api-alerts"),
    path("performance/alerts/rules", alerts.RulesView.as_view(), name="api-alert-rules"),
    path("performance/alerts/silences", alerts.SilencesView.as_view(), name="api-silences"),
    path("performance/alerts/silences/<int:silence_id>", alerts.SilenceView.as_view(), name="api-silence"),
    path("performance/alerts/<int:alert_id>", alerts.AlertView.as_view(), name="api-alert"),
    path("performance/alerts/<int:alert_id>/acknowledge", alerts.AcknowledgeView.as_view(), name="api-acknowledge"),
    path("performance/deploys", regressions.DeploysView.as_view(), name="api-deploys"),
    path("performance/regressions", regressions.RegressionsView.as_view(), name="api-regressions"),
    path(
        "performance/regressions/<int:regression_id>/acknowledge",
        regressions.AcknowledgeRegressionView.as_view(),
        name="api-acknowledge-regression",
    ),
    path("performance/benchmark", benchmark_runs.BenchmarkView.as_view(), name="api-benchmark"),
    path("performance/benchmark/<int:run_id>", benchmark_runs.BenchmarkRunView.as_view(), name="api-benchmark-run"),
    path("performance/cache/metrics", cache.CacheMetricsView.as_view(), name="api-cache-metrics"),
    path("performance/cache/hit-rate", cache.CacheHitRateView.as_view(), name="api-cache-hit-rate"),
    path("performance/cache/warm", cache.CacheWarmView.as_view(), name="api-cache-warm"),
    path("performance/cache/invalidate", cache.CacheInvalidateView.as_view(), name="api-cache-invalidate"),
    path("performance/database/indexing-strategy", indexes.StrategyView.as_view(), name="api-indexing-strategy"),
    path(
        "performance/database/indexing-strategy/<int:advice_id>/applied",
        indexes.AppliedView.as_view(),
        name="api-indexing-applied",
    ),
    path(
        "performance/database/indexing-strategy/<int:advice_id>/dismissed",
        indexes.DismissedView.as_view(),
        name="api-indexing-dismissed",
    ),
    path(
        "performance/database/indexing-strategy/<int:advice_id>/reopened",
        indexes.ReopenedView.as_view(),
        name="api-indexing-reopened",
    ),
    path("performance/database/archive", archival.ArchiveView.as_view(), name="api-archive"),
    path("performance/database/archive/runs", archival.RunsView.as_view(), name="api-archive-runs"),
    path("performance/database/archive/runs/<int:run_id>", archival.RunView.as_view(), name="api-archive-run"),
    path(
        "performance/database/archive/runs/<int:run_id>/restore",
        archival.RestoreView.as_view(),
        name="api-archive-restore",
    ),
    path(
        "performance/database/archive/runs/<int:run_id>/cancel",
        archival.CancelView.as_view(),
        name="api-archive-cancel",
    ),
    path("performance/database/archive/policies/<name:name>", archival.PolicyView.as_view(), name="api-archive-policy"),
    path("performance/database/archive/holds", archival.HoldsView.as_view(), name="api-archive-holds"),
    path("performance/database/archive/holds/<int:hold_id>/lift", archival.LiftView.as_view(), name="api-archive-lift"),
    path("performance/database/analyze-query", plans.AnalyzeQueryView.as_view(), name="api-analyze-query"),
    path("performance/database/activity", activity.ActivityView.as_view(), name="api-database-activity"),
    path("performance/database/connection-pool", activity.ConnectionPoolView.as_view(), name="api-connection-pool"),
    path("performance/database/settings", tuning.SettingsView.as_view(), name="api-database-settings"),
    path("performance/database/size", tables.DatabaseSizeView.as_view(), name="api-database-size"),
    path("performance/database/table-stats/<name:table>", tables.TableStatsView.as_view(), name="api-table-stats"),
    path(
        "performance/database/optimize-table/<name:table>",
        tables.OptimizeTableView.as_view(),
        name="api-optimize-table",
    ),
    path(
        "performance/database/maintenance/<int:run_id>",
        tables.MaintenanceRunView.as_view(),
        name="api-maintenance-run",
    ),
    path("performance/export", console.ExportView.as_view(), name="api-performance-export"),
    path("performance/overview", console.OverviewView.as_view(), name="api-overview"),
    path("performance/bottlenecks", console.BottlenecksView.as_view(), name="api-bottlenecks"),
    path("performance/recommendations", console.RecommendationsView.as_view(), name="api-recommendations"),
    path("performance/health", console.HealthView.as_view(), name="api-health"),
    path("performance/jobs/metrics", queues.QueueMetricsView.as_view(), name="api-queue-metrics"),
    path("performance/jobs/schedule", queues.SchedulesView.as_view(), name="api-schedules"),
    path("performance/jobs/schedule/<name:name>", queues.ScheduleView.as_view(), name="api-schedule"),
    path(
        "performance/jobs/schedule/<name:name>/enable", queues.EnableScheduleView.as_view(), name="api-schedule-enable"
    ),
    path(
        "performance/jobs/schedule/<name:name>/disable",
        queues.DisableScheduleView.as_view(),
        name="api-schedule-disable",
    ),
    path("performance/jobs/schedule/<name:name>/run", queues.RunScheduleView.as_view(), name="api-schedule-run"),
    path("performance/jobs/<name:queue>/pause", queues.PauseView.as_view(), name="api-queue-pause"),
    path("performance/jobs/<name:queue>/resume", queues.ResumeView.as_view(), name="api-queue-resume"),
    path("performance/jobs/<name:queue>/retry-failed", queues.RetryFailedView.as_view(), name="api-retry-failed"),
    path("performance/jobs/<name:queue>/dead-letter", queues.DeadLetterView.as_view(), name="api-dead-letter"),
    path("performance/jobs/<name:queue>/purge", queues.PurgeView.as_view(), name="api-queue-purge"),
    path("performance/database/slow-queries", statements.SlowQueriesView.as_view(), name="api-slow-queries"),
    path("performance/limits", limits.LimitsView.as_view(), name="api-limits"),
    path("performance/metrics", metrics.MetricsView.as_view(), name="api-metrics"),
    path("performance/metrics/routes", metrics.RoutesView.as_view(), name="api-metrics-routes"),
    path("performance/metrics/<name:name>", metrics.MetricView.as_view(), name="api-metric"),
    path("webhooks", webhooks.WebhooksView.as_view(), name="api-webhooks"),
    path("webhooks/events", webhooks.EventTypesView.as_view(), name="api-webhook-events"),
    path("webhooks/<int:endpoint_id>", webhooks.WebhookView.as_view(), name="api-webhook"),
    path("webhooks/<int:endpoint_id>/secret", webhooks.WebhookSecretView.as_view(), name="api-webhook-secret"),
    path("webhooks/<int:endpoint_id>/test", webhooks.WebhookTestView.as_view(), name="api-webhook-test"),
    path("webhooks/<int:endpoint_id>/deliveries", webhooks.DeliveriesView.as_view(), name="api-webhook-deliveries"),
    path(
        "webhooks/<int:endpoint_id>/deliveries/<int:delivery_id>",
        webhooks.DeliveryView.as_view(),
        name="api-webhook-delivery",
    ),
    path(
        "webhooks/<int:endpoint_id>/deliveries/<int:delivery_id>/redeliver",
        webhooks.RedeliverView.as_view(),
        name="api-webhook-redeliver",
    ),
    path("<path:rest>", without_slash),
]
