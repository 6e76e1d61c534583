"""The WSGI application with its front, as a server would call it, and who of the two answered."""

from dataclasses import dataclass, field
from typing import Any

from django.core.handlers.wsgi import WSGIHandler
from rest_framework.test import APIClient

from performance.api.front.application import Front
from performance.api.front.questions import Environ

Headers = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Got:
    """An answer; `is_of_front` tells whether Django never saw the request."""

    status: int
    headers: Headers
    body: bytes
    is_of_front: bool

    def header(self, name: str) -> str | None:
        return dict(self.headers).get(name)

    def names(self) -> list[str]:
        return sorted(name.lower() for name, _ in self.headers)


@dataclass(slots=True)
class Server:
    """`django` is the application without its front."""

    django: WSGIHandler = field(default_factory=WSGIHandler)
    front: Front = field(init=False)
    asked_django: int = 0

    def __post_init__(self) -> None:
        self.front = Front(self._django)

    def get(self, client: APIClient, path: str, *, method: str = "GET", **environ: Any) -> Got:
        """What the front answers, or has answered."""
        return self._ask(self.front, environ_of(client, path, method=method, **environ))

    def get_of_django(self, client: APIClient, path: str, *, method: str = "GET", **environ: Any) -> Got:
        """What Django answers to the same."""
        return self._ask(self._django, environ_of(client, path, method=method, **environ))

    def _django(self, environ: Environ, start_response: Any) -> Any:
        self.asked_django += 1
        return self.django(environ, start_response)

    def _ask(self, application: Any, environ: Environ) -> Got:
        said: list[Any] = []
        before = self.asked_django
        answer = application(environ, lambda status, headers, _error=None: said.append((status, headers)))
        body = b"".join(answer)
        if hasattr(answer, "close"):
            answer.close()
        [(status, headers)] = said
        return Got(int(status.split()[0]), headers, body, self.asked_django == before)


def environ_of(client: APIClient, path: str, *, method: str = "GET", **more: Any) -> Environ:
    """As granian makes it, with the client's token and cookies."""
    place, _, query = path.partition("?")
    made: Environ = client._base_environ(  # type: ignore[attr-defined]
        **{
            "REQUEST_METHOD": method,
            "PATH_INFO": place,
            "QUERY_STRING": query,
            "HTTP_HOST": "testserver",
            **client._credentials,
            **more,
        }
    )
    return made
