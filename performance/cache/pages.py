"""Pages of the API made before anybody asks, once for each set of permissions that somebody active has.

They are asked for as a browser would, so what is kept is what people get. Links in lists carry the address people use,
which only PUBLIC_URL tells: without it nothing is made.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from io import BytesIO
from urllib.parse import urlsplit

from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.db.models import Q
from django.urls import resolve
from django.utils import timezone

from performance.access.known import of_session
from performance.access.models import User

ACTIVE_WITHIN = timedelta(days=7)
MOST_PEOPLE = 200
MOST_REACHES = 12


def warm_pages(paths: Iterable[str]) -> int:
    """Ask for each path as somebody of each reach; how many answers there were that could be kept."""
    if not settings.PUBLIC_URL:
        return 0
    wanted = list(paths)
    return sum(_ask(path, person) for person in people(at=timezone.now()) for path in wanted)


def people(*, at: datetime) -> Iterator[User]:
    """Somebody for each reach among those active lately."""
    since = at - ACTIVE_WITHIN
    active = User.objects.filter(Q(last_login__gte=since) | Q(auth_token_set__last_used_at__gte=since), is_active=True)
    seen: set[str] = set()
    for user in active.order_by("-last_login", "pk").distinct()[:MOST_PEOPLE]:
        reach = of_session(user).reach
        if reach not in seen and len(seen) < MOST_REACHES:
            seen.add(reach)
            yield user


def _ask(path: str, user: User) -> bool:
    request = _request(path)
    request.user = user
    # Says "this is a session"; whose it is was settled above, and no session is read.
    request.COOKIES[settings.SESSION_COOKIE_NAME] = "warming"
    match = resolve(request.path_info)
    request.resolver_match = match
    response = match.func(request, *match.args, **match.kwargs)
    return bool(response.status_code == 200)


def _request(path: str) -> WSGIRequest:
    """As a server would hand it on."""
    place, asked = urlsplit(settings.PUBLIC_URL), urlsplit(path)
    return WSGIRequest(
        {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": asked.path,
            "QUERY_STRING": asked.query,
            "HTTP_HOST": place.netloc,
            "SERVER_NAME": place.hostname or "",
            "SERVER_PORT": str(place.port or 80),
            "wsgi.url_scheme": place.scheme,
            "wsgi.input": BytesIO(),
        }
    )
