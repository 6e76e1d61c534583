"""What hosts do to those who ask them: each a row, with the code and the sentence that stand on the page's row."""

import asyncio
import itertools
from collections.abc import Sequence

import pytest

from prospects.crawl.hosts.fetched import Fetched, NotFetched
from prospects.crawl.hosts.web import Web
from tests.prospects.crawl.hosts.conftest import INSIDE, OUTSIDE, local_web, names, run
from tests.servers.hostile_site import HostileSite, drip, page, to

HOST = "http://hostile.test:{port}"
MB = 1_000_000

ADDRESSES = [
    ("http://10.0.0.1/", "address_refused", "10.0.0.1 is a private network"),
    ("http://192.168.1.1/", "address_refused", "a private network"),
    ("http://127.0.0.9/", "address_refused", "this host (loopback)"),
    ("http://169.254.169.254/latest/meta-data/", "address_refused", "where clouds keep their metadata"),
    ("http://[fe80::1]/", "address_refused", "this link"),
    ("http://[fd00:ec2::254]/", "address_refused", "a private network"),
    ("http://[::ffff:10.0.0.1]/", "address_refused", "a private network"),
    ("http://[64:ff9b::a00:1]/", "address_refused", "behind NAT64"),
    ("http://0x7f.1/", "address_refused", "127.0.0.1 spelt in another way"),
    ("http://2130706433/", "address_refused", "127.0.0.1 spelt in another way"),
    ("http://inside.hostile.test/", "address_refused", f"leads to {INSIDE}"),
    ("http://mapped.test/", "address_refused", "leads to ::ffff:10.0.0.1, which is a private network"),
    ("http://both.test/", "address_refused", f"leads to {INSIDE}"),
    ("http://hostile.test:22/", "address_refused", "Port 22 isn't asked"),
    ("http://hostile.test:0/", "address_refused", "Port 0 isn't asked"),
    ("ftp://hostile.test/", "bad_url", "only https:// and http:// are asked"),
    ("file:///etc/passwd", "bad_url", "only https:// and http:// are asked"),
    ("gopher://hostile.test/", "bad_url", "only https:// and http:// are asked"),
    ("http://me:secret@hostile.test/", "bad_url", "user name or password"),
    ("http://hostile.test\\@10.0.0.1/", "bad_url", "a backslash"),
    ("http://no.such.name/", "not_found_name", "no.such.name can't be found"),
    ("http://hostile.test/", "not_connected", "hostile.test:80 can't be connected to"),
]
ANSWERS = [
    ("/to-metadata", "address_refused", "where clouds keep their metadata"),
    ("/to-private", "address_refused", "10.0.0.1 is a private network"),
    ("/to-loopback-v6", "address_refused", "::1 is this host (loopback)"),
    ("/to-inside-by-name", "address_refused", f"leads to {INSIDE}"),
    ("/to-file", "bad_url", "only https:// and http:// are asked"),
    ("/to-port", "address_refused", "Port 22 isn't asked"),
    ("/to-elsewhere", "off_site", "another site, elsewhere.test"),
    ("/to-lookalike", "off_site", "another site, cm\u0430e.test (xn--cme-7cd.test)."),
    ("/endless", "redirects", "It leads on after 5 redirects."),
    ("/circle", "redirects", "It leads on in a circle."),
    ("/drip", "timed_out", "no whole reply within 0.4 s"),
    ("/gigabyte", "too_large", "It says that it is 1073741824 bytes long"),
    ("/bomb", "too_large", "as no page does"),
    ("/bomb-in-bomb", "bad_reply", "encoded 2 times over"),
    ("/no-gzip", "bad_reply", "says that it is gzip, and isn't"),
    ("/pdf", "wrong_type", "It is application/pdf, only HTML is read."),
    ("/pdf-as-html", "wrong_type", "It calls itself text/html, and is a PDF."),
    ("/picture-as-html", "wrong_type", "It calls itself text/html, and is a picture (PNG)."),
    ("/binary-as-html", "wrong_type", "It calls itself text/html, and is binary."),
    ("/text-as-nothing", "wrong_type", "It calls itself text/plain, and is plain text."),
    ("/cut-off", "broken_off", "ended before the whole reply was there"),
]
ROBOTS = [
    (page(status=503), "robots_unreachable", "Its robots.txt can't be had (it answers 503), so nothing of it is read."),
    (page(status=429, Retry_After="0"), "robots_unreachable", "it answers 429"),
    (drip, "robots_unreachable", "no whole reply within 0.4 s"),
    (page(b"plain", Content_Encoding="gzip"), "robots_unreachable", "says that it is gzip, and isn't"),
    (to("http://10.0.0.1/robots.txt"), "address_refused", "10.0.0.1 is a private network"),
    (b"User-agent: *\nDisallow: /", "robots", "Its robots.txt asks AssayBot not to read this."),
    (b"User-agent: assaybot\nDisallow: /", "robots", "asks AssayBot not to read this"),
    # 10 MB, of which the first 512 KiB are read: they say no.
    (b"User-agent: *\nDisallow: /\n" + b"# nothing\n" * MB, "robots", "asks AssayBot not to read this"),
]


