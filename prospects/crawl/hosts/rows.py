"""The sites in the database: one row an origin, and one that is the site's own, https://<registrable domain>.

Rows are locked in the order of their origins, by whichever statement, so that two processes never wait for each other.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import zstandard
from django.db import connection
from psycopg.types.json import Json

from performance.database.text import storable
from performance.jobs.runner.threads import crew
from prospects.crawl.hosts.leases import LEASE_S
from prospects.crawl.hosts.memory import Answer, Denied, Departure, KnownRobots, Taken, Wish
from prospects.crawl.hosts.robots import KEPT_S, MOST_BYTES

# A site that wants to be left alone for longer isn't held meanwhile.
_WAITED_S = 10.0
_LONGEST = 270
_MOST_SAID = 300
_TAKE = """
INSERT INTO prospects_crawlhost AS host
       (origin, holder, leased_until, robots_code, delay_ms, sitemaps, failures, error, updated_at)
SELECT origin, %(holder)s, statement_timestamp() + %(lease)s * interval '1 second', '', 0, '[]', 0, '', now()
  FROM unnest(%(keys)s::text[]) AS origin
 ORDER BY origin
    ON CONFLICT (origin) DO UPDATE SET holder = EXCLUDED.holder, leased_until = EXCLUDED.leased_until
 WHERE (host.holder IN ('', EXCLUDED.holder) OR host.leased_until < statement_timestamp())
   AND (host.next_at IS NULL OR host.next_at < statement_timestamp() + %(waited)s * interval '1 second')
RETURNING origin"""
_KNOWN = """
SELECT origin, robots, robots_code, error, delay_ms,
       extract(epoch FROM statement_timestamp() - robots_at)::float8,
       extract(epoch FROM next_at - statement_timestamp())::float8
  FROM prospects_crawlhost WHERE origin = ANY(%s)"""
_RENEW = """
UPDATE prospects_crawlhost SET leased_until = statement_timestamp() + %(lease)s * interval '1 second'
 WHERE origin IN (
       SELECT origin FROM prospects_crawlhost WHERE origin = ANY(%(keys)s) AND holder = %(holder)s
        ORDER BY origin FOR UPDATE)
RETURNING origin"""
# Of a site's own row `next_at` is set, of an origin whose robots.txt was read `robots_at`; one row may be both.
_LEAVE = """
INSERT INTO prospects_crawlhost AS host
       (origin, holder, next_at, failures, error, robots, robots_code, robots_at, delay_ms, sitemaps, updated_at)
SELECT origin, '', statement_timestamp() + wait * interval '1 second', (error <> '')::int, error, robots, code,
       CASE WHEN code <> '' THEN statement_timestamp() END, delay, sitemaps, statement_timestamp()
  FROM unnest(%(origins)s::text[], %(waits)s::float8[], %(errors)s::text[], %(robots)s::bytea[], %(codes)s::text[],
              %(delays)s::int[], %(sitemaps)s::json[]) AS left_(origin, wait, error, robots, code, delay, sitemaps)
 ORDER BY origin
    ON CONFLICT (origin) DO UPDATE SET
       holder = CASE WHEN EXCLUDED.next_at IS NOT NULL AND host.holder = %(holder)s THEN '' ELSE host.holder END,
       leased_until = CASE WHEN EXCLUDED.next_at IS NOT NULL AND host.holder = %(holder)s THEN NULL
                           ELSE host.leased_until END,
       next_at = greatest(host.next_at, EXCLUDED.next_at),
       failures = CASE WHEN EXCLUDED.error = '' THEN 0 ELSE least(host.failures + 1, 32767) END,
       error = EXCLUDED.error,
       robots = CASE WHEN EXCLUDED.robots_at IS NULL THEN host.robots ELSE EXCLUDED.robots END,
       robots_code = CASE WHEN EXCLUDED.robots_at IS NULL THEN host.robots_code ELSE EXCLUDED.robots_code END,
       robots_at = coalesce(EXCLUDED.robots_at, host.robots_at),
       delay_ms = CASE WHEN EXCLUDED.robots_at IS NULL THEN host.delay_ms ELSE EXCLUDED.delay_ms END,
       sitemaps = CASE WHEN EXCLUDED.robots_at IS NULL THEN host.sitemaps ELSE EXCLUDED.sitemaps END,
       updated_at = EXCLUDED.updated_at"""


class Rows:
    """The memory that all processes share."""

    async def take(self, wishes: Sequence[Wish], *, holder: str) -> Sequence[Answer]:
        return await crew.call(partial(take, wishes, holder=holder))

    async def renew(self, keys: Sequence[str], *, holder: str) -> frozenset[str]:
        return await crew.call(partial(renew, keys, holder=holder))

    async def leave(self, departures: Sequence[Departure], *, holder: str) -> None:
        await crew.call(partial(leave, departures, holder=holder))


class _Known(NamedTuple):
    """A row of _KNOWN: ages and waits are seconds from now."""

    origin: str
    robots: bytes | None
    robots_code: str
    error: str
    delay_ms: int
    robots_age_s: float | None
    wait_s: float | None


@dataclass(frozen=True, slots=True)
class _Row:
    """Of a site's own row `wait_s` is set, of an origin whose robots.txt was read `robots`."""

    origin: str
    wait_s: float | None
    error: str
    robots: KnownRobots | None

    def cells(self) -> tuple[Any, ...]:
        """As _LEAVE unpacks them."""
        robots = self.robots or KnownRobots(self.origin, "none")
        code = robots.code if self.robots else ""
        body = zstandard.compress(robots.body) if robots.body else None
        return self.origin, self.wait_s, self.error, body, code, robots.delay_ms, Json(list(robots.sitemaps))


