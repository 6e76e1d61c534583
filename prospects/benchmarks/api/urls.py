"""The project's addresses and the peers'. They come first, as `prospects` does among the project's."""

from django.urls import include, path

from prospects.benchmarks.api.peers import PlainProspectsView, trivial

urlpatterns = [
    path("api/v1/bench/trivial", trivial, name="bench-trivial"),
    path("api/v1/bench/drf", PlainProspectsView.as_view(), name="bench-drf"),
    path("", include("config.urls")),
]
