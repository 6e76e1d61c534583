"""A site is crawled from its home, its telling pages first, until it is enough; what is known isn't asked for again."""

from datetime import timedelta

import pytest
from django.db.models import F
from pytest_django import Settings

from prospects.crawl.hosts.terms import configured_terms
from prospects.crawl.plan import CrawledPage
from prospects.pages.models import Page
from tests.prospects.crawl.conftest import Crawled, html, paths
from tests.servers.hostile_site import HostileSite, page, to

HOME = html("Acme", "/products", "/about", "/contact", "/login", "/brochure.pdf", "https://other.com/about")


@pytest.fixture(autouse=True)
def _pages(server: HostileSite) -> None:
    server.pages.update(
        {
            "/": page(HOME, ETag='"home"'),
            "/about": page(html("About", "/about/history", "/")),
            "/about/history": page(html("History")),
            "/contact": page(html("Contact")),
            "/products": page(html("Products", "/products/1", "/products/2")),
            "/products/1": page(html("One")),
            "/products/2": page(html("Two")),
        }
    )


def outcomes() -> dict[str, tuple[str, str]]:
    return {url.removeprefix("http://"): (outcome, code) for url, outcome, code in _rows("url", "outcome", "code")}


def _rows(*names: str) -> list[tuple[str, ...]]:
    return list(Page.objects.order_by("url").values_list(*names))


def age(hours: float) -> None:
    Page.objects.update(
        fetched_at=F("fetched_at") - timedelta(hours=hours), text_at=F("text_at") - timedelta(hours=hours)
    )


def test_every_page_of_a_small_site_is_read_the_telling_ones_first(crawled: Crawled, server: HostileSite) -> None:
    result = crawled()

    assert (result.stop_reason, result.says) == ("done", "Every page that was asked for has been read: 7 pages.")
    assert sorted(paths(result)[1:3]) == ["/about", "/contact"]
    assert set(paths(result)) == set(server.pages)
    assert set(outcomes().values()) == {("read", "")}
    assert (result.counts.fetched, result.counts.new, result.counts.failed) == (7, 7, 0)
    assert not set(server.paths()) & {"/login", "/brochure.pdf"}
    assert {asked.host for asked in server.asked} == {"acme.com"}


def test_a_crawl_ends_when_it_is_enough(crawled: Crawled, server: HostileSite) -> None:
    seen: list[CrawledPage] = []

    def enough(each: CrawledPage) -> bool:
        seen.append(each)
        return each.kind == "contact"

    result = crawled(enough=enough)

    assert result.stop_reason == "fields"
    assert [each.url for each in seen] == [each.url for each in result.pages]
    assert all(each.parsed for each in seen)
    assert not any(each.parsed for each in result.pages)
    assert "/products" not in server.paths()


@pytest.mark.parametrize(
    ("plan", "reason", "count"),
    [
        ({"most_pages": 3}, "pages", 3),
        ({"most_bytes": 1}, "bytes", 1),
        ({"most_micros": 250, "micros_per_page": 100}, "money", 2),
        ({"most_depth": 0}, "done", 1),
        ({"exclude": ("/products*",)}, "done", 4),
        ({"include": ("/about*",)}, "done", 3),
    ],
)
def test_caps_and_patterns_end_it(crawled: Crawled, plan: dict[str, object], reason: str, count: int) -> None:
    result = crawled(**plan)

    assert (result.stop_reason, len(result.pages)) == (reason, count)
    assert Page.objects.count() == count


def test_what_was_read_a_while_ago_is_not_asked_for_again(crawled: Crawled, server: HostileSite) -> None:
    first = crawled()
    server.asked.clear()
    seen: list[CrawledPage] = []

    def looked_at(each: CrawledPage) -> bool:
        seen.append(each)
        return False

    again = crawled(enough=looked_at)

    assert server.asked == []
    assert (again.stop_reason, again.counts.fetched) == ("done", 0)
    assert {(each.url, each.hash) for each in again.pages} == {(each.url, each.hash) for each in first.pages}
    assert [each.url for each in seen] == [each.url for each in again.pages]


