"""A client of the API as integrations are written: a token, pages kept by their ETag, refusals told from faults."""

import os
from typing import Any

from locust import FastHttpUser
from locust.exception import StopUser

TOKEN = "ASSAY_TOKEN"  # noqa: S105 - the name of a variable


class ApiUser(FastHttpUser):
    """Asks as `Authorization: Token $ASSAY_TOKEN`. A page that it has is asked for by its ETag."""

    abstract = True
    network_timeout = 30.0
    connection_timeout = 5.0

    def on_start(self) -> None:
        token = os.environ.get(TOKEN)
        if not token:
            self.environment.runner.quit()
            raise StopUser(f"{TOKEN} is not set: `manage.py create_token USER` prints one.")
        self._headers = {"Authorization": f"Token {token}", "Accept-Encoding": "gzip"}
        self._pages: dict[str, tuple[str, Any]] = {}

    def read(self, path: str, *, name: str, is_polled: bool = False) -> Any:
        """The body of a page; {} for anything but a 200 or a 304, which counts as a failure. `is_polled`: with ETag."""
        known = self._pages.get(path) if is_polled else None
        headers = self._headers | ({"If-None-Match": known[0]} if known else {})
        with self.client.get(path, name=name, headers=headers, catch_response=True) as response:
            if response.status_code == 304 and known:
                return known[1]
            if response.status_code != 200:
                response.failure(f"status {response.status_code}: {_told(response)}")
                return {}
            body = response.json()
            if is_polled and (etag := response.headers.get("ETag")):
                self._pages[path] = (etag, body)
            return body

    def send(self, method: str, path: str, *, name: str, body: dict[str, Any]) -> dict[str, Any]:
        """The answer's body; {} for a refusal, which counts as a failure."""
        with self.client.request(
            method, path, name=name, headers=self._headers, json=body, catch_response=True
        ) as response:
            # 0 of what nobody answered.
            if not 200 <= response.status_code < 300:
                response.failure(f"status {response.status_code}: {_told(response)}")
                return {}
            answer: dict[str, Any] = response.json()
            return answer


def _told(response: Any) -> str:
    """What the problem details say, so that locust's list of failures reads as a list of reasons; of no answer why."""
    try:
        return str(response.json().get("detail", ""))[:200]
    except (ValueError, AttributeError):
        return ""
    except TypeError:
        return str(response.error)[:200]
