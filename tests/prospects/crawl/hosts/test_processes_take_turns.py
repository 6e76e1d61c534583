"""What processes know of each other's visits, and of each host, by its row."""

import asyncio
import itertools
import threading
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from django.db import connection, connections
from django.utils import timezone

from performance.jobs.kinds import Retry
from performance.jobs.runner.threads import crew
from prospects.crawl.hosts import leases, rows
from prospects.crawl.hosts import web as hosts_web
from prospects.crawl.hosts.fetched import HostVisit, NotFetched
from prospects.crawl.hosts.memory import Denied, Departure, KnownRobots, Taken, Wish
from prospects.crawl.hosts.web import Web, web_for_loop
from prospects.crawl.models import CrawlHost
from tests.prospects.crawl.hosts.conftest import local_web
from tests.servers.hostile_site import HostileSite, page

pytestmark = pytest.mark.django_db(transaction=True)

KEY = "https://acme.test"


def process(site: HostileSite, **terms: object) -> Web:
    """One web is what one process has."""
    return local_web(site, memory=rows.Rows(), **terms)


def visit(site: HostileSite, work: Callable[[HostVisit], Awaitable[object]] | None = None) -> None:
    """A visit by a process of its own that reads the home page, or does as told."""

    async def inside() -> None:
        async with process(site) as web, web.enter(site.origin("acme.test")) as visit:
            await (work(visit) if work else visit.fetch(site.origin("acme.test") + "/"))

    asyncio.run(inside())


def test_a_second_process_waits_for_the_first(site: HostileSite) -> None:
    happened = []

    async def first(web: Web, entered: asyncio.Event) -> None:
        async with web.enter(site.origin("acme.test")):
            entered.set()
            await asyncio.sleep(0.3)
            happened.append("first leaves")

    async def second(web: Web) -> None:
        async with web.enter(site.origin("www.acme.test")):
            happened.append("second enters")

    async def both() -> None:
        async with process(site) as one, process(site) as other:
            entered = asyncio.Event()
            visit = asyncio.create_task(first(one, entered))
            await entered.wait()
            await second(other)
            await visit

    asyncio.run(both())

    assert happened == ["first leaves", "second enters"]
    assert (CrawlHost.objects.get(origin=KEY).holder, CrawlHost.objects.get(origin=KEY).leased_until) == ("", None)


def test_patience_ends(site: HostileSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hosts_web, "PATIENCE_S", 0.3)
    rows.take([Wish(KEY, ())], holder="another")

    with pytest.raises(NotFetched) as refused:
        visit(site)

    assert (refused.value.code, refused.value.says) == ("host_busy", "Another process is visiting it.")
    assert (CrawlHost.objects.get().holder, site.asked) == ("another", [])


def test_who_died_holds_a_site_no_longer_than_his_lease() -> None:
    assert isinstance(rows.take([Wish(KEY, ())], holder="dead")[0], Taken)
    assert isinstance(rows.take([Wish(KEY, ())], holder="alive")[0], Denied)

    CrawlHost.objects.update(leased_until=timezone.now() - timedelta(seconds=1))

    assert isinstance(rows.take([Wish(KEY, ())], holder="alive")[0], Taken)
    rows.leave([Departure(KEY)], holder="dead")
    assert CrawlHost.objects.get().holder == "alive"


def test_a_lease_is_renewed_while_it_is_one_s_own() -> None:
    rows.take([Wish(KEY, ()), Wish("https://b.test", ())], holder="one")
    CrawlHost.objects.filter(origin="https://b.test").update(holder="another")
    CrawlHost.objects.update(leased_until=timezone.now())

    assert rows.renew([KEY, "https://b.test"], holder="one") == {KEY}

    left_s = (CrawlHost.objects.get(origin=KEY).leased_until - timezone.now()).total_seconds()
    assert leases.LEASE_S - 5 < left_s <= leases.LEASE_S


def test_a_long_visit_keeps_its_site(site: HostileSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leases, "_RENEWED_S", 0.05)

    async def work(visit: HostVisit) -> None:
        before = (await crew.call(CrawlHost.objects.get)).leased_until
        await asyncio.sleep(0.3)
        after = (await crew.call(CrawlHost.objects.get)).leased_until
        assert after - before > timedelta(seconds=0.1)

    visit(site, work)


def test_who_stood_still_beyond_his_lease_asks_nothing_more(site: HostileSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leases, "LEASE_S", 0.2)

    async def work(visit: HostVisit) -> None:
        await visit.fetch(site.origin("acme.test") + "/")
        await asyncio.sleep(0.3)
        with pytest.raises(NotFetched) as refused:
            await visit.fetch(site.origin("acme.test") + "/late")
        assert refused.value.code == "host_busy"

    visit(site, work)

    assert site.paths("acme.test") == ["/robots.txt", "/"]


