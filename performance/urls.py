"""Addresses of this app."""

from django.conf import settings
from django.contrib.auth.views import LogoutView
from django.urls import URLPattern, URLResolver, include, path

from performance.export.views import metrics
from performance.views import health, jobs
from performance.views.sign_in import SignIn

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", include("performance.api.urls")),
    path("silk/", include("silk.urls", namespace="silk")),
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", metrics, name="metrics"),
    path("login/", SignIn.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("batches/", jobs.batch_list, name="batches"),
    path("jobs/", jobs.job_list, name="jobs"),
]
if settings.TOOLBAR_ENABLED:
    urlpatterns.append(path("__debug__/", include("debug_toolbar.urls")))