async def attempt(web: Web, url: str) -> Fetched | NotFetched:
    try:
        async with web.enter(url) as visit:
            return await visit.fetch(url)
    except NotFetched as error:
        return error


def outcome(site: HostileSite, url: str) -> Fetched | NotFetched:
    lookup = names({"both.test": [OUTSIDE, INSIDE]})
    return run(lambda web: attempt(web, url), lambda: local_web(site, lookup=lookup, total_s=0.4))


@pytest.mark.parametrize(("url", "code", "says"), ADDRESSES, ids=[row[0] for row in ADDRESSES])
def test_an_address_is_refused_before_anything_is_asked(site: HostileSite, url: str, code: str, says: str) -> None:
    refused = outcome(site, url)

    assert isinstance(refused, NotFetched)
    assert (refused.code, says in refused.says) == (code, True), refused.says
    assert site.asked == []


@pytest.mark.parametrize(("path", "code", "says"), ANSWERS, ids=[row[0] for row in ANSWERS])
def test_an_answer_is_refused_with_its_reason(site: HostileSite, path: str, code: str, says: str) -> None:
    refused = outcome(site, HOST.format(port=site.port) + path)

    assert isinstance(refused, NotFetched)
    assert (refused.code, says in refused.says) == (code, True), refused.says
    assert {asked.host for asked in site.asked} == {"hostile.test"}
    assert site.sent < 16 * MB


@pytest.mark.parametrize(("robots", "code", "says"), ROBOTS, ids=[row[1] + str(n) for n, row in enumerate(ROBOTS)])
def test_a_page_stays_unread_where_robots_txt_is_out_of_reach_or_says_no(
    site: HostileSite, robots: bytes, code: str, says: str
) -> None:
    site.robots["hostile.test"] = robots

    refused = outcome(site, HOST.format(port=site.port) + "/")

    assert isinstance(refused, NotFetched)
    assert (refused.code, says in refused.says) == (code, True), refused.says
    assert site.paths("hostile.test") == ["/robots.txt"]


@pytest.mark.parametrize(
    "robots",
    [
        page(status=404),
        page(status=401),
        to("/robots.txt"),
        b"\xff\xfe\x00 no text at all \x00",
        b"<html>Not found</html>",
        b"User-agent: *\nDisallow: /private\n" + b"# nothing\n" * MB + b"User-agent: *\nDisallow: /\n",
        b"User-agent: otherbot\nDisallow: /\n",
    ],
    ids=["none", "401", "circle", "binary", "html", "said too late", "of others"],
)
def test_a_page_is_read_where_robots_txt_has_nothing_against_it(site: HostileSite, robots: bytes) -> None:
    site.robots["hostile.test"] = robots

    read = outcome(site, HOST.format(port=site.port) + "/")

    assert isinstance(read, Fetched)
    assert read.status == 200


def test_a_body_without_an_end_is_cut(site: HostileSite) -> None:
    cut = outcome(site, HOST.format(port=site.port) + "/gigabyte-untold")

    assert isinstance(cut, Fetched)
    assert (len(cut.body), cut.is_truncated) == (MB, True)
    assert site.sent < 16 * MB


def test_text_that_is_a_page_after_all_is_read(site: HostileSite) -> None:
    read = outcome(site, HOST.format(port=site.port) + "/html-as-text")

    assert isinstance(read, Fetched)
    assert b"Acme Ltd" in read.body


def test_a_name_that_leads_inside_every_other_time_never_gets_there(site: HostileSite) -> None:
    answers = itertools.cycle([[OUTSIDE], [INSIDE]])

    async def lookup(host: str) -> Sequence[str]:
        return next(answers)

    async def once() -> Fetched | NotFetched:
        async with local_web(site, lookup=lookup) as web:
            return await attempt(web, f"http://rebinding.test:{site.port}/")

    outcomes = [asyncio.run(once()) for _ in range(6)]

    assert [getattr(found, "code", "read") for found in outcomes] == ["read", "address_refused"] * 3
    assert len(site.asked) == 6  # robots.txt and the page, three times


def test_a_robots_txt_that_multiplies_its_agents_by_its_rules_costs_little(site: HostileSite) -> None:
    agents = b"".join(b"User-agent: a%d\n" % number for number in range(14_000))
    rules = b"".join(b"Disallow: /%d\n" % number for number in range(14_000))
    site.robots["hostile.test"] = b"User-agent: *\n" + agents + rules

    refused = outcome(site, HOST.format(port=site.port) + "/13999")

    assert isinstance(refused, NotFetched)
    assert refused.code == "robots"