def test_robots_txt_is_remembered_for_a_day(site: HostileSite) -> None:
    site.robots["acme.test"] = b"User-agent: *\nDisallow: /private\nCrawl-delay: 0.01\n"
    visit(site)
    visit(site)
    assert site.paths("acme.test") == ["/robots.txt", "/", "/"]

    CrawlHost.objects.update(robots_at=timezone.now() - timedelta(hours=25))
    visit(site)

    assert site.paths("acme.test")[3:] == ["/robots.txt", "/"]
    known = CrawlHost.objects.get(origin=site.origin("acme.test"))
    assert (known.robots_code, known.delay_ms, known.failures) == ("read", 10, 0)


def test_one_that_is_out_of_reach_is_asked_for_again_in_minutes(site: HostileSite) -> None:
    site.robots["acme.test"] = page(status=500)
    for _ in range(2):
        with pytest.raises(NotFetched) as refused:
            visit(site)
        assert (refused.value.code, "answers 500" in refused.value.says) == ("robots_unreachable", True)
    assert site.paths() == ["/robots.txt"]
    assert CrawlHost.objects.get(origin=KEY).failures == 2
    assert "answers 500" in CrawlHost.objects.get(origin=KEY).error

    CrawlHost.objects.update(robots_at=timezone.now() - timedelta(minutes=6))
    site.robots["acme.test"] = b""
    visit(site)

    assert (CrawlHost.objects.get(origin=KEY).failures, CrawlHost.objects.get(origin=KEY).error) == (0, "")


def test_a_rest_that_was_asked_for_outlasts_the_visit(site: HostileSite) -> None:
    site.pages["/"] = page(status=429, Retry_After="600")
    visit(site)

    with pytest.raises(NotFetched) as refused:
        visit(site)

    assert refused.value.code == "host_busy"
    assert refused.value.says.startswith("It asked to be left alone for another ")
    assert site.paths() == ["/robots.txt", "/"]


def test_the_distance_is_kept_from_visit_to_visit(site: HostileSite) -> None:
    async def twice() -> None:
        for _ in range(2):
            async with process(site, delay_ms=300) as web, web.enter(site.origin("acme.test")) as visit:
                await visit.fetch(site.origin("acme.test") + "/")

    asyncio.run(twice())

    first, second = (asked.at for asked in site.asked if asked.path == "/")
    assert second - first > 0.25


def test_the_end_of_a_loop_gives_back_what_it_held() -> None:
    async def cut_short() -> None:
        entered = asyncio.Event()

        async def visiting() -> None:
            async with web_for_loop().enter("https://acme.test"):
                entered.set()
                await asyncio.sleep(60)

        task = asyncio.create_task(visiting())
        await entered.wait()
        assert await crew.call(CrawlHost.objects.filter(leased_until__isnull=False).exists)
        assert not task.done()

    asyncio.run(cut_short())

    assert (CrawlHost.objects.get().holder, CrawlHost.objects.get().leased_until) == ("", None)
    assert hosts_web._webs == {}


def test_a_site_taken_for_somebody_who_left_meanwhile_is_given_back(site: HostileSite) -> None:
    async def inside() -> None:
        async with process(site) as web:

            async def enter() -> None:
                async with web.enter(site.origin("acme.test")):
                    pass

            task = asyncio.create_task(enter())
            await asyncio.sleep(0.001)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            async with web.enter(site.origin("acme.test")):
                pass

    asyncio.run(inside())

    assert CrawlHost.objects.get(origin=KEY).holder == ""


def test_what_no_database_takes_is_told_without_it() -> None:
    rows.take([Wish(KEY, ())], holder="one")

    rows.leave([Departure(KEY, error="\udcff\x00" + "x" * 400)], holder="one")

    host = CrawlHost.objects.get()
    assert (host.error, host.failures, host.holder) == ("?" + "x" * 299, 1, "")


def test_without_its_table_the_job_is_to_be_tried_again(site: HostileSite) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE prospects_crawlhost RENAME TO elsewhere")
        try:
            with pytest.raises(Retry) as refused:
                visit(site)
        finally:
            cursor.execute("ALTER TABLE elsewhere RENAME TO prospects_crawlhost")

    assert (refused.value.code, refused.value.consumes_attempt, site.asked) == ("database", False, [])


def test_many_processes_never_wait_for_each_other_in_a_circle() -> None:
    keys = [f"https://{letter}.test" for letter in "abcdefgh"]
    failed: list[Exception] = []

    def work(number: int) -> None:
        try:
            for turn in itertools.islice(itertools.permutations(keys, 5), number * 97, number * 97 + 40):
                answers = rows.take([Wish(key, ()) for key in turn], holder=str(number))
                ours = [key for key, answer in zip(turn, answers, strict=True) if isinstance(answer, Taken)]
                rows.renew(list(turn), holder=str(number))
                robots = (KnownRobots(f"https://www.{turn[0][8:]}", "none"),)
                if ours:
                    rows.leave(
                        [Departure(key, robots=robots if key == ours[0] else ()) for key in ours], holder=str(number)
                    )
        except Exception as error:  # noqa: BLE001 - told to the test
            failed.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failed == []
    assert set(CrawlHost.objects.values_list("holder", flat=True)) == {""}
