"""What a cached read answers, what it costs, and which questions it tells apart."""

import gzip
from typing import Any

import pytest
import zstandard
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from performance.access.models import User
from performance.cache.tags import bump
from performance.flags.models import Flag
from tests.performance.api.reads.conftest import NUMBER, client_of
from tests.performance.api.reads.urls import made

pytestmark = pytest.mark.urls("tests.performance.api.reads.urls")
# Of each request its own.
OWN = {"X-Request-ID", "RateLimit", "Server-Timing"}


def headers(answer: Any) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name not in OWN}


def test_the_second_read_is_the_first_ones_bytes_without_a_statement(client: APIClient) -> None:
    Flag.objects.create(name="a-flag")
    first = client.get("/api/v1/read/flags")

    with CaptureQueriesContext(connection) as statements:
        second = client.get("/api/v1/read/flags")

    assert first.status_code == second.status_code == 200
    assert second.content == first.content
    assert second.json()[0]["name"] == "a-flag"
    assert headers(second) == headers(first)
    assert len(statements) == 0


def test_a_page_says_how_long_it_may_be_kept_and_what_it_depends_on(client: APIClient) -> None:
    for _ in range(2):
        answer = client.get(NUMBER)

        assert answer.headers["Cache-Control"] == "private, no-cache"
        assert answer.headers["Vary"] == "Accept-Encoding, Authorization, Cookie"
        assert answer.headers["Link"] == "</next>; rel=next"
        assert answer.headers["Content-Type"] == "application/json"
        assert answer.headers["Content-Length"] == str(len(answer.content))
        assert answer.headers["ETag"].startswith('"')
        assert answer.headers["RateLimit"].startswith('"api";r=')


def test_a_bumped_tag_makes_it_anew(client: APIClient) -> None:
    assert [client.get(NUMBER).json()["made"] for _ in range(2)] == [1, 1]

    bump("number:7")
    assert [client.get(NUMBER).json()["made"] for _ in range(2)] == [2, 2]

    bump("numbers")
    assert client.get(NUMBER).json()["made"] == 3

    bump("number:8")
    assert client.get(NUMBER).json()["made"] == 3


def test_head_takes_the_same_path_and_has_the_same_headers(client: APIClient) -> None:
    asked_first = client.head(NUMBER)
    got = client.get(NUMBER)
    asked_again = client.head(NUMBER)

    assert headers(asked_first) == headers(got) == headers(asked_again)
    assert asked_first.content == asked_again.content == b""
    assert len(made) == 1


def test_each_coding_has_its_etag_and_its_304(client: APIClient) -> None:
    plain = client.get(NUMBER)
    squeezed = client.get(NUMBER, HTTP_ACCEPT_ENCODING="zstd")
    zipped = client.get(NUMBER, HTTP_ACCEPT_ENCODING="gzip")

    assert zstandard.decompress(squeezed.content) == gzip.decompress(zipped.content) == plain.content
    assert len({each.headers["ETag"] for each in (plain, squeezed, zipped)}) == 3
    assert [each.headers.get("Content-Encoding") for each in (plain, squeezed, zipped)] == [None, "zstd", "gzip"]
    again = client.get(NUMBER, HTTP_ACCEPT_ENCODING="zstd", HTTP_IF_NONE_MATCH=squeezed.headers["ETag"])
    assert again.status_code == 304
    other = client.get(NUMBER, HTTP_ACCEPT_ENCODING="zstd", HTTP_IF_NONE_MATCH=plain.headers["ETag"])
    assert other.status_code == 200
    assert len(made) == 1


@pytest.mark.parametrize("is_first", [True, False])
def test_who_has_it_gets_304_with_what_the_200_said_but_of_its_body(
    client: APIClient, user: User, is_first: bool
) -> None:
    full = client.get(NUMBER)
    if is_first:  # made, but by somebody who may see other things as well
        bump("numbers")
        made.clear()
    for if_none_match in (full.headers["ETag"], f"W/{full.headers['ETag']}", f'"x", {full.headers["ETag"]}', "*"):
        answer = client.get(NUMBER, HTTP_IF_NONE_MATCH=if_none_match)

        assert answer.status_code == 304
        assert answer.content == b""
        assert {name: answer.headers[name] for name in ("ETag", "Vary", "Cache-Control")} == {
            name: full.headers[name] for name in ("ETag", "Vary", "Cache-Control")
        }
        assert not answer.has_header("Content-Type")
    assert client.head(NUMBER, HTTP_IF_NONE_MATCH="*").status_code == 304


@pytest.mark.parametrize("header", ["", '"another"', '"a", W/"b"', '"a",' * 3_000])
def test_a_foreign_if_none_match_changes_nothing(client: APIClient, header: str) -> None:
    assert client.get(NUMBER, HTTP_IF_NONE_MATCH=header).status_code == 200


