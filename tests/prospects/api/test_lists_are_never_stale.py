"""Corrections drop only the lists that show them, and no list is ever older than the database.

Reads and writes take turns by chance, over lists with filters, orders, pages and fields. Some writes are committed
while a list is being made: before its rows are read, or between that and its being kept. Some reads find the page in
Valkey alone, as another process would. Every answer is compared with what is said when nothing is kept.
"""

import random
import re
from collections.abc import Callable
from functools import partial
from typing import Any

import orjson
import pytest
from django.core.cache import cache
from django.db import connection
from django.db.models import DateTimeField
from django.test import override_settings
from django.utils import timezone
from rest_framework.test import APIClient

from performance.access.models import User
from performance.access.services import issue_token
from performance.api.lists.statement import Wanted
from performance.cache import rows, tags
from performance.cache.connection import pinned
from performance.cache.local import local
from prospects.companies.bulk import services as bulk
from prospects.companies.bulk.results import Terms
from prospects.companies.correcting import edit_prospect
from prospects.companies.finding.upkeep import catch_up
from prospects.companies.models import SAID, Company, Prospect
from prospects.companies.upsert import upsert_prospects
from prospects.qualification.services import override_fit
from tests.factories import make_fit, make_icp, make_qualification, make_run, make_user

pytestmark = pytest.mark.django_db(transaction=True)
LIST = "/api/v1/prospects"
# A cursor is signed at another time each time.
CHANGING = re.compile(rb'cursor=[^"&]*')
ROWS = 6 * rows.ROWS_OF_A_BLOCK
PEOPLE, PLACES, TRADES = ("Kim", "Alex", "Robin"), ("DE", "FR", "US"), ("Food", "Steel", "Paper")
QUERIES = (
    *(
        "",
        "limit=3",
        "limit=5&page=9",
        "limit=100&page=2",
        "limit=70&page=3&fields=person_title",
        "fields=company.name",
    ),
    *("country=DE&limit=7", "country=FR&limit=5&page=2", "industry=steel&limit=4", "source=fair&limit=6"),
    *("search=kim", "search=robin&limit=3&ordering=id", "q=alex&limit=5", "search=company", "icp=wanted", "level=good"),
    *("ordering=name&limit=8", "ordering=-name&limit=8&page=2", "ordering=created_at&limit=4", "ordering=-id&limit=3"),
    *("country=US&ordering=-name&fields=id,person_name", "import_run=1", "icp=wanted&level=excellent&fields=fits"),
)
Write = Callable[[random.Random], object]
STEPS = 40
Due = list[Callable[[], object]]


@pytest.fixture
def client(transactional_db: None, settings: Any) -> APIClient:
    settings.RATE_LIMIT_ENABLED = False
    cache.clear()
    tags.forget_all()
    client = APIClient()
    user = make_user(permissions=["prospects.view_prospect"])
    client.credentials(HTTP_AUTHORIZATION=f"Token {issue_token(user=user, name='').text}")
    return client


