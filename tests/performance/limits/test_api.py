"""What a client of the API sees of its limits."""

import re

import pytest
from django.test import Client
from pytest_django import Settings
from rest_framework.test import APIClient

from performance.access.services import issue_token
from performance.limits.errors import UnknownPolicy
from tests.factories import make_user
from tests.performance.limits.conftest import SetLimit

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.performance.limits.urls")]


def test_a_client_beyond_its_rate_is_told_which_limit_it_is_and_when_to_come_back(
    client: APIClient, set_limit: SetLimit
) -> None:
    set_limit("api", 3)

    statuses = [client.get("/api/v1/plain").status_code for _ in range(4)]
    answer = client.get("/api/v1/plain")

    assert statuses == [200, 200, 200, 429]
    assert answer["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert problem["code"] == "throttled"
    assert problem["type"] == "https://iana.org/assignments/http-problem-types#quota-exceeded"
    assert problem["violated-policies"] == ["api"]
    assert 10 < problem["retry_after_s"] == int(answer["Retry-After"]) <= 20
    assert "'api'" in problem["detail"]


def test_every_limited_answer_says_what_is_left(client: APIClient, set_limit: SetLimit) -> None:
    set_limit("api", 3)

    first, second, third, refused = [client.get("/api/v1/plain") for _ in range(4)]

    assert {answer["RateLimit-Policy"] for answer in (first, second, third, refused)} == {first["RateLimit-Policy"]}
    assert re.fullmatch(r'"api";q=3;w=60;pk=:[A-Za-z0-9+/]{11}=:', first["RateLimit-Policy"])
    left = [re.fullmatch(r'"api";r=(\d+);t=(\d+);pk=:.+:', answer["RateLimit"]) for answer in (first, second, third)]
    assert [each[1] for each in left if each] == ["2", "1", "0"]
    assert all(10 < int(each[2]) <= 20 for each in left if each)
    assert '"api";r=0;t=' in refused["RateLimit"]


def test_a_view_s_own_limit_is_counted_besides_the_api_s(client: APIClient, set_limit: SetLimit) -> None:
    set_limit("api", 100, 3600)
    set_limit("qualify", 2)

    dear = [client.get("/api/v1/dear") for _ in range(3)]
    plain = client.get("/api/v1/plain")

    assert [answer.status_code for answer in dear] == [200, 200, 429]
    assert dear[2].json()["violated-policies"] == ["qualify"]
    assert re.sub(r";pk=:[^:]+:", "", dear[0]["RateLimit-Policy"]) == '"api";q=100;w=3600, "qualify";q=2;w=60'
    assert re.sub(r";t=\d+;pk=:[^:]+:", "", dear[0]["RateLimit"]) == '"api";r=99, "qualify";r=1'
    assert plain.status_code == 200
    assert '"api";r=96;' in plain["RateLimit"]


def test_a_limit_may_be_of_one_method(client: APIClient, set_limit: SetLimit) -> None:
    set_limit("qualify", 1)

    posts = [client.post("/api/v1/dear-to-post").status_code for _ in range(2)]
    others = [client.get("/api/v1/dear-to-post").status_code, client.head("/api/v1/dear-to-post").status_code]

    assert posts == [201, 429]
    assert others == [200, 200]


def test_somebody_else_is_not_held_up(client: APIClient, set_limit: SetLimit) -> None:
    set_limit("api", 1)
    other = APIClient()
    other.force_login(make_user())
    client.get("/api/v1/plain")

    assert client.get("/api/v1/plain").status_code == 429
    assert other.get("/api/v1/plain").status_code == 200


def test_somebody_s_tokens_and_session_are_one_client(set_limit: SetLimit) -> None:
    set_limit("api", 2)
    user = make_user()
    session = APIClient()
    session.force_login(user)
    tokens = [APIClient(HTTP_AUTHORIZATION=f"Token {issue_token(user=user, name=n).text}") for n in ("a", "b")]

    statuses = [each.get("/api/v1/plain").status_code for each in (session, *tokens)]

    assert statuses == [200, 200, 429]


def test_nobody_known_is_counted_by_address(set_limit: SetLimit) -> None:
    set_limit("api", 1)

    same = [APIClient(REMOTE_ADDR="192.0.2.1").get("/api/v1/public").status_code for _ in range(2)]
    other = APIClient(REMOTE_ADDR="192.0.2.2").get("/api/v1/public").status_code

    assert same == [200, 429]
    assert other == 200


def test_who_tries_tokens_is_counted_by_address_and_then_learns_nothing_more(set_limit: SetLimit) -> None:
    set_limit("api", 2)
    right = issue_token(user=make_user(), name="").text

    wrong = [APIClient(HTTP_AUTHORIZATION=f"Token {n:064}").get("/api/v1/plain") for n in range(3)]
    nobody = APIClient().get("/api/v1/plain")

    assert [answer.status_code for answer in wrong] == [401, 401, 429]
    assert wrong[2].json()["code"] == nobody.json()["code"] == "throttled"
    assert wrong[0]["RateLimit"].startswith('"api";r=1;')
    assert APIClient(HTTP_AUTHORIZATION=f"Token {right}").get("/api/v1/plain").status_code == 200


def test_who_may_not_is_counted_as_who_they_are(client: APIClient, set_limit: SetLimit) -> None:
    set_limit("api", 1)

    statuses = [client.get("/api/v1/flags").status_code for _ in range(2)]

    assert statuses == [403, 429]
    assert APIClient().get("/api/v1/flags").status_code == 401


@pytest.mark.django_db(transaction=True)
def test_a_read_out_of_the_cache_counts_once_as_one_that_fills_it_does(set_limit: SetLimit) -> None:
    set_limit("api", 3, 3600)
    client = APIClient()
    client.force_login(make_user(permissions=["performance.view_flag"]))

    answers = [client.get("/api/v1/cached") for _ in range(4)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert len({answer.content for answer in answers[:3]}) == 1
    assert [answer["RateLimit"].partition(";t")[0] for answer in answers] == [f'"api";r={n}' for n in (2, 1, 0, 0)]
    assert answers[3].json()["violated-policies"] == ["api"]


def test_a_crash_says_what_is_left_too(client: APIClient) -> None:
    client.raise_request_exception = False

    answer = client.get("/api/v1/crash")

    assert answer.status_code == 500
    assert '"api";r=99;' in answer["RateLimit"]


def test_pages_carry_no_such_headers() -> None:
    browser = Client()
    browser.force_login(make_user())

    answer = browser.get("/")

    assert "RateLimit" not in answer.headers
    assert "RateLimit-Policy" not in answer.headers


def test_it_can_be_switched_off(client: APIClient, set_limit: SetLimit, settings: Settings) -> None:
    set_limit("api", 1)
    settings.RATE_LIMIT_ENABLED = False

    answers = [client.get("/api/v1/dear") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200] * 3
    assert "RateLimit" not in answers[0].headers
    assert [APIClient().get("/api/v1/plain").status_code for _ in range(3)] == [401] * 3


def test_without_valkey_the_process_counts_for_itself(
    client: APIClient, set_limit: SetLimit, valkey_away: None
) -> None:
    set_limit("api", 3)

    answers = [client.get("/api/v1/plain") for _ in range(4)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[0]["RateLimit"].startswith('"api";r=2;t=')


def test_a_limit_that_nobody_declared_is_a_mistake_in_the_view(client: APIClient) -> None:
    with pytest.raises(UnknownPolicy, match="There is no limit 'qualfy'; RATE_LIMITS has analysis, api, "):
        client.get("/api/v1/misnamed")
