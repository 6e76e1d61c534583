"""Every GET of the OpenAPI schema, asked by several people, each after each of the others: all get what they would
get if nothing were ever kept, and nobody anything that another one asked for. They ask as a server does, so that the
front (`performance.api.front`) answers what it has learned.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.urls import resolve
from rest_framework.test import APIClient

from performance.access.services import issue_token
from tests.factories import make_user
from tests.performance.api.front.conftest import server
from tests.performance.api.front.test_answers import lasting
from tests.performance.api.front.through import Got, Server
from tests.performance.api.reads.conftest import _forget
from tests.prospects.api.test_routes import TABLE, make_rows

__all__ = ["server"]  # the fixture: who answers
READS = [each.removeprefix("GET ") for each in TABLE if each.startswith("GET ")]
# Their bodies are streams, or told once.
NOT_PAGES = {
    "/api/v1/exports/{export_id}/file",
    "/api/v1/imports/{import_id}/errors",
    "/api/v1/company/batch/{batch_id}/results",
}
# They say how long ago something was.
NEVER_THE_SAME = {"/api/v1/batches/{batch_id}"}
# What is another one each time: the request's id, when a cursor was signed, how long something has been going on, and
# when a token was used last, which is noted once a minute and drops no page.
CHANGING = re.compile(rb'"request_id":"[^"]*"|cursor=[^"&]*|"(?:elapsed_s|eta_s|per_minute|age_s|last_used_at)":[^,}]*')
# What is shown there is measured, and another figure each time.
MEASURED = "/api/v1/performance/"
Clients = dict[str, APIClient]


@pytest.fixture
def address(transactional_db: None) -> dict[str, Any]:
    """Rows for every path, which the server's other threads see, too."""
    return make_rows()


@pytest.fixture
def clients(transactional_db: None) -> Clients:
    return {
        "nobody": APIClient(),
        "a viewer": _with_token("viewer"),
        "another viewer": _with_token("viewer"),
        "an administrator's browser": _in_browser("administrator"),
        "an operator": _with_token("operator"),
        "a scoped token": _with_token("administrator", "prospects.view_prospect", "prospects.view_import"),
        "a token of no useful scope": _with_token("administrator", "prospects.delete_company"),
    }


def _with_token(role: str, *scopes: str) -> APIClient:
    user = make_user()
    user.groups.add(Group.objects.get(name=role))
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {issue_token(user=user, name=user.username, scopes=scopes).text}")
    return client


def _in_browser(role: str) -> APIClient:
    user = make_user()
    user.groups.add(Group.objects.get(name=role))
    issue_token(user=user, name=user.username)
    client = APIClient()
    client.force_login(user)
    return client


