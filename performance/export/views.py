"""`GET /metrics`: all totals for Prometheus, or whatever reads its format."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from rest_framework.exceptions import AuthenticationFailed

from performance.access.authentication import principal_of_token
from performance.export.exposition import CONTENT_TYPE, Total, text
from performance.metrics.models import MetricTotal

PERMISSION = "performance.view_metricbucket"
# What nobody measured for so long is left out: of a host that is gone, say.
SEEN_WITHIN = timedelta(days=7)
_SCHEMES = ("bearer", "token")
_COLUMNS = ("metric", "labels", "n", "total", "bins", "counts")


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """For an API token whose user and scopes let it read measurements."""
    scheme, _, token = request.headers.get("Authorization", "").strip().partition(" ")
    if scheme.lower() not in _SCHEMES or not token.strip():
        return _refused(401, f"Send an API token that may read measurements ({PERMISSION}): Authorization: Bearer …")
    try:
        holder = principal_of_token(token.strip())
    except AuthenticationFailed as error:
        return _refused(401, str(error.detail))
    if not holder.may([PERMISSION]):
        return _refused(403, f"This token may not read measurements: it takes {PERMISSION}.")
    return HttpResponse(_exposed(), content_type=CONTENT_TYPE)


def _exposed() -> str:
    rows = MetricTotal.objects.filter(seen_at__gte=timezone.now() - SEEN_WITHIN).order_by("metric", "labels_hash")
    return text(Total(*row) for row in rows.values_list(*_COLUMNS).iterator(chunk_size=2000))


def _refused(status: int, says: str) -> HttpResponse:
    response = HttpResponse(f"{says}\n", status=status, content_type="text/plain; charset=utf-8")
    if status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="assay"'
    return response
