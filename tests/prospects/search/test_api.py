"""The API of web searches."""

from typing import Any

import pytest
from django.core.cache import caches
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django import Settings

from prospects.search.models import SearchSession
from tests.factories import make_batch, make_search
from tests.prospects.api.conftest import as_

pytestmark = pytest.mark.django_db
SESSIONS = "/api/v1/search/sessions"
__all__ = ["as_"]


@pytest.fixture(autouse=True)
def _with_an_engine(settings: Settings) -> None:
    caches["limits"].clear()
    settings.SEARXNG_URL, settings.SEARCH_ENGINE = "http://127.0.0.1:1", ""


def test_a_search_is_asked_followed_read_and_deleted(as_: Any) -> None:
    client = as_("sales")
    asked = {"queries": ["acme", "bolt"], "country": "de", "deny": ["www.yelp.com"], "results_per_query": 5}

    answer = client.post(SESSIONS, asked, format="json")

    assert answer.status_code == 202, answer.json()
    at = answer["Location"]
    body = client.get(at).json()
    assert (body["engine"], body["country"], body["per_query"], body["deny"]) == ("searxng", "DE", 5, ["yelp.com"])
    assert (body["state"], body["total"], body["spent_micros"]) == ("running", 2, 0)
    assert [each["text"] for each in client.get(f"{at}/queries").json()["results"]] == ["acme", "bolt"]
    assert client.delete(at).status_code == 409
    assert client.get(SESSIONS).json()["results"][0]["id"] == body["id"]


def test_the_same_key_makes_one_session(as_: Any) -> None:
    client = as_("sales")

    answers = [
        client.post(SESSIONS, {"queries": ["acme"]}, format="json", headers={"Idempotency-Key": "a"}) for _ in range(2)
    ]

    assert [answer.json()["id"] for answer in answers] == [SearchSession.objects.get().pk] * 2


def test_queries_come_from_a_file(as_: Any) -> None:
    file = SimpleUploadedFile("queries.csv", b"query\nacme\nbolt\nacme\n")

    answer = as_("sales").post(SESSIONS, {"file": file, "language": "de"}, format="multipart")

    assert (answer.status_code, answer.json()["total"], answer.json()["language"]) == (202, 2, "de")


def test_results_are_listed_by_site_and_narrowed(as_: Any) -> None:
    session = make_search(texts=["acme", "bolt"])
    client = as_("viewer")
    first = session.queries.get(position=0)

    results = client.get(f"{SESSIONS}/{session.pk}/results?query={first.pk}").json()["results"]

    assert [(each["query_id"], each["rank"]) for each in results] == [(first.pk, 1)]
    assert client.get(f"{SESSIONS}/{session.pk}/results?domain=none.com").json()["results"] == []
    assert client.get(f"{SESSIONS}/99999/results").status_code == 404


def test_without_an_engine_it_says_what_to_set_and_stores_nothing(as_: Any, settings: Settings) -> None:
    settings.SEARXNG_URL = ""

    answer = as_("sales").post(SESSIONS, {"queries": ["acme"]}, format="json")

    assert (answer.status_code, answer.json()["code"]) == (409, "no_engine")
    assert "SEARXNG_URL" in answer.json()["detail"]
    assert not SearchSession.objects.exists()


@pytest.mark.parametrize(
    "wrong", [{"queries": []}, {"queries": ["a"], "country": "Germany"}, {"queries": ["a"], "engine": "bing"}, {}]
)
def test_what_cant_be_read_is_refused(as_: Any, wrong: dict[str, Any]) -> None:
    assert as_("sales").post(SESSIONS, wrong, format="json").status_code == 400
    assert not SearchSession.objects.exists()


def test_the_pages_show_ask_and_delete(as_: Any, settings: Settings) -> None:
    client = as_("sales")
    form = {"queries": "acme\nbolt\n", "engine": "searxng", "deny": "yelp.com"}
    done = make_search(texts=["acme"], title="Bakers <b>of</b> Bonn")

    shown = client.get(f"/searches/{done.pk}/")
    listed = client.get("/searches/")
    asked = client.post("/searches/new/", form, format="multipart")
    live = client.get(asked["Location"], headers={"HX-Request": "true"})
    deleted = client.post(f"/searches/{done.pk}/delete/")

    assert "Bakers &lt;b&gt;of&lt;/b&gt; Bonn" in shown.content.decode()
    assert f"/searches/{done.pk}/" in listed.content.decode()
    assert "every 2s" in live.content.decode()
    assert (deleted["Location"], SearchSession.objects.filter(pk=done.pk).exists()) == ("/searches/", False)
    settings.SEARXNG_URL = ""
    assert "No search engine is set up" in client.get("/searches/new/").content.decode()


def test_a_search_at_work_isnt_deleted_by_its_page(as_: Any) -> None:
    at_work = make_search(batch=make_batch(state="running"))

    answer = as_("sales").post(f"/searches/{at_work.pk}/delete/")

    assert answer["Location"] == f"/searches/{at_work.pk}/"
    assert SearchSession.objects.filter(pk=at_work.pk).exists()
