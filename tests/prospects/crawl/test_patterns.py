"""Globs say which paths are meant; sameness tells endless URLs from others."""

import time

import pytest

from prospects.crawl.patterns import MOST_ALIKE, MOST_QUERIES, Glob, Sameness


@pytest.mark.parametrize(
    ("glob", "path", "is_covered"),
    [
        ("/blog/*", "/blog/2026", True),
        ("/blog/*", "/Blog/", True),
        ("/blog/*", "/blog", False),
        ("/blog", "/blog/2026", False),
        ("*", "/anything/at/all", True),
        ("*/kontakt*", "/de/kontakt.html", True),
        ("/a*b*c", "/a-b-b-c", True),
        ("/a*b*c", "/ac", False),
        ("/aa*aa", "/aaa", False),
        ("/a.c", "/abc", False),
        ("/(a+)+$", "/aaaa", False),
        ("", "/", False),
    ],
)
def test_only_the_star_means_anything(glob: str, path: str, is_covered: bool) -> None:
    assert Glob.of(glob).matches(path) is is_covered


def test_no_glob_takes_long() -> None:
    glob, path = Glob.of("*a" * 99 + "*b"), "/" + "a" * 1999
    began = time.process_time()

    for _ in range(1000):
        glob.matches(path)

    assert time.process_time() - began < 0.5


def test_a_calendar_is_one_pattern() -> None:
    sameness = Sameness()

    found = [
        sameness.excess(host="acme.com", path=f"/calendar/{year}/{month}", query="")
        for year in range(2000, 2030)
        for month in range(1, 13)
    ]

    assert found == [None] * MOST_ALIKE + ["alike"] * (360 - MOST_ALIKE)


def test_one_page_with_many_queries_is_one_pattern() -> None:
    sameness = Sameness()

    found = [sameness.excess(host="acme.com", path="/list", query=f"?sort={word}") for word in "abcdefgh"]

    assert found == [None] * MOST_QUERIES + ["queries"] * (8 - MOST_QUERIES)
    assert sameness.excess(host="acme.com", path="/other", query="?sort=a") is None
    assert sameness.excess(host="www.acme.com", path="/list", query="?sort=a") is None


def test_what_has_no_numbers_is_always_new() -> None:
    sameness = Sameness()

    assert not any(sameness.excess(host="acme.com", path=f"/products/{word}", query="") for word in ("x", "y", "z") * 9)
