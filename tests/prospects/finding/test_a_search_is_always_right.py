"""Whether texts are caught up with or not, and whoever wrote the prospects, a search finds what there is now."""

from collections.abc import Callable

import pytest
from django.db import connection

from prospects.companies.finding import upkeep
from prospects.companies.finding.models import SearchChange, SearchText
from prospects.companies.models import Company, Prospect
from prospects.companies.querysets import ProspectFilter
from tests.factories import make_company, make_prospect

pytestmark = pytest.mark.django_db


def found(typed: str) -> list[str]:
    """Names, best first."""
    rows = Prospect.objects.present().best_for(typed).order_by("-rank", "pk")
    return list(rows.values_list("company__name", flat=True))


def containing(typed: str) -> set[str]:
    rows = Prospect.objects.matching(ProspectFilter(search=typed))
    return set(rows.values_list("company__name", flat=True))


def nothing() -> None:
    """The texts are left behind."""


@pytest.fixture(params=[nothing, upkeep.catch_up], ids=["behind", "caught up"])
def keep_up(request: pytest.FixtureRequest) -> Callable[[], object]:
    keep: Callable[[], object] = request.param
    return keep


def test_words_their_beginnings_and_parts_are_found(keep_up: Callable[[], object]) -> None:
    make_prospect(company=make_company(name="Northern Foods Inc", domain="northern-foods.example"))
    make_prospect(company=make_company(name="Acme Steel", domain="acme.example"), person_name="Ada Lovelace")
    keep_up()

    assert (
        found("north") == found("inc foods") == found("thern") == found("northern-foods.ex") == ["Northern Foods Inc"]
    )
    assert found("LOVELACE") == found("acme.example") == ["Acme Steel"]
    assert containing("love") == containing("CME.EX") == {"Acme Steel"}
    assert found("zinc bank") == []


def test_accents_and_case_do_not_matter(keep_up: Callable[[], object]) -> None:
    make_prospect(company=make_company(name="Müller & Söhne"))
    keep_up()

    assert found("muller") == found("MÜLLER") == found("söhne mül") == ["Müller & Söhne"]
    assert containing("mull") == {"Müller & Söhne"}


def test_what_is_spelt_alike_is_found_where_nothing_else_is(keep_up: Callable[[], object]) -> None:
    make_prospect(company=make_company(name="Acme Steel"))
    make_prospect(company=make_company(name="Akme Holding"))
    keep_up()

    assert found("acmee") == ["Acme Steel"]
    assert "Akme Holding" in found("akmee")


def test_the_best_comes_first(keep_up: Callable[[], object]) -> None:
    for name in ("Bank of Lakes", "Lake", "Lake Foods", "Blakely", "Great Lake Motors"):
        make_prospect(company=make_company(name=name, domain=""))
    keep_up()

    names = found("lake")

    assert names[:2] == ["Lake", "Lake Foods"]
    assert names[-1] == "Blakely"
    assert len(names) == 5


def test_a_change_is_found_at_once_and_what_it_was_no_more() -> None:
    prospect = make_prospect(company=make_company(name="Acme", domain="acme.example"), person_name="Ada")
    upkeep.catch_up()

    Company.objects.update(name="Zenith")
    Prospect.objects.update(person_name="Grace")

    assert found("zenith") == found("grace") == ["Zenith"]
    assert found("acme steel") == found("ada") == []
    assert upkeep.catch_up() == 2
    assert found("zenith") == found("grace") == ["Zenith"]
    prospect.delete()
    assert found("zenith") == []
    assert upkeep.catch_up() == 1
    assert not SearchText.objects.exists()


def test_rows_that_sql_writes_are_found_too() -> None:
    company = make_company(name="Acme")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO prospects_prospect (company_id, person_name, person_title, person_email, person_phone, source,"
            " original, notes) VALUES (%s, 'Ada', '', '', '', '', '{}', '')",
            [company.pk],
        )
    assert found("ada") == ["Acme"]
    upkeep.catch_up()

    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM prospects_prospect")

    assert found("ada") == []


@pytest.mark.parametrize(
    "typed", ["%", "_", "\\", "'", "a'b:*", "!!!", "& | !", "\x1f", "\x01", "a\x00b", "(", "😀", "<->"]
)
def test_nothing_that_is_typed_is_a_pattern_or_a_fault(typed: str, keep_up: Callable[[], object]) -> None:
    make_prospect(company=make_company(name="Acme", domain="acme.example"))
    keep_up()

    assert found(typed) == []


def test_it_says_how_fresh_it_is_and_is_made_anew_from_nothing() -> None:
    make_prospect(company=make_company(name="Acme"))
    assert upkeep.freshness().changes == 1
    upkeep.catch_up()
    assert upkeep.freshness() == upkeep.Freshness(0, 0.0)

    SearchText.objects.all().delete()
    assert found("acme") == []

    assert upkeep.rebuild() == 1
    assert found("acme") == ["Acme"]


def test_only_one_process_keeps_up_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        make_prospect()
    monkeypatch.setattr(upkeep, "CHUNK", 2)

    assert upkeep.catch_up() == 3
    assert (SearchText.objects.count(), SearchChange.objects.count()) == (3, 0)


def test_what_one_statement_changes_is_noted_by_stretches_and_caught_up_with_by_pieces(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for pk in (4095, 4096, 4097, 3 * 4096):
        make_prospect(company=make_company(id=pk, name="Acme"))
    upkeep.catch_up()

    Company.objects.update(name="Zenith")

    noted = SearchChange.objects.order_by("company_ids").values_list("company_ids", flat=True)
    assert [sorted(ids) for ids in noted] == [[4095], [4096, 4097], [3 * 4096]]
    assert len(found("zenith")) == 4
    assert found("acme") == []
    monkeypatch.setattr(upkeep, "CHUNK", 2)
    assert upkeep._chunk() in {2, 3}
    assert len(found("zenith")) == 4
    assert upkeep.catch_up() in {1, 2}
    assert len(found("zenith")) == 4
    assert not SearchChange.objects.exists()


def test_a_statement_that_changes_nothing_leaves_no_note() -> None:
    Company.objects.filter(name="nobody").update(name="somebody")

    assert not SearchChange.objects.exists()