@pytest.fixture
def prospects(transactional_db: None) -> list[int]:
    """Of several blocks, some of them in the lists that filters and searches make."""
    companies = Company.objects.bulk_create(
        Company(name=f"Company {at % 97}", domain=f"c{at}.example", country=PLACES[at % 3], industry=TRADES[at % 4 % 3])
        for at in range(ROWS)
    )
    made = Prospect.objects.bulk_create(
        Prospect(company=company, person_name=PEOPLE[at % 3] if at % 5 == 0 else "", source="fair" if at % 7 else "")
        for at, company in enumerate(companies)
    )
    run = make_run(icp_version=make_icp(slug="wanted").current)
    for each in made[:: ROWS // 5]:
        make_fit(qualification=make_qualification(run=run, prospect=each, score=70))
    with connection.cursor() as cursor:
        # As autovacuum does behind who brings so many in; without, searches are planned as of an empty table.
        cursor.execute("ANALYZE prospects_company, prospects_prospect, prospects_fit, prospects_qualification")
    return [each.pk for each in made]


class Office:
    """Who writes, in every way that there is."""

    def __init__(self, prospects: list[int]) -> None:
        self.by: User = make_user()
        self.ids = prospects
        self.writes: tuple[tuple[Write, int], ...] = (
            (self.says_something, 12),
            (self.names_a_person, 2),
            (self.changes_a_company, 2),
            (self.archives_or_brings_back, 1),
            (self.saves_all, 1),
            (self.scores, 1),
            (self.brings_in, 1),
            (self.corrects_many, 1),
            (self.deletes, 1),
            (self.catches_up, 1),
        )

    def write(self, chance: random.Random) -> str:
        [write] = chance.choices([each for each, _ in self.writes], [weight for _, weight in self.writes])
        write(chance)
        return getattr(write, "__name__", "")

    def _edit(self, chance: random.Random, *, person: dict[str, str], company: dict[str, str]) -> None:
        edit_prospect(chance.choice(self.ids), person=person, company=company, by=self.by, at=timezone.now())

    def says_something(self, chance: random.Random) -> None:
        # Half of them of the newest and the oldest, which the lists begin and end with.
        place = chance.choice([chance.randrange(-10, 10), chance.randrange(len(self.ids))])
        person = {chance.choice(["person_title", "notes"]): f"Buyer {chance.random()}"}
        edit_prospect(self.ids[place], person=person, company={}, by=self.by, at=timezone.now())

    def names_a_person(self, chance: random.Random) -> None:
        self._edit(chance, person={"person_name": chance.choice(PEOPLE)}, company={})

    def changes_a_company(self, chance: random.Random) -> None:
        what = {
            "country": PLACES,
            "industry": TRADES,
            "name": ("Aaron & Sons", "Company 7", "Zenith"),
            "city": ("Ulm",),
        }
        field = chance.choice(list(what))
        self._edit(chance, person={}, company={field: chance.choice(what[field])})

    def archives_or_brings_back(self, chance: random.Random) -> None:
        prospect = Prospect.objects.get(pk=chance.choice(self.ids))
        prospect.archived_at = None if prospect.archived_at else timezone.now()
        prospect.save(update_fields=["archived_at"])

    def saves_all(self, chance: random.Random) -> None:
        """As the admin does."""
        prospect = Prospect.objects.get(pk=chance.choice(self.ids))
        prospect.source = chance.choice(["", "fair"])
        prospect.save()

    def scores(self, chance: random.Random) -> None:
        fit = chance.choice(list(Prospect.objects.get(pk=self.ids[0]).fits.model.objects.select_related("icp")))
        score = chance.choice([10, 70, 95])
        override_fit(prospect=fit.prospect, icp=fit.icp, score=score, reason="Met them", by=self.by)

    def brings_in(self, chance: random.Random) -> None:
        self.ids += upsert_prospects([f"new-{chance.random()}.example"], source="fair", owner=self.by)

    def corrects_many(self, chance: random.Random) -> None:
        changes = [{"id": each, "person_title": f"Head {chance.random()}"} for each in chance.sample(self.ids, 3)]
        bulk.update(changes, terms=Terms(by=self.by))

    def deletes(self, chance: random.Random) -> None:
        gone = self.ids.pop(chance.randrange(len(self.ids)))
        Prospect.objects.get(pk=gone).delete()

    def catches_up(self, _chance: random.Random) -> None:
        catch_up()


class Interrupted:
    """Lists whose rows are read with a write before or behind it, where one is due."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.before: Due = []
        self.behind: Due = []
        fetch = Wanted.fetch

        def fetched(wanted: Wanted, *given: Any, **named: Any) -> Any:
            while self.before:
                self.before.pop()()
            found = fetch(wanted, *given, **named)
            while self.behind:
                self.behind.pop()()
            return found

        monkeypatch.setattr(Wanted, "fetch", fetched)

    def write(self, due: Due, write: Callable[[], str], *, amid: Callable[[], object]) -> str:
        """What was written while a list was made that nobody had."""
        written: list[str] = []
        due.append(lambda: written.append(write()))
        amid()
        return written[0]


@pytest.fixture
def interrupted(monkeypatch: pytest.MonkeyPatch) -> Interrupted:
    return Interrupted(monkeypatch)


def said(client: APIClient, query: str) -> bytes:
    answer = client.get(f"{LIST}?{query}")
    assert answer.status_code == 200, answer.content
    return CHANGING.sub(b"", answer.content)


def true(client: APIClient, query: str) -> bytes:
    with override_settings(CACHE_ENABLED=False):
        return said(client, query)


def _disturb(chance: random.Random) -> None:
    """Another process' view of the cache, or a loss of Valkey's."""
    disturbance = chance.random()
    if disturbance < 0.5:
        local.clear()
    if disturbance < 0.2:
        tags.forget_all()
    if disturbance < 0.05:
        pinned().call("UNLINK", rows.key_of(rows.any_of("prospects")))


def test_no_list_has_other_rows_for_what_is_only_shown(client: APIClient, prospects: list[int]) -> None:
    before = {query: _ids(true(client, query)) for query in QUERIES if "fields" not in query}
    words = (*PEOPLE, *PLACES, *TRADES, "fair", "Company")

    for name in SAID:
        is_time = isinstance(Prospect._meta.get_field(name), DateTimeField)
        for place, word in enumerate(words):
            # Neighbours, too: not only those that no list begins with.
            some = Prospect.objects.filter(pk__in=prospects[place :: len(words)])
            some.update(**{name: timezone.now() if is_time else word})
    catch_up()

    assert {query: _ids(true(client, query)) for query in before} == before


@pytest.mark.parametrize("query", ["limit=150", "country=DE&limit=30", "ordering=name&limit=40", "search=kim&limit=9"])
def test_a_correction_is_shown_by_all_lists_that_have_the_row_and_drops_no_other(
    client: APIClient, prospects: list[int], django_assert_num_queries: Any, query: str
) -> None:
    by, listed = make_user(), _ids(true(client, query))
    shown = rows.tags_of("prospects", listed)
    elsewhere = next(each for each in prospects if rows.tag_of("prospects", each) not in shown)

    for corrected in (listed[0], listed[len(listed) // 2], listed[-1]):
        before = said(client, query)
        edit_prospect(corrected, person={"person_title": "Head"}, company={}, by=by, at=timezone.now())
        assert before != said(client, query) == true(client, query)

    edit_prospect(elsewhere, person={"person_title": "Head"}, company={}, by=by, at=timezone.now())
    with django_assert_num_queries(0):
        kept = said(client, query)
    assert kept == true(client, query)


def _ids(page: bytes) -> list[int]:
    return [row["id"] for row in orjson.loads(page)["results"]]


@pytest.mark.timeout(120)
@pytest.mark.parametrize("seed", range(3))
def test_no_answer_is_older_than_the_database(
    client: APIClient, prospects: list[int], interrupted: Interrupted, seed: int
) -> None:
    chance, office, faults = random.Random(seed), Office(prospects), list[str]()
    for step in range(STEPS):
        # A list that nobody has asked for.
        amid = re.sub("limit=[0-9]+&?", "", chance.choice(QUERIES)) + f"&limit={100 + step}"
        if (due := chance.choice([interrupted.before, interrupted.behind, None])) is None:
            said(client, amid)
            written = office.write(chance)
        else:
            written = interrupted.write(due, partial(office.write, chance), amid=partial(said, client, amid))
        _disturb(chance)
        checked = {amid, *chance.sample(QUERIES, 3)}
        faults += [f"step {step}, {written}: {each}" for each in checked if said(client, each) != true(client, each)]

    assert "\n".join(faults) == ""