@pytest.mark.parametrize("header", ["nonsense", '"', "W/", '"a" "b"', "\x00", '*, "a"'])
def test_a_malformed_if_none_match_is_refused_by_name(client: APIClient, header: str) -> None:
    client.get(NUMBER)

    answer = client.get(NUMBER, HTTP_IF_NONE_MATCH=header)

    assert (answer.status_code, answer.json()["code"]) == (400, "bad_entity_tags")
    assert answer.json()["detail"].startswith("If-None-Match must be *")
    assert client.head(NUMBER, HTTP_IF_NONE_MATCH=header).status_code == 400


def test_the_order_of_parameters_doesnt_count_and_their_values_do(client: APIClient) -> None:
    asked = ["?a=1&b=2", "?b=2&a=1", "?a=2&b=1", "?a=1", "?a=1&a=2", "?a=2&a=1", "?a=", "?a=1%262", "", "?"]

    numbers = [client.get(NUMBER + each).json()["made"] for each in asked]

    assert numbers == [1, 1, 2, 3, 4, 5, 6, 7, 8, 8]


def test_rows_and_hosts_are_told_apart(client: APIClient) -> None:
    assert client.get(NUMBER).json()["made"] == 1
    assert client.get("/api/v1/read/numbers/8").json()["made"] == 2
    assert client.get(NUMBER, HTTP_HOST="127.0.0.1").json()["made"] == 3
    assert client.get(NUMBER).json()["made"] == 1


@pytest.mark.parametrize("is_cached", [False, True])
def test_an_unknown_parameter_is_named(client: APIClient, is_cached: bool) -> None:
    if is_cached:
        client.get(NUMBER)

    answer = client.get(f"{NUMBER}?a=1&colour=red&_=7")

    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert [each["parameter"] for each in answer.json()["errors"]] == ["_", "colour"]
    assert "a, b," in answer.json()["errors"][0]["detail"]


def test_too_many_parameters_are_refused(client: APIClient) -> None:
    assert client.get(f"{NUMBER}?{'a=1&' * 1_001}").status_code == 400


def test_with_a_slash_at_its_end_it_is_cached_too(client: APIClient) -> None:
    first, second = (client.get(f"{NUMBER}/").json()["made"] for _ in range(2))

    assert first == second == 1


def test_a_session_reads_the_same_bytes_as_a_token(client: APIClient, user: User) -> None:
    by_token = client.get(NUMBER)
    browser = APIClient()
    browser.force_login(user)

    by_session = browser.get(NUMBER)

    assert by_session.content == by_token.content
    assert by_session.headers["Vary"] == "Accept-Encoding, Authorization, Cookie"


def test_what_accepts_no_json_is_answered_by_drf(client: APIClient) -> None:
    client.get(NUMBER)

    assert client.get(NUMBER, HTTP_ACCEPT="text/html").status_code == 406
    assert client.get(NUMBER, HTTP_ACCEPT="text/html, application/json;q=0.1").status_code == 200
    assert client.get(NUMBER, HTTP_ACCEPT="text/html, */*").status_code == 200


def test_other_methods_are_drfs(client: APIClient) -> None:
    client.get(NUMBER)

    assert client.post(NUMBER).status_code == 201
    assert client.options(NUMBER).status_code == 200
    assert client.delete(NUMBER).status_code == 405
    assert client.put(NUMBER).status_code == 405


def test_a_view_without_tags_is_asked_each_time_and_has_an_etag_all_the_same(client: APIClient) -> None:
    first = client.get("/api/v1/read/untagged")
    second = client.get("/api/v1/read/untagged", HTTP_IF_NONE_MATCH=first.headers["ETag"])

    assert (first.status_code, second.status_code) == (200, 304)
    assert len(made) == 2


def test_it_works_without_a_cache(client: APIClient, settings: Any) -> None:
    settings.CACHE_ENABLED = False

    answers = [client.get(NUMBER) for _ in range(2)]

    assert [each.json()["made"] for each in answers] == [1, 2]
    assert client.get(NUMBER, HTTP_IF_NONE_MATCH="*").status_code == 304
    assert client.get(f"{NUMBER}?colour=red").status_code == 400


def test_limits_hold_on_hits(client: APIClient, settings: Any) -> None:
    settings.RATE_LIMITS = {"api": (3, 60)}

    statuses = [client.get(NUMBER).status_code for _ in range(5)]
    refused = client.get(NUMBER)

    assert statuses == [200, 200, 200, 429, 429]
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert int(refused.headers["Retry-After"]) > 0


def test_a_miss_is_counted_once(client: APIClient, settings: Any) -> None:
    settings.RATE_LIMITS = {"api": (3, 60)}

    statuses = [client.get(f"{NUMBER}?a={number}").status_code for number in range(4)]

    assert statuses == [200, 200, 200, 429]


def test_another_client_of_the_same_user_shares_the_page(client: APIClient, user: User) -> None:
    client.get(NUMBER)

    assert client_of(user).get(NUMBER).json()["made"] == 1
