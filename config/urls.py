"""A site map."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("api/v1/", include("prospects.api.urls")),
    path("", include("performance.urls")),
    path("", include("prospects.urls")),
    path("", include("analytics.urls")),
]
