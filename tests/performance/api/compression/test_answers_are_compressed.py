"""What leaves compressed, what doesn't, and what the headers say of it."""

from typing import Any

import pytest
import zstandard
from django.test import Client
from pytest_django.fixtures import Settings

from tests.performance.api.compression.urls import BODY

pytestmark = [pytest.mark.urls("tests.performance.api.compression.urls"), pytest.mark.django_db]
EVERY = {"HTTP_ACCEPT_ENCODING": "gzip, deflate, br, zstd"}


def get(kind: str, **headers: str) -> Any:
    return Client().get(f"/answers/{kind}", **(EVERY | headers))  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ["json", "problem", "csv", "html"])
def test_text_above_the_threshold_is_compressed(kind: str) -> None:
    answer = get(kind)

    assert answer.headers["Content-Encoding"] == "zstd"
    assert int(answer.headers["Content-Length"]) == len(answer.content) < len(BODY)
    assert zstandard.decompress(answer.content) == BODY
    assert "Accept-Encoding" in answer.headers["Vary"]


def test_who_wants_it_plain_gets_it_plain_and_caches_are_told_that_others_may_not() -> None:
    answer = get("json", HTTP_ACCEPT_ENCODING="identity")

    assert answer.content == BODY
    assert not answer.has_header("Content-Encoding")
    assert "Accept-Encoding" in answer.headers["Vary"]


@pytest.mark.parametrize("kind", ["image", "workbook", "small", "as-it-is", "part"])
def test_what_gains_nothing_goes_as_it_is(kind: str) -> None:
    answer = get(kind)

    assert not answer.has_header("Content-Encoding")
    assert "Accept-Encoding" not in answer.headers.get("Vary", "")


def test_a_stream_passes() -> None:
    answer = get("stream")

    assert b"".join(answer.streaming_content) == BODY
    assert not answer.has_header("Content-Encoding")


def test_what_is_encoded_already_isnt_encoded_again() -> None:
    answer = get("encoded")

    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.content == BODY


def test_a_strong_etag_is_of_the_bytes_that_were_sent_and_a_weak_one_of_the_content() -> None:
    assert get("tagged").headers["ETag"] == '"abc-zstd"'
    assert get("tagged", HTTP_ACCEPT_ENCODING="gzip").headers["ETag"] == '"abc-gzip"'
    assert get("tagged", HTTP_ACCEPT_ENCODING="").headers["ETag"] == '"abc"'
    assert get("weakly-tagged").headers["ETag"] == 'W/"abc"'


@pytest.mark.parametrize(
    ("kind", "site", "is_compressed"),
    [
        ("json", "same-origin", True),
        ("json", "cross-site", False),
        ("json", "same-site", False),
        ("json", "none", False),
        ("json", "", False),
        ("html", "same-origin", False),
        ("html", "cross-site", False),
    ],
)
def test_with_cookies_only_what_a_page_of_ours_asked_for_is_compressed_and_no_html(
    kind: str, site: str, is_compressed: bool
) -> None:
    answer = get(kind, HTTP_COOKIE="sessionid=s", HTTP_SEC_FETCH_SITE=site)

    assert answer.has_header("Content-Encoding") is is_compressed


def test_it_is_switched_off_for_all_and_by_path(settings: Settings) -> None:
    settings.COMPRESSION_EXCLUDED_PATHS = ["/answers/js"]
    assert not get("json").has_header("Content-Encoding")
    assert get("csv").has_header("Content-Encoding")

    settings.COMPRESSION_ENABLED = False
    assert not get("csv").has_header("Content-Encoding")


def test_the_threshold_is_the_settings(settings: Settings) -> None:
    settings.COMPRESSION_THRESHOLD = len(BODY) + 1
    assert not get("json").has_header("Content-Encoding")

    settings.COMPRESSION_THRESHOLD = len(BODY)
    assert get("json").has_header("Content-Encoding")
