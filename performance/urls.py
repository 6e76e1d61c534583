"""Addresses of this app."""

from django.contrib.auth.views import LogoutView
from django.urls import URLPattern, URLResolver, path

from performance.views import health, jobs
from performance.views.sign_in import SignIn

urlpatterns: list[URLPattern | URLResolver] = [
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
    path("login/", SignIn.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("batches/", jobs.batch_list, name="batches"),
    path("jobs/", jobs.job_list, name="jobs"),
]
