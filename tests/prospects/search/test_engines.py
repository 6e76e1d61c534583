"""Each engine is asked as its API wants it, and what it answers is read or told."""

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from prospects.search.engines.answers_file import AnswersFile
from prospects.search.engines.configured import configured_engine, configured_names, http_for_loop
from prospects.search.engines.google import Google
from prospects.search.engines.searxng import SearXNG
from prospects.search.engines.serper import Serper
from prospects.search.errors import EngineBusy, EngineDown, EngineRefused
from prospects.search.hits import Engine, Hit, Query
from tests.servers.search_engines import KEY, SearchEngines

ACME = ("Acme   Foods", "https://www.acme.co.uk/about", "Bakers\nsince 1950")
HIT = Hit(1, "Acme Foods", "Bakers since 1950", "https://www.acme.co.uk/about", "acme.co.uk")


def every(engines: SearchEngines) -> dict[str, Engine]:
    return {
        "searxng": SearXNG(engines.url),
        "serper": Serper(KEY, url=f"{engines.url}/serper"),
        "google": Google(KEY, "cx-1", url=f"{engines.url}/google"),
    }


def ask(engine: Engine, query: Query) -> Sequence[Hit]:
    async def asked() -> Sequence[Hit]:
        return await engine.ask(query, http=await http_for_loop())

    return asyncio.run(asked())


@pytest.mark.parametrize("name", ["searxng", "serper", "google"])
def test_hits_are_read_alike_from_all(engines: SearchEngines, name: str) -> None:
    engines.answers["acme foods"] = [ACME]

    assert ask(every(engines)[name], Query("Acme Foods")) == [HIT]


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("searxng", {"q": "Acme", "format": "json", "language": "de-CH", "pageno": "1"}),
        ("serper", {"q": "Acme", "gl": "ch", "hl": "de", "num": 10}),
        ("google", {"q": "Acme", "cx": "cx-1", "num": "5", "gl": "ch", "lr": "lang_de"}),
    ],
)
def test_country_and_language_are_asked_for_as_each_wants_them(
    engines: SearchEngines, name: str, sent: dict[str, object]
) -> None:
    ask(every(engines)[name], Query("Acme", country="CH", language="de", most=5))

    (question,) = engines.asked
    assert (question.engine, question.parameters) == (name, sent)


@pytest.mark.parametrize("name", ["searxng", "serper", "google"])
def test_nothing_found_is_no_fault(engines: SearchEngines, name: str) -> None:
    assert ask(every(engines)[name], Query("nobody")) == []


@pytest.mark.parametrize("name", ["searxng", "serper", "google"])
@pytest.mark.parametrize(
    ("fault", "error"), [(429, EngineBusy), (500, EngineDown), ("garbage", EngineDown), (403, EngineRefused)]
)
def test_faults_are_told_apart(engines: SearchEngines, name: str, fault: int | str, error: type[Exception]) -> None:
    engines.faults[name] = fault

    with pytest.raises(error) as told:
        ask(every(engines)[name], Query("Acme"))

    assert KEY not in str(told.value)
    if isinstance(told.value, EngineBusy):
        assert told.value.after_s == 0.2


def test_a_wrong_key_is_told_with_the_engines_words_and_without_the_key(engines: SearchEngines) -> None:
    with pytest.raises(EngineRefused, match="Google answered 400: API key not valid"):
        ask(Google("wrong-key", "cx", url=f"{engines.url}/google"), Query("Acme"))
    with pytest.raises(EngineRefused, match="Serper answered 403: Unauthorized"):
        ask(Serper("wrong-key", url=f"{engines.url}/serper"), Query("Acme"))

    assert "wrong-key" not in repr(Google("wrong-key", "cx")) + repr(Serper("wrong-key"))


def test_an_engine_that_isnt_there_costs_nothing() -> None:
    with pytest.raises(EngineDown) as told:
        ask(SearXNG("http://127.0.0.1:1"), Query("Acme"))

    assert not told.value.may_have_charged


def test_what_leads_to_no_site_is_left_out_and_the_rest_counted_anew(engines: SearchEngines) -> None:
    engines.answers["acme foods"] = [
        ("Mail", "mailto:a@acme.com", ""),
        ("Script", "javascript:alert(1)", ""),
        ("An address", "http://192.168.1.1/", ""),
        ("Long", "https://acme.com/" + "a" * 2000, ""),
        ("\x00Acme\ud800", "https://acme.com/", "\x00"),
        ("More", "https://acme.com/2", ""),
    ]

    hits = ask(SearXNG(engines.url), Query("Acme Foods", most=1))

    assert [(hit.rank, hit.title, hit.url, hit.snippet) for hit in hits] == [(1, "Acme?", "https://acme.com/", "")]


def test_a_file_answers_in_its_order_and_is_read_anew_when_it_changed(tmp_path: Path) -> None:
    path = tmp_path / "answers.csv"
    path.write_text("query,title,url,snippet\nAcme Foods,Acme Foods,https://www.acme.co.uk/about,Bakers since 1950\n")
    engine = AnswersFile(str(path))

    first = ask(engine, Query("acme  FOODS"))
    path.write_text("query,url\nacme foods,https://other.com/\n")
    os.utime(path, ns=(1, 1))

    assert first == [HIT]
    assert [hit.domain for hit in ask(engine, Query("Acme Foods"))] == ["other.com"]
    assert ask(engine, Query("nobody")) == []


def test_a_file_that_cant_be_read_says_why(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("a,b\n1,2\n")

    with pytest.raises(EngineDown, match="No such file"):
        ask(AnswersFile(str(tmp_path / "none.csv")), Query("Acme"))
    with pytest.raises(EngineRefused, match="columns query and url"):
        ask(AnswersFile(str(wrong)), Query("Acme"))


def test_the_first_that_is_set_up_is_asked_unless_another_is_named(settings) -> None:  # type: ignore[no-untyped-def]
    settings.SEARXNG_URL = settings.SERPER_API_KEY = settings.SEARCH_FILE = settings.SEARCH_ENGINE = ""
    assert (configured_engine(), configured_engine("nonsense"), configured_names()) == (None, None, [])

    settings.SERPER_API_KEY, settings.SEARCH_FILE = "key", "answers.csv"
    assert [type(configured_engine(name)) for name in ("", "file", "google")] == [Serper, AnswersFile, type(None)]

    settings.SEARCH_ENGINE = "file"
    assert isinstance(configured_engine(), AnswersFile)
    assert configured_names() == ["file", "serper"]