def _paths(values: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for template in READS:
        name = "a-flag" if "/flags/" in template else "a-prompt"
        yield template, template.format(**{"name": name, **values})


def _seen(got: Got, path: str) -> tuple[int, bytes]:
    return got.status, b"" if path.startswith(MEASURED) else CHANGING.sub(b"", got.body)


def _is_learned(path: str) -> bool:
    """Whether its pages are kept, and shared by those who may see the same."""
    view: Any = getattr(resolve(path).func, "cls", None)
    return bool(getattr(view, "cache_tags", ())) and not view.is_personal


@pytest.mark.timeout(600)
def test_nobody_ever_sees_another_ones_page(
    server: Server, clients: Clients, address: dict[str, Any], settings: Any
) -> None:
    settings.RATE_LIMITS = dict.fromkeys(settings.RATE_LIMITS, (1_000_000, 60))
    settings.CACHE_ENABLED = False
    due = {
        path: {who: _seen(server.get_of_django(each, path), path) for who, each in clients.items()}
        for _, path in _paths(address)
    }
    settings.CACHE_ENABLED = True
    faults, of_front = [], set()

    for filler, filling in clients.items():
        _forget()
        for path, expected in due.items():
            # Twice: what the first made, the second is shown.
            answers = [(filler, server.get(filling, path)), (filler, server.get(filling, path))]
            answers += [(who, server.get(each, path)) for who, each in clients.items() if who != filler]
            faults += [f"{who}, after {filler}: {path}" for who, got in answers if _seen(got, path) != expected[who]]
            of_front |= {path for _, got in answers if got.is_of_front}

    learned = {path for path in due if _is_learned(path)}
    # Whatever is dropped while a page is made isn't kept, and some take long: those are asked for once more.
    again = [(path, server.get(clients["an operator"], path)) for path in learned - of_front for _ in range(3)]

    assert "\n".join(faults) == ""
    assert of_front | {path for path, got in again if got.is_of_front} == learned
    assert {status for expected in due.values() for status, _ in expected.values()} >= {200, 401, 403}


def _answered_by_front(server: Server, client: APIClient, path: str, **asked: str) -> list[Got]:
    """Django's answer and what the front learned from it; once more where something made it forget that meanwhile."""
    answers = [server.get(client, path, **asked) for _ in range(2)]
    return answers if answers[1].is_of_front else [answers[0], server.get(client, path, **asked)]


@pytest.mark.timeout(300)
@pytest.mark.parametrize("asked", [{}, {"HTTP_IF_NONE_MATCH": "*"}, {"method": "HEAD", "HTTP_ACCEPT_ENCODING": "zstd"}])
def test_the_fronts_headers_are_djangos(
    server: Server, transactional_db: None, address: dict[str, Any], settings: Any, asked: dict[str, str]
) -> None:
    settings.RATE_LIMITS = dict.fromkeys(settings.RATE_LIMITS, (1_000_000, 60))
    faults, administrator = [], _with_token("administrator")

    for path in (path for _, path in _paths(address) if _is_learned(path)):
        django = [server.get_of_django(administrator, path, **asked) for _ in range(2)]
        front = _answered_by_front(server, administrator, path, **asked)
        # Django's two answers tell what is of each answer its own: a new middleware may add to that.
        if [each.is_of_front for each in front] != [False, True]:
            faults.append(f"{path}: the front didn't answer")
        if not lasting(django[0]) == lasting(django[1]) == lasting(front[1]) or front[1].names() != django[1].names():
            faults.append(f"{path}: {django[0].headers} {django[1].headers} {front[1].headers}")

    assert "\n".join(faults) == ""


def test_every_page_has_an_etag_of_its_own_and_a_304(clients: Clients, address: dict[str, Any], settings: Any) -> None:
    settings.RATE_LIMITS = dict.fromkeys(settings.RATE_LIMITS, (1_000_000, 60))
    faults = []

    for template, path in _paths(address):
        answers = ((each, each.get(path)) for each in clients.values())
        client, full = next(((each, got) for each, got in answers if got.status_code == 200), (APIClient(), None))
        if full is None or template in NOT_PAGES:
            continue
        again = client.get(path, HTTP_IF_NONE_MATCH=full.headers.get("ETag", '"none"'))
        head = client.head(path)
        unknown = client.get(f"{path}?no_such_parameter=1")
        is_changing = template in NEVER_THE_SAME or template.startswith(MEASURED)
        unchanged = again.status_code if is_changing else 304
        if (again.status_code, head.status_code, unknown.status_code) != (unchanged, 200, 400):
            faults.append(f"{path}: {again.status_code}, {head.status_code}, {unknown.status_code}")
        if "Authorization" not in full.headers.get("Vary", "") or "private" not in full.headers["Cache-Control"]:
            faults.append(f"{path}: {full.headers}")

    assert "\n".join(faults) == ""


def test_every_read_names_a_parameter_that_it_does_not_know(address: dict[str, Any], settings: Any) -> None:
    """Files and what isn't there, too: a name that is misspelt would ask for something else."""
    settings.RATE_LIMITS = dict.fromkeys(settings.RATE_LIMITS, (1_000_000, 60))
    # In a browser: a token may not look at tokens.
    administrator = _in_browser("administrator")

    told = {path: administrator.get(f"{path}?no_such_parameter=1") for _, path in _paths(address)}

    named = {
        path: [error["parameter"] for error in got.json().get("errors", [])] if got.status_code == 400 else []
        for path, got in told.items()
    }
    assert {path: got for path, got in named.items() if got != ["no_such_parameter"]} == {}
