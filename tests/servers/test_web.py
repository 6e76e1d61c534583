"""The web of our own answers as its hosts would, and its log can be trusted."""

import asyncio
import socket
from collections.abc import Iterator
from ipaddress import ip_network

import phonenumbers
import pytest

from performance.outbound.client import Outbound, Reply, Request
from performance.outbound.errors import BrokenOff
from performance.outbound.guard import Guard
from tests.servers.web.companies import companies
from tests.servers.web.names import names
from tests.servers.web.running import RunningWeb, web_server
from tests.servers.web.site import Site

LOOPBACK = [ip_network("127.0.0.0/8")]


@pytest.fixture(scope="module")
def _server() -> Iterator[RunningWeb]:
    with web_server(hosts=24, articles=3, latency=0, errors=0) as running:
        yield running


@pytest.fixture
def our_web(_server: RunningWeb) -> Iterator[RunningWeb]:
    with names(_server.port):
        yield _server


@pytest.fixture(autouse=True)
def _as_it_was(our_web: RunningWeb) -> None:
    our_web.control(latency=0, errors=0, revision=0, down=[], clear=True)


def ask(url: str, *, etag: str = "", most_redirects: int | None = None) -> Reply:
    async def asked() -> Reply:
        async with Outbound(guard=Guard(networks=LOOPBACK, ports={80, 443})) as outbound:
            headers = {"User-Agent": "AssayBot/1"} | ({"If-None-Match": etag} if etag else {})
            return await outbound.send(Request("GET", url, headers=headers, most_redirects=most_redirects))

    return asyncio.run(asked())


def test_a_page_has_the_size_and_the_charset_of_real_ones(our_web: RunningWeb) -> None:
    german = our_web.companies[9]

    reply = ask(f"http://{german.domain}/{german.words.paths['contact']}")

    assert reply.redirects == (f"http://{german.domain}/kontakt",)
    assert 35_000 < len(reply.body) < 45_000
    assert german.street in reply.body.decode("iso-8859-1")


def test_the_log_names_host_path_time_and_agent(our_web: RunningWeb) -> None:
    first = our_web.companies[0]

    ask(f"http://{first.domain}/about?from=test")

    (line,) = our_web.log()
    assert (line.host, line.path, line.agent, line.asking) == (first.domain, "/about?from=test", "AssayBot/1", 1)
    assert line.status == 200
    assert line.ended is not None
    assert line.ended >= line.at


def test_what_did_not_change_isnt_sent_again(our_web: RunningWeb) -> None:
    first = our_web.companies[0]
    article = Site(first, origin="", articles=3).paths()[-1]
    url = f"http://{first.domain}{article}"
    etag = ask(url).headers["ETag"]

    again = ask(url, etag=etag)
    our_web.control(revision=1)

    assert (again.status, again.body) == (304, b"")
    assert ask(url, etag=etag).status == 200


def test_robots_say_what_the_hosts_trait_is(our_web: RunningWeb) -> None:
    said = {each.trait: ask(f"http://{each.host}/robots.txt") for each in our_web.companies}

    assert said["denied"].body.startswith(b"User-agent: *\nDisallow: /\n")
    assert b"Crawl-delay: 1" in said["delayed"].body
    assert (said["no_robots"].status, said["broken_robots"].status) == (404, 503)


def test_a_site_that_is_down_breaks_the_connection(our_web: RunningWeb) -> None:
    domain = our_web.companies[0].domain
    our_web.control(down=[domain])

    with pytest.raises(BrokenOff):
        ask(f"http://{domain}/")


def test_the_same_pages_go_wrong_each_time_and_never_the_home(our_web: RunningWeb) -> None:
    our_web.control(errors=1)
    first = our_web.companies[0]

    assert ask(f"http://{first.domain}/").status == 200
    assert {ask(f"http://{first.domain}/pricing").status for _ in range(2)} == {404}


def test_every_name_leads_here_while_it_runs(our_web: RunningWeb) -> None:
    with pytest.raises(BrokenOff):
        ask("http://www.python.org/")
    assert {place[0] for *_, place in socket.getaddrinfo("www.python.org", 443)} == {"127.0.0.1"}


def test_every_phone_number_could_be_called_and_every_domain_is_anothers() -> None:
    made = companies(200)

    assert len({each.domain for each in made}) == 200
    assert all(phonenumbers.is_valid_number(phonenumbers.parse(each.phone)) for each in made)


def test_every_page_is_reached_by_its_path_and_fits_its_charset() -> None:
    for made in companies(8):
        site = Site(made, origin=f"http://{made.host}", articles=2)

        answers = [site.answer(path) for path in site.paths()]

        assert {each.status for each in answers} == {200}
        assert len(answers) == 21
        assert all(each.body.decode(made.words.charset).startswith("<!doctype html>") for each in answers)
