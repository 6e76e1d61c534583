"""What is asked for is checked before anything is made; what is pure needs no database."""

import asyncio
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest

from performance.jobs.models import Batch, Job
from prospects.companies.models import Company, Prospect
from prospects.forms.research import lines_of
from prospects.research import places
from prospects.research.company_file import companies_in, sides
from prospects.research.errors import (
    MixedCompanies,
    NoCompanies,
    NoCompanyColumn,
    NotAChoice,
    NotDomains,
    NotWithin,
    TooManyCompanies,
    UnknownCompanies,
    UnmatchedHints,
)
from prospects.research.places import EACH_MB, RESERVE_MB, Places, permits
from prospects.research.plan import ResearchPlan
from prospects.research.services import estimate_research, submit_research
from prospects.research.settling import Wanted, wanted_of
from tests import factories

PLAN = ResearchPlan(domains=["acme.com"])


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"domains": []}, NoCompanies),
        ({"domains": [""]}, NotDomains),
        ({"company_ids": [1]}, MixedCompanies),
        ({"domains": [f"a{number}.com" for number in range(100_001)]}, TooManyCompanies),
        ({"domains": ["acme.com", "no domain"]}, NotDomains),
        ({"domains": ["facebook.com"]}, NotDomains),
        ({"names": ["Acme", "Globex"]}, UnmatchedHints),
        ({"domains": [], "names": [" "]}, NoCompanies),
        ({"domains": [], "company_ids": [10**9]}, UnknownCompanies),
        ({"mode": "everything"}, NotAChoice),
        ({"export_format": "pdf"}, NotAChoice),
        ({"priority": 99}, NotAChoice),
        ({"timeout_s": 4}, NotWithin),
        ({"timeout_s": 301}, NotWithin),
        ({"max_concurrent": 0}, NotWithin),
        ({"max_concurrent": 201}, NotWithin),
        ({"budget_micros": -1}, NotWithin),
    ],
)
@pytest.mark.django_db
def test_what_cannot_be_done_is_refused_and_makes_nothing(changes: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        submit_research(replace(PLAN, **changes))

    assert not Batch.objects.exists()
    assert not Company.objects.exists()


def test_names_and_hints_are_paired_and_said_once() -> None:
    found = wanted_of(["Acme", "Globex ", "Acme"], ["https://www.acme.com/about", "", "acme.com"])

    assert found == [Wanted("Acme", "acme.com"), Wanted("Globex", "")]


def test_a_hint_on_a_shared_host_says_nothing() -> None:
    assert wanted_of(["Acme"], ["facebook.com/acme"]) == [Wanted("Acme", "")]


@pytest.mark.django_db
def test_the_same_company_twice_is_one_job_and_a_known_one_is_not_made_again() -> None:
    known = factories.make_company(domain="acme.com")
    known.keys.create(key="domain:acme.com")

    submission = submit_research(ResearchPlan(domains=["www.acme.com", "ACME.com", "globex.com"]))

    assert submission.is_new
    assert (submission.research.asked, submission.research.batch.total) == (3, 2)
    assert set(Company.objects.values_list("domain", flat=True)) == {"acme.com", "globex.com"}
    assert Prospect.objects.count() == 2
    inputs = dict(Job.objects.values_list("subject_id", "input"))
    assert inputs[known.pk] == {"domain": "acme.com"}


@pytest.mark.django_db
def test_the_same_research_under_way_is_that_one_and_another_mode_is_another() -> None:
    first = submit_research(PLAN)
    same, other = submit_research(PLAN), submit_research(replace(PLAN, mode="basic"))

    assert (same.is_new, same.research.pk) == (False, first.research.pk)
    assert other.is_new
    assert Batch.objects.count() == 2


@pytest.mark.django_db
def test_without_engine_and_llm_research_is_free(settings: Any) -> None:
    estimate = estimate_research(replace(PLAN, domains=["acme.com", "globex.com"]))

    assert (estimate.companies, estimate.cached, estimate.searches, estimate.llm_calls) == (2, 0, 0, 0)
    assert estimate.cost_micros == 0
    assert not Company.objects.exists()


def test_lines_are_names_domains_or_both() -> None:
    assert sides(lines_of("acme.com\n\n Globex Corporation \nInitech, initech.com")) == (
        ["", "Globex Corporation", "Initech"],
        ["acme.com", "", "initech.com"],
    )
    assert sides(lines_of("acme.com\nglobex.com")) == ([], ["acme.com", "globex.com"])


@pytest.mark.parametrize(
    ("content", "pairs"),
    [
        (b"Firma;Ort;Webseite\nAcme;Bonn;acme.com\n;Ulm;globex.com\nInitech;;\n;Kiel;\n",
         [("Acme", "acme.com"), ("", "globex.com"), ("Initech", "")]),
        (b"domain\nacme.com\n", [("", "acme.com")]),
        (b"acme.com\nglobex.com\n", [("", "acme.com"), ("", "globex.com")]),
        (b'{"company": "Acme", "website": "https://acme.com/x"}\n', [("Acme", "https://acme.com/x")]),
        (b"a,b\n1,acme.com\n2,globex.com\n", [("", "acme.com"), ("", "globex.com")]),
    ],
)  # fmt: skip
def test_companies_come_from_files_of_any_usual_form(content: bytes, pairs: list[tuple[str, str]]) -> None:
    assert companies_in(BytesIO(content)) == pairs


def test_a_file_without_such_a_column_says_which_it_has() -> None:
    with pytest.raises(NoCompanyColumn, match=r"a\.csv holds companies' names or domains; it has Ort, PLZ\."):
        companies_in(BytesIO(b"Ort,PLZ\nBonn,53111\n"), name="a.csv")


def test_a_file_of_too_many_says_how_many_they_are() -> None:
    lines = b"domain\n" + b"".join(b"d%d.com\n" % number for number in range(100_003))

    with pytest.raises(TooManyCompanies, match="100,003 companies are named"):
        companies_in(BytesIO(lines))


@pytest.mark.parametrize(
    ("free", "used", "expected"),
    [
        (RESERVE_MB + 10_000, 100, 50),
        (RESERVE_MB + 3 * EACH_MB, 100, 3),
        (RESERVE_MB + 10_000, 512 - 2 * EACH_MB, 2),
        (0, 100, 1),
        (10_000, 10_000, 1),
    ],
)
def test_as_many_are_under_way_as_memory_has_room_for(free: float, used: float, expected: int) -> None:
    assert permits(free, used, 50, most_mb=512) == expected


def test_no_more_are_under_way_than_there_are_places() -> None:
    async def crowd() -> int:
        shared, most = Places(), 0

        async def one() -> None:
            nonlocal most
            async with shared.one(3):
                most = max(most, shared.under_way)
                await asyncio.sleep(0)

        await asyncio.gather(*(one() for _ in range(20)))
        assert shared.under_way == 0
        return most

    assert asyncio.run(crowd()) == 3


def test_where_memory_is_short_companies_wait_until_there_is_more(monkeypatch: pytest.MonkeyPatch) -> None:
    room = [1]
    monkeypatch.setattr(places, "_room", lambda asked: room[0])
    monkeypatch.setattr(places, "LOOK_EVERY_S", 0.01)

    async def crowd() -> list[int]:
        seen = []
        shared = places.Room()

        async def one(number: int) -> None:
            async with shared.one(10):
                seen.append(shared.under_way)
                await asyncio.sleep(0.05)

        first = asyncio.create_task(one(0))
        await asyncio.sleep(0.01)
        room[0] = 0
        waiting = [asyncio.create_task(one(number)) for number in range(1, 4)]
        await asyncio.sleep(0.02)
        assert shared.under_way == 1
        room[0] = 10
        await asyncio.gather(first, *waiting)
        return seen

    assert max(asyncio.run(crowd())) >= 2
