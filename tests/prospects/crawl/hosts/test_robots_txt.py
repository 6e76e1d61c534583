"""robots.txt by RFC 9309, as far as it says what may be read."""

import time

import pytest

from prospects.crawl.hosts import robots

URL = "https://acme.test"


def rules(*lines: str) -> robots.Robots:
    return robots.read("\n".join(lines).encode(), token="AssayBot")


@pytest.mark.parametrize(
    ("lines", "path", "is_allowed"),
    [
        (["User-agent: *", "Disallow: /private"], "/private/x", False),
        (["User-agent: *", "Disallow: /private"], "/public", True),
        # The longest match decides, and of equals the one that allows (2.2.2).
        (["User-agent: *", "Disallow: /a", "Allow: /a/b"], "/a/b", True),
        (["User-agent: *", "Disallow: /a", "Allow: /a"], "/a", True),
        (["User-agent: *", "Disallow: /*.php$"], "/x.php", False),
        (["User-agent: *", "Disallow: /*.php$"], "/x.php?y", True),
        (["User-agent: *", "Disallow: /%7Ejoe"], "/~joe", False),
        # Our own group is the only one that counts for us (2.2.1).
        (["User-agent: *", "Disallow: /", "User-agent: AssayBot", "Disallow: /x"], "/y", True),
        (["User-agent: *", "Disallow:", "User-agent: ASSAYBOT/2.0", "Disallow: /"], "/y", False),
        (["User-agent: other", "User-agent: assaybot", "Disallow: /"], "/y", False),
        (["User-agent: assaybot", "User-agent: other", "Disallow: /"], "/y", False),
        (["User-agent: AssayBot (https://assay.example)", "Disallow: /"], "/y", False),
        (["User-agent: * all of you", "Disallow: /"], "/y", False),
        (["User-agent: assay", "Disallow: /"], "/y", True),
        (["User-agent: assaybot-news", "Disallow: /"], "/y", True),
        # Groups of the same name are one.
        (["User-agent: assaybot", "Disallow: /a", "User-agent: x", "Allow: /", "User-agent: assaybot", "Disallow: /b"],
         "/b", False),
        (["User-agent: x", "Disallow: /", "Sitemap: https://acme.test/s", "User-agent: *", "Disallow: /b"], "/a", True),
        (["Disallow: /"], "/a", True),
        ([], "/a", True),
    ],
)  # fmt: skip
def test_a_rule_means_what_the_rfc_says(lines: list[str], path: str, is_allowed: bool) -> None:
    assert rules(*lines).allows(URL + path) is is_allowed


@pytest.mark.parametrize(
    ("status", "code", "is_allowed"),
    [(200, "read", True), (404, "none", True), (403, "none", True), (410, "none", True), (301, "none", True),
     (429, "denied", False), (500, "denied", False), (503, "denied", False)],
)  # fmt: skip
def test_the_status_decides_where_there_are_no_rules(status: int, code: str, is_allowed: bool) -> None:
    found = robots.answered(status, b"", token="AssayBot")

    assert (found.code, found.allows(URL + "/x")) == (code, is_allowed)


def test_a_delay_is_obeyed_up_to_a_bound_and_said() -> None:
    assert rules("User-agent: *", "Crawl-delay: 2").delay_s == 2
    assert rules("User-agent: *", "Crawl-delay: 2", "User-agent: assaybot", "Disallow: /x").delay_s == 0
    assert rules("User-agent: *", "Crawl-delay: 600").delay_s == robots.MOST_DELAY_S
    assert "asks for 600 s between requests; 30 s are left" in rules("User-agent: *", "Crawl-delay: 600").says
    assert [rules("User-agent: *", f"Crawl-delay: {odd}").delay_s for odd in ("-1", "nan", "inf", "soon")] == [0.0] * 4


def test_sitemaps_stand_outside_of_groups() -> None:
    found = rules(
        "Sitemap: https://acme.test/a.xml", "User-agent: x", "Disallow: /", "Sitemap: https://acme.test/b.xml"
    )

    assert found.sitemaps == ("https://acme.test/a.xml", "https://acme.test/b.xml")


def test_the_half_line_at_the_cut_is_no_rule() -> None:
    head = b"User-agent: *\n"
    filler = b"#" * (robots.MOST_BYTES - len(head) - len(b"\nDisallow: /"))

    found = robots.read(head + filler + b"\nDisallow: /private", token="AssayBot")

    assert found.allows(URL + "/x")


@pytest.mark.parametrize(
    "body",
    [
        b"User-agent: *\n" + b"Disallow: /*a*a*a*a*a*a*a*a*a*b\n" * 16_000,
        b"User-agent: *\nDisallow: /" + b"*a" * 250_000,
        b"".join(b"User-agent: b%d\n" % number for number in range(30_000)),
        b"User-agent: *\n" * 35_000,
        b"User-agent" + b" " * 500_000 + b"x",
    ],
    ids=["wildcards", "one wildcard", "agents", "everybody", "spaces"],
)
def test_no_robots_txt_takes_long(body: bytes) -> None:
    began = time.process_time()

    robots.read(body, token="AssayBot").allows(URL + "/" + "a" * 1900)

    assert time.process_time() - began < 1.5