def test_more_pages_are_read_where_more_are_wanted_later(crawled: Crawled, server: HostileSite) -> None:
    crawled(most_pages=3)
    read = set(server.paths())
    server.asked.clear()

    more = crawled(most_pages=5)

    assert len(more.pages) == 5
    assert len(server.paths()) == 2 + server.paths().count("/robots.txt")
    assert not set(server.paths()) & (read - {"/robots.txt"})


def test_old_pages_are_asked_whether_they_have_changed(crawled: Crawled, server: HostileSite) -> None:
    crawled()
    age(hours=25)
    server.pages["/contact"] = page(html("Contact", more="We have moved."))
    del server.pages["/about/history"]
    server.pages["/products/1"] = page(html("One", "/products/new"))
    server.pages["/products/new"] = page(html("New"))
    server.pages["/"] = page(b"", status=304)
    server.asked.clear()

    again = crawled()

    counts = again.counts
    assert (counts.fetched, counts.new, counts.changed, counts.same, counts.removed) == (8, 1, 2, 4, 1)
    home = next(asked for asked in server.asked if asked.path == "/")
    assert home.headers["if-none-match"] == '"home"'
    assert outcomes()["acme.com/about/history"] == ("gone", "http_404")
    assert {each.url.partition("com")[2]: each.change for each in again.pages}["/contact"] == "changed"


def test_forced_everything_is_read_again(crawled: Crawled, server: HostileSite) -> None:
    crawled()
    server.asked.clear()

    again = crawled(is_forced=True)

    assert again.counts.fetched == 7
    assert again.counts.same == 7


def test_a_site_that_is_down_gives_its_last_known_pages_with_their_day(crawled: Crawled, server: HostileSite) -> None:
    first = crawled()
    age(hours=30)
    server.pages.clear()
    server.pages["/"] = page(b"busy", status=500)

    down = crawled()

    assert (down.stop_reason, down.code, down.is_from_store) == ("unreachable", "http_500", True)
    assert {each.hash for each in down.pages} == {each.hash for each in first.pages}
    assert down.as_of == min(each.fetched_at for each in down.pages)
    (said,) = down.degraded
    assert said.code == "site_down"
    assert said.says.startswith("acme.com can't be read: The server answered 500 Internal Server Error. Its pages of ")


def test_a_site_that_was_never_there_says_so(crawled: Crawled, server: HostileSite) -> None:
    server.pages.clear()

    result = crawled()

    assert (result.stop_reason, result.pages) == ("unreachable", ())
    assert result.degraded[0].says.endswith("No earlier pages of it are known.")


def test_a_site_that_moved_is_read_where_it_is(crawled: Crawled, server: HostileSite) -> None:
    async def moved(site: HostileSite, request: object) -> object:
        host = request.host  # type: ignore[attr-defined]  # aiohttp's
        return await (page(HOME) if host == "acme.io" else to("http://acme.io/"))(site, request)  # type: ignore[arg-type]

    server.pages["/"] = moved  # type: ignore[assignment]

    result = crawled()
    server.asked.clear()
    again = crawled()

    assert (result.stop_reason, result.moved_to, len(result.pages)) == ("done", "acme.io", 7)
    assert outcomes()["acme.com/"] == ("moved", "off_site")
    assert set(Page.objects.values_list("site", flat=True)) == {"acme.com"}
    assert (again.moved_to, len(again.pages), server.asked) == ("acme.io", 7, [])


def test_old_links_with_another_scheme_or_www_lead_to_no_second_request(crawled: Crawled, server: HostileSite) -> None:
    server.pages["/"] = page(html("Acme", "https://acme.com/about", "http://www.acme.com/contact", "/contact"))

    result = crawled(most_depth=1)

    assert {each.url for each in result.pages} == {f"http://acme.com{path}" for path in ("/", "/about", "/contact")}
    assert (result.counts.fetched, result.counts.failed) == (3, 0)


