"""A profile's contents become numbered versions, each stored once, also when several save at the same time."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from django.db import connection

from prospects.icp import services
from prospects.icp.errors import ArchivedProfile, UnknownProfile
from prospects.icp.models import ICPVersion, IdealCustomerProfile
from prospects.icp.profile import Profile, parse_toml
from tests.prospects.icp.test_a_profile_is_read import FOOD

AT = datetime(2026, 3, 2, tzinfo=UTC)


def food(weight: int = 40) -> Profile:
    return parse_toml(FOOD.replace("weight = 40", f"weight = {weight}"))


@pytest.mark.django_db
def test_a_first_version_makes_the_profile_and_is_current() -> None:
    version = services.save_version(profile=food(), origin="file")

    icp = IdealCustomerProfile.objects.get()
    assert (icp.slug, icp.title) == ("mid-size-food-manufacturers-in-the-midwest", food().title)
    assert (version.number, version.origin, version.completeness, icp.current_id) == (1, "file", 90, version.pk)
    assert Profile.from_json(version.content) == food()


@pytest.mark.django_db
def test_an_unchanged_profile_makes_no_version() -> None:
    first = services.save_version(profile=food(), slug="food")

    assert services.save_version(profile=food(), slug="food") == first
    assert ICPVersion.objects.count() == 1


@pytest.mark.django_db
def test_a_changed_profile_makes_the_next_version_and_going_back_reuses_the_old_one() -> None:
    first = services.save_version(profile=food(), slug="food")
    second = services.save_version(profile=food(41), slug="food")
    again = services.save_version(profile=food(), slug="food")

    assert (first.number, second.number, again.pk) == (1, 2, first.pk)
    assert IdealCustomerProfile.objects.get().current_id == first.pk


@pytest.mark.django_db
def test_a_draft_waits_until_it_is_activated() -> None:
    first = services.save_version(profile=food(), slug="food")
    draft = services.save_draft(profile=food(41), slug="food", origin="llm")
    assert IdealCustomerProfile.objects.get().current_id == first.pk

    services.activate(version_id=draft.pk)

    assert IdealCustomerProfile.objects.get().current_id == draft.pk


@pytest.mark.django_db
def test_an_archived_profile_takes_no_version_until_it_is_restored() -> None:
    services.save_version(profile=food(), slug="food")
    services.archive(slug="food", at=AT)

    with pytest.raises(ArchivedProfile, match="bring it back"):
        services.save_version(profile=food(41), slug="food")
    assert ICPVersion.objects.count() == 1

    services.restore(slug="food")
    assert services.save_version(profile=food(41), slug="food").number == 2


@pytest.mark.django_db
def test_archiving_twice_keeps_the_first_time() -> None:
    services.save_version(profile=food(), slug="food")
    services.archive(slug="food", at=AT)
    services.archive(slug="food", at=datetime(2027, 1, 1, tzinfo=UTC))

    assert IdealCustomerProfile.objects.get().archived_at == AT


@pytest.mark.django_db
def test_what_does_not_exist_is_refused() -> None:
    with pytest.raises(UnknownProfile, match="no profile “nobody”"):
        services.archive(slug="nobody", at=AT)
    with pytest.raises(UnknownProfile, match="no version 7"):
        services.activate(version_id=7)


@pytest.mark.django_db
def test_a_title_without_latin_letters_still_names_a_profile() -> None:
    profile = Profile.from_json({"title": "食品", "criteria": [{"kind": "industry", "any_of": ["Dairy"]}]})

    assert services.save_version(profile=profile).icp.slug == f"profile-{profile.content_hash[:12]}"


@pytest.mark.django_db(transaction=True)
def test_saving_at_the_same_time_numbers_versions_without_gaps_and_stores_a_content_once() -> None:
    def save(weight: int) -> int:
        try:
            return services.save_version(profile=food(weight), slug="food").number
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(save, [1, 2, 3, 4] * 4))

    assert sorted(set(numbers)) == [1, 2, 3, 4]
    assert sorted(ICPVersion.objects.values_list("number", flat=True)) == [1, 2, 3, 4]
