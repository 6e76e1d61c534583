"""Markup that would take its reader seconds or hundreds of megabytes is refused before it is read."""

import time

import pytest

from prospects.pages.parsing import Unparsable, parse

URL = "https://www.acme.com/"
HOSTILE = {
    "nested tags": "<div>" * 40_000,
    "nested tags, closed at the end": "<div>" * 20_000 + "</div>" * 20_000,
    "closed in scripts only": "<div><script></div></script>" * 30_000,
    "closed in comments only": "<div><!--</div>-->" * 30_000,
    "closed in attributes only": '<div title="</div>">' * 30_000,
    "closed in what looks like an attribute": '<div ="><i></div>">' * 30_000,
    "closed by others": "<div></span>" * 30_000,
    "attributes": "<div " + " ".join(f"a{n}" for n in range(100_000)) + ">",
    "attributes with brackets": "<div " + " ".join(f'a{n}=">"' for n in range(50_000)) + ">",
    "attributes with opening brackets": "<div " + " ".join(f'a{n}="<"' for n in range(50_000)) + ">",
    "attributes, few with brackets": "<div "
    + " ".join(f'a{n}="x>"' if n % 300 == 0 else f"a{n}" for n in range(50_000))
    + ">",
    "attributes of a script": "<script " + " ".join(f"a{n}" for n in range(100_000)) + "></script>",
    "formatting repeated": "<p>" + "".join(f"<b id={n}>" for n in range(900)) + "<p>x" * 900,
    "formatting repeated often": "<p>" + "".join(f"<b id={n}>" for n in range(100)) + "<p>x" * 9_000,
}
HARMLESS = {
    "at signs": "<p>" + "a@" * 300_000,
    "brackets": "<" * 300_000,
    "comments": "<p><!--" * 50_000,
    "equals signs": "<p " + "=" * 300_000,
    "paragraphs left open": "<p>x" * 50_000,
    "links": '<a href="/x">y</a>' * 10_000,
    "cards": "<div class=vcard><p class=fn>x</p></div>" * 10_000,
    "items": "<div itemscope><p itemprop=a>x</div>" * 1_500,
    "spaces": "<p>" + " " * 900_000,
    "deep JSON": '<script type="application/ld+json">' + "[" * 50_000 + "</script>",
    "like formatting left open": "<p>" + "<b class=x>" * 300 + "<p>x" * 900,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_markup_is_refused(name: str) -> None:
    began = time.process_time()

    with pytest.raises(Unparsable) as refused:
        parse(f"<p>x{HOSTILE[name]}".encode(), url=URL)

    assert refused.value.code == "hostile_markup"
    assert time.process_time() - began < 0.5


@pytest.mark.parametrize("name", HARMLESS)
def test_odd_markup_is_read_in_time(name: str) -> None:
    began = time.process_time()

    parse(f"<p>x{HARMLESS[name]}".encode(), url=URL)

    assert time.process_time() - began < 2


def test_a_page_of_many_tags_is_no_attack() -> None:
    rows = "<tr><td><b class=x>a</b><td><i class=y>b</i><td><a href=/c><span>c</span></a></tr>" * 1_000

    assert parse(f"<table>{rows}</table>".encode(), url=URL).document.text.startswith("a\tb\tc\n")