def test_a_move_that_was_interrupted_is_made_again(crawled: Crawled, server: HostileSite) -> None:
    server.pages["/"] = to("http://acme.io/")
    server.robots["acme.io"] = b"User-agent: *\nDisallow: /\n"
    refused = crawled()
    Page.objects.all().delete()
    del server.robots["acme.io"]

    async def moved(site: HostileSite, request: object) -> object:
        host = request.host  # type: ignore[attr-defined]  # aiohttp's
        return await (page(HOME) if host == "acme.io" else to("http://acme.io/"))(site, request)  # type: ignore[arg-type]

    server.pages["/"] = moved  # type: ignore[assignment]
    crawled(most_pages=1)
    # Killed after the new home was stored, and before the old one was said to lead there.
    Page.objects.filter(outcome="moved").delete()

    again = crawled()

    assert (refused.stop_reason, refused.code) == ("refused", "robots")
    assert (again.stop_reason, again.moved_to, len(again.pages)) == ("done", "acme.io", 7)


@pytest.mark.parametrize("target", ["http://facebook.com/acme", "http://denied.com/"])
def test_a_site_is_not_followed_to_where_it_must_not_be_read(
    crawled: Crawled, server: HostileSite, settings: Settings, target: str
) -> None:
    settings.CRAWL_DENY = ["denied.com"]
    server.pages["/"] = to(target)

    result = crawled()

    assert (result.stop_reason, result.code, result.moved_to) == ("refused", "off_site", "")
    assert {asked.host for asked in server.asked} == {"acme.com"}


def test_a_home_that_only_leads_on_by_its_markup_is_followed(crawled: Crawled, server: HostileSite) -> None:
    lead = b'<meta http-equiv="Refresh" content="0; URL=\'/de/start.html\'">'
    server.pages["/"] = page(b"<html><head><title>Acme</title>" + lead + b"</head><body></body></html>")
    server.pages["/de/start.html"] = page(html("Acme", "/about"))

    result = crawled(most_depth=2)

    assert paths(result) == ["/", "/de/start.html", "/about"]


def test_a_part_of_a_site_that_the_operator_denies_is_not_read(crawled: Crawled, server: HostileSite) -> None:
    server.pages["/"] = page(html("Acme", "http://Internal.acme.com/about", "http://a.internal.acme.com/", "/go"))
    server.pages["/go"] = to("http://internal.acme.com./about")
    server.pages["/sitemap.xml"] = page(b"<urlset><url><loc>http://internal.acme.com/team</loc></url></urlset>")

    result = crawled(includes_subdomains=True, terms={"deny": frozenset({"internal.acme.com"})})

    assert {asked.host for asked in server.asked} == {"acme.com"}
    assert {refusal.url for refusal in result.refusals} == {
        "http://internal.acme.com/about", "http://a.internal.acme.com/", "http://acme.com/go",
    }  # fmt: skip
    assert {(refusal.code, refusal.says[:17]) for refusal in result.refusals} == {("denied", "CRAWL_DENY names ")}
    assert result.counts.refused == 3


def test_the_terms_are_the_settings(settings: Settings) -> None:
    settings.CRAWL_DENY = ["internal.acme.com"]
    settings.CRAWL_DELAY_MS = 7
    settings.CRAWL_CONTACT_URL = "https://assay.example/bot"

    terms = configured_terms()

    assert (terms.deny, terms.delay_ms) == (frozenset({"internal.acme.com"}), 7)
    assert terms.user_agent == "AssayBot/0.1 (+https://assay.example/bot)"


def test_the_operator_decides_which_sites_are_crawled(
    crawled: Crawled, server: HostileSite, settings: Settings
) -> None:
    settings.CRAWL_DENY = ["acme.com"]

    result = crawled()

    assert (result.stop_reason, result.code, result.says) == ("refused", "denied", "CRAWL_DENY names acme.com.")
    assert server.asked == []