def take(wishes: Sequence[Wish], *, holder: str) -> Sequence[Answer]:
    """One statement for all wishes and one for what is known. Bears a repetition."""
    keys = [wish.key for wish in wishes]
    origins = list({origin for wish in wishes for origin in (wish.key, *wish.origins)})
    params: dict[str, Any] = {"keys": keys, "holder": holder, "lease": LEASE_S, "waited": _WAITED_S}
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, params)
        taken = {origin for (origin,) in cursor.fetchall()}
        cursor.execute(_KNOWN, [origins])
        rows = {row[0]: _Known(*row) for row in cursor.fetchall()}
    return [_taken(wish, rows) if wish.key in taken else _denied(rows.get(wish.key)) for wish in wishes]


def renew(keys: Sequence[str], *, holder: str) -> frozenset[str]:
    """Those that are still the holder's."""
    with connection.cursor() as cursor:
        cursor.execute(_RENEW, {"keys": list(keys), "holder": holder, "lease": LEASE_S})
        return frozenset(origin for (origin,) in cursor.fetchall())


def leave(departures: Sequence[Departure], *, holder: str) -> None:
    """One statement. A site that is another's by now stays so. Bears a repetition."""
    rows = [row.cells() for departure in departures for row in _rows(departure)]
    origins, waits, errors, robots, codes, delays, sitemaps = (list(cells) for cells in zip(*rows, strict=True))
    params: dict[str, Any] = {"origins": origins, "waits": waits, "errors": errors, "robots": robots, "codes": codes}
    with connection.cursor() as cursor:
        cursor.execute(_LEAVE, {**params, "delays": delays, "sitemaps": sitemaps, "holder": holder})


def _rows(departure: Departure) -> Iterator[_Row]:
    read = {robots.origin: robots for robots in departure.robots if len(robots.origin) <= _LONGEST}
    own = read.pop(departure.key, None)
    yield _Row(departure.key, departure.wait_s, _said(departure.error or (own.says if own else "")), own)
    for origin, robots in read.items():
        yield _Row(origin, None, _said(robots.says), robots)


def _said(text: str) -> str:
    return storable(text)[:_MOST_SAID]


def _taken(wish: Wish, rows: Mapping[str, _Known]) -> Taken:
    known = (rows.get(origin) for origin in (wish.key, *wish.origins))
    robots = {row.origin: _robots(row) for row in known if row is not None and _stands(row)}
    return Taken(wait_s=max(rows[wish.key].wait_s or 0.0, 0.0), robots=robots)


def _stands(row: _Known) -> bool:
    return row.robots_age_s is not None and row.robots_age_s < KEPT_S.get(row.robots_code, 0.0)


def _robots(row: _Known) -> KnownRobots:
    body = zstandard.decompress(row.robots, max_output_size=MOST_BYTES) if row.robots else b""
    return KnownRobots(row.origin, row.robots_code, body=body, says=row.error, delay_ms=row.delay_ms)


def _denied(row: _Known | None) -> Denied:
    if row and row.wait_s and row.wait_s > _WAITED_S:
        return Denied(f"It asked to be left alone for another {row.wait_s:.0f} s.", row.wait_s)
    return Denied("Another process is visiting it.")
