"""What a client's Accept-Encoding asks for, and that what it gets can be read back."""

import gzip

import brotli
import pytest
import zstandard

from performance.api.compression.codings import compressed, preferred

TEXT = b'{"name": "Acme", "city": "Ulm"}' * 200


@pytest.mark.parametrize(
    ("accept_encoding", "coding"),
    [
        ("", "identity"),
        ("identity", "identity"),
        ("gzip, deflate, br, zstd", "zstd"),
        ("gzip, deflate, br", "br"),
        ("gzip, deflate", "gzip"),
        ("GZIP", "gzip"),
        ("x-gzip", "gzip"),
        ("deflate", "identity"),
        ("*", "zstd"),
        ("*;q=0.3", "zstd"),
        ("*;q=0", "identity"),
        ("zstd;q=0, *", "br"),
        ("br;q=0.2, gzip;q=0.9", "gzip"),
        ("gzip;q=0", "identity"),
        ("gzip;q=0.5, identity", "identity"),
        ("gzip;q=0.5, identity;q=0.5", "gzip"),
        ("gzip;q=1.000", "gzip"),
        ("gzip ; q=0.1", "gzip"),
        ("gzip;q=nonsense", "identity"),
        ("gzip;q=7", "identity"),
        ("gzip;q=-1", "identity"),
        ("gzip;q=nan", "identity"),
        ("gzip;level=9", "identity"),
        (",,;;=,gzip", "gzip"),
        ("x" * 5_000 + ", gzip", "gzip"),
    ],
)
def test_the_best_coding_that_the_client_likes_is_taken(accept_encoding: str, coding: str) -> None:
    assert preferred(accept_encoding) == coding


def test_every_coding_can_be_read_back_at_every_level() -> None:
    read = {"zstd": zstandard.decompress, "br": brotli.decompress, "gzip": gzip.decompress}
    for coding, decompress in read.items():
        for level in range(1, 10):
            assert decompress(compressed(TEXT, coding=coding, level=level)) == TEXT


@pytest.mark.parametrize("coding", ["zstd", "br", "gzip"])
def test_equal_contents_give_equal_bytes(coding: str) -> None:
    assert compressed(TEXT, coding=coding, level=6) == compressed(TEXT, coding=coding, level=6)
