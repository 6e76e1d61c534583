"""Entity tags, and which `If-None-Match` says that the client has one already."""

import time

import pytest

from performance.api.etags import digest_of, is_fresh, of_coding

ETAG = '"abc-zstd"'


@pytest.mark.parametrize(
    "header",
    [
        '"abc-zstd"',
        'W/"abc-zstd"',
        "*",
        " * ",
        '"x", "abc-zstd"',
        'W/"x",W/"abc-zstd" , "y"',
        ', ,"abc-zstd",,',
        '"with,a,comma", "abc-zstd"',
        '"", "abc-zstd"',
    ],
)
def test_these_have_it(header: str) -> None:
    assert is_fresh(header, ETAG)


@pytest.mark.parametrize(
    "header",
    [
        "",
        '"abc"',
        '"abc-gzip"',
        '"ABC-ZSTD"',
        "abc-zstd",
        '"abc-zstd',
        'abc-zstd"',
        'w/"abc-zstd"',
        'W/ "abc-zstd"',
        '"x" "abc-zstd"',
        '*, "abc-zstd"',
        '"abc-zstd", x',
        '"x, abc-zstd"',
        '"a b", "abc-zstd"',
        "\x00",
    ],
)
def test_these_havent_or_arent_lists_of_entity_tags(header: str) -> None:
    assert not is_fresh(header, ETAG)


def test_a_weak_etag_matches_by_what_it_quotes() -> None:
    assert is_fresh('"abc"', 'W/"abc"')


@pytest.mark.parametrize("piece", ['"x",', ",", " ,", '"', "W/", " "])
def test_a_long_header_takes_no_longer_than_its_length(piece: str) -> None:
    began = time.process_time()

    is_fresh(piece * 20_000 + "!", ETAG)

    assert time.process_time() - began < 0.5


def test_digests_keep_parts_apart() -> None:
    assert digest_of(b"ab", b"c") != digest_of(b"a", b"bc")
    assert digest_of(b"ab", b"c") == digest_of(b"ab", b"c")
    assert len(digest_of(b"")) == 20


def test_each_coding_has_an_etag_of_its_own_but_a_weak_one_stays() -> None:
    assert of_coding('"abc"', "br") == '"abc-br"'
    assert of_coding('W/"abc"', "br") == 'W/"abc"'
