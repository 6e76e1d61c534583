"""What the front answers is what Django would answer, and it answers only what it has seen Django answer."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.handlers.wsgi import WSGIHandler
from django.db import transaction
from rest_framework.test import APIClient

from performance.access.models import ApiToken, User
from performance.access.services import issue_token
from performance.api.front.lessons import LONGEST_QUESTION, MOST_LEARNED, OF_EACH
from performance.cache.tags import bump
from performance.flags.models import Flag
from performance.metrics.middleware import series_of
from tests.factories import make_user
from tests.performance.api.front.through import Got, Server
from tests.performance.api.reads.conftest import NUMBER, VIEW, client_of
from tests.performance.api.reads.test_who import CHANGES
from tests.performance.api.reads.urls import made

pytestmark = pytest.mark.urls("tests.performance.api.reads.urls")
MINE = "/api/v1/read/mine"


def lasting(got: Got) -> dict[str, str]:
    """All headers but those of each answer its own."""
    return {name.lower(): value for name, value in got.headers if name.lower() not in OF_EACH}


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("coding", ["identity", "zstd", "gzip, br"])
@pytest.mark.parametrize("condition", [None, "*", '"another"'])
def test_the_second_answer_is_the_fronts_and_the_same(
    server: Server, client: APIClient, method: str, coding: str, condition: str | None
) -> None:
    asked = {
        "method": method,
        "HTTP_ACCEPT_ENCODING": coding,
        **({"HTTP_IF_NONE_MATCH": condition} if condition else {}),
    }

    first, second = (server.get(client, NUMBER, **asked) for _ in range(2))

    assert (first.is_of_front, second.is_of_front) == (False, True)
    assert (second.status, second.body) == (first.status, first.body)
    assert lasting(second) == lasting(first) == lasting(server.get_of_django(client, NUMBER, **asked))
    assert second.names() == first.names()
    assert len(made) == 1


def test_people_of_the_same_reach_are_answered_and_others_arent(server: Server, client: APIClient) -> None:
    server.get(client, NUMBER)
    same, stranger = make_user(permissions=[VIEW]), make_user()
    more = make_user(permissions=[VIEW, "performance.view_job"])
    narrow = client_of(more, scopes=("performance.view_job",))

    for _ in range(2):
        seen = [server.get(each, NUMBER) for each in (client_of(same), client_of(stranger), narrow, client_of(more))]

        assert [each.status for each in seen] == [200, 403, 403, 200]
        assert [each.is_of_front for each in seen] == [False] * 4  # nobody of them is known yet by their new token
        assert server.get(APIClient(), NUMBER).status == 401


def test_another_who_is_known_already_is_answered_what_others_taught(server: Server, client: APIClient) -> None:
    other = client_of(make_user(permissions=[VIEW]))
    server.get(other, "/api/v1/me")
    server.get(client, NUMBER)

    assert server.get(other, NUMBER).is_of_front


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_holds_on_the_next_request(server: Server, change: str, transactional_db: None) -> None:
    by_role = "role" in change or change == "the permission is deleted"
    user = make_user(permissions=[] if by_role else [VIEW])
    if by_role:
        user.groups.add(Group.objects.get(name="operator"))
    issued = issue_token(user=user, name="")
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {issued.text}")
    assert [server.get(client, NUMBER).is_of_front for _ in range(2)] == [False, True]
    act, status = CHANGES[change]

    act(user, issued.token)

    assert server.get(client, NUMBER).status == status


def test_a_token_expires_without_anybodys_doing(
    server: Server, client: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert [server.get(client, NUMBER).is_of_front for _ in range(2)] == [False, True]
    expiry = ApiToken.objects.get().expiry
    monkeypatch.setattr("performance.access.known.time.time", lambda: expiry.timestamp() + 1)

    assert not server.get(client, NUMBER).is_of_front


@pytest.mark.parametrize("tag", ["numbers", "number:7"])
def test_a_bumped_tag_is_djangos_to_answer(server: Server, client: APIClient, tag: str) -> None:
    [server.get(client, NUMBER) for _ in range(2)]

    bump(tag)
    seen = [server.get(client, NUMBER) for _ in range(2)]

    assert [each.is_of_front for each in seen] == [False, True]
    assert [b'"made":2' in each.body for each in seen] == [True, True]


def test_each_request_is_counted_once(server: Server, client: APIClient, settings: Any) -> None:
    settings.RATE_LIMITS = {"api": (5, 60)}

    seen = [server.get(client, NUMBER) for _ in range(7)]

    assert [each.status for each in seen] == [200] * 5 + [429] * 2
    left = [re.findall(r";r=(\d+)", each.header("RateLimit") or "") for each in seen]
    assert left == [["4"], ["3"], ["2"], ["1"], ["0"], ["0"], ["0"]]
    assert [each.is_of_front for each in seen] == [False, *[True] * 4, False, False]
    assert int(seen[-1].header("Retry-After") or 0) > 0


def test_what_was_taken_for_nothing_isnt_taken_again(server: Server, client: APIClient, settings: Any) -> None:
    settings.RATE_LIMITS = {"api": (5, 60)}
    server.get(client, NUMBER)

    for _ in range(4):
        bump("numbers")
        assert server.get(client, NUMBER).status == 200
    assert server.get(client, NUMBER).status == 429


@pytest.mark.parametrize(
    "unusual",
    [
        {"HTTP_COOKIE": "a=b"},
        {"HTTP_RANGE": "bytes=0-1"},
        {"HTTP_EXPECT": "100-continue"},
        {"HTTP_X_HTTP_METHOD_OVERRIDE": "DELETE"},
        {"HTTP_X_SOMETHING_NEW": "1"},
        {"HTTP_IF_MODIFIED_SINCE": "Sun, 22 Nov 2026 10:00:00 GMT"},
        {"HTTP_TRANSFER_ENCODING": "chunked"},
        {"HTTP_X_FORWARDED_HOST": "elsewhere"},
        {"HTTP_X_FORWARDED_PROTO": "https"},
        {"CONTENT_LENGTH": "3"},
        {"HTTP_IF_NONE_MATCH": "nonsense"},
        {"HTTP_ACCEPT": "text/html"},
        {"HTTP_HOST": "elsewhere.example"},
        {"SCRIPT_NAME": "/below"},
        {"wsgi.url_scheme": "https"},
        {"QUERY_STRING": "a=1"},
        {"QUERY_STRING": "colour=red"},
        {"HTTP_AUTHORIZATION": "Token nonsense"},
        {"HTTP_AUTHORIZATION": "Bearer x"},
        {"REQUEST_METHOD": "POST"},
        {"REQUEST_METHOD": "OPTIONS"},
        {"REQUEST_METHOD": "get"},
    ],
)
def test_what_is_unusual_is_djangos(server: Server, client: APIClient, unusual: dict[str, Any]) -> None:
    assert [server.get(client, NUMBER).is_of_front for _ in range(2)] == [False, True]

    got = server.get(client, NUMBER, **unusual)

    assert not got.is_of_front
    assert server.get(client, NUMBER).is_of_front


def test_a_host_that_isnt_ours_is_never_learned(server: Server, client: APIClient) -> None:
    seen = [server.get(client, NUMBER, HTTP_HOST="elsewhere.example") for _ in range(3)]

    assert [(each.status, each.is_of_front) for each in seen] == [(400, False)] * 3


def test_what_is_personal_or_for_staff_is_djangos(server: Server, client: APIClient, user: User) -> None:
    assert [server.get(client, MINE).is_of_front for _ in range(3)] == [False] * 3
    user.is_staff = True
    user.save()

    seen = [server.get(client, NUMBER) for _ in range(3)]

    assert [each.is_of_front for each in seen] == [False] * 3
    assert seen[-1].header("Server-Timing") is not None


def test_sessions_are_djangos(server: Server, user: User) -> None:
    browser = APIClient()
    browser.force_login(user)

    assert [server.get(browser, NUMBER).is_of_front for _ in range(3)] == [False] * 3


@pytest.mark.parametrize("query", ["status=404", "cookie=1", "store=1"])
def test_what_isnt_kept_is_djangos(server: Server, client: APIClient, query: str) -> None:
    assert [server.get(client, f"{NUMBER}?{query}").is_of_front for _ in range(3)] == [False] * 3


def test_while_requests_are_sampled_django_sees_them(
    server: Server, client: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    [server.get(client, NUMBER) for _ in range(2)]
    Flag.objects.create(name="silk", rollout="percentage", percentage=0)
    monkeypatch.setattr("performance.flags.services._kept", (float("-inf"), {}))

    assert not server.get(client, NUMBER).is_of_front
    assert not server.get(client, NUMBER).is_of_front


def test_without_a_cache_and_inside_a_transaction_django_answers(
    server: Server, client: APIClient, settings: Any
) -> None:
    [server.get(client, NUMBER) for _ in range(2)]

    with transaction.atomic():
        assert not server.get(client, NUMBER).is_of_front
    settings.CACHE_ENABLED = False
    assert not server.get(client, NUMBER).is_of_front


@pytest.mark.parametrize(
    ("given", "is_kept"), [("a-b.c:1", True), ("with space", False), ('"', False), ("x" * 101, False)]
)
def test_request_ids_are_as_ever(server: Server, client: APIClient, given: str, is_kept: bool) -> None:
    server.get(client, NUMBER)

    got = server.get(client, NUMBER, HTTP_X_REQUEST_ID=given)

    assert got.is_of_front
    assert (got.header("X-Request-ID") == given) is is_kept
    assert len(got.header("X-Request-ID") or "") == (len(given) if is_kept else 32)


def test_it_is_measured_by_its_route(server: Server, client: APIClient) -> None:
    server.get(client, NUMBER)
    measured = series_of("api/v1/read/numbers/<int:number>", "GET", 2)
    measured.take()

    assert server.get(client, NUMBER).is_of_front

    assert measured.take().n == 1


def test_what_is_learned_is_bounded(server: Server, client: APIClient, settings: Any) -> None:
    settings.RATE_LIMIT_ENABLED = False
    server.get(client, NUMBER)
    [lesson] = server.front._lessons._known._young.values()
    for number in range(3 * MOST_LEARNED):
        server.front._lessons._known.put(("reach", (str(number),)), lesson)

    assert len(server.front._lessons) <= MOST_LEARNED
    long = f"{NUMBER}?a={'x' * LONGEST_QUESTION}"
    assert [server.get(client, long).is_of_front for _ in range(3)] == [False] * 3


class Adding:
    """A middleware that puts a header over every answer."""

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> Any:
        response = self.get_response(request)
        response.headers["X-Added"] = "by a middleware"
        return response


class Changing(Adding):
    """A middleware that changes what the page says itself."""

    def __call__(self, request: Any) -> Any:
        response = self.get_response(request)
        response.headers["Vary"] = "*"
        return response


def test_what_a_middleware_adds_is_learned(server: Server, client: APIClient, settings: Any) -> None:
    settings.MIDDLEWARE = [f"{__name__}.Adding", *settings.MIDDLEWARE]
    server.django = WSGIHandler()

    first, second = (server.get(client, NUMBER) for _ in range(2))

    assert second.is_of_front
    assert lasting(second) == lasting(first)
    assert second.header("X-Added") == "by a middleware"


def test_where_a_middleware_changes_the_page_django_answers(server: Server, client: APIClient, settings: Any) -> None:
    settings.MIDDLEWARE = [f"{__name__}.Changing", *settings.MIDDLEWARE]
    server.django = WSGIHandler()

    assert [server.get(client, NUMBER).is_of_front for _ in range(3)] == [False] * 3
